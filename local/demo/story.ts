import { setTimeout as delay } from 'node:timers/promises';
import type { CausewayClient, PeeringPlan, PeeringStatus } from '../../client/index.js';
import type { ConnectionKey } from '../../contract/names.js';
import { isEndState, type PeeringState } from '../../domain/lifecycle.js';
import type { SampleCustomer, SampleNetwork } from '../sample-customer.js';
import type { Narrator } from './narrator.js';

/** One customer of the demo: its network, and what the provider is asked for. */
export interface DemoConnection {
  readonly customer: SampleCustomer;
  readonly network: SampleNetwork;
  readonly request: ConnectionKey & Record<string, unknown>;
}

const POLL_MS = 300;
const STEP_WITHIN_MS = 90_000;

export async function showPlan(
  { narrator, client }: { narrator: Narrator; client: CausewayClient },
  { request }: DemoConnection,
): Promise<PeeringPlan> {
  const plan = await narrator.step('plan: nothing is created yet', () => client.plan(request));
  narrator.table('The plan', ['what', 'choice'], [
    ['region', `${plan.providerRegion}, ${plan.roundTripMs.toString()} ms round trip`],
    ['block', plan.providerCidr],
    ...plan.rejected.map(({ cidr, reason }) => ['passed over', `${cidr}: ${reason}`]),
    ...plan.reasons.map((reason) => ['because', reason]),
    ...plan.advice.map((advice) => ['advice', advice]),
  ]);
  return plan;
}

/** Follows a connection's history until it reaches a state, telling each entry as it comes. */
export async function follow(
  { narrator, client }: { narrator: Narrator; client: CausewayClient },
  key: ConnectionKey,
  until: PeeringState,
): Promise<PeeringStatus> {
  const told = new Set<string>();
  const deadline = Date.now() + STEP_WITHIN_MS;
  for (;;) {
    const status = await client.status(key);
    for (const { at, state, note } of status.history) {
      if (told.has(at + note)) continue;
      told.add(at + note);
      narrator.line(`  ${state.padEnd(20)} ${note}`);
    }
    if (status.state === until) return status;
    if (isEndState(status.state)) {
      throw new Error(`the connection is ${status.state}: ${status.failure?.message ?? 'no failure given'}`);
    }
    if (Date.now() > deadline) {
      throw new Error(`still ${status.state} after ${(STEP_WITHIN_MS / 1_000).toString()} s: ${status.nextStep.what}`);
    }
    await delay(POLL_MS);
  }
}

/** The customer accepts in AWS with its own credentials; Causeway is told nothing, and notices. */
export async function connect(
  stage: { narrator: Narrator; client: CausewayClient },
  { customer, network, request }: DemoConnection,
): Promise<PeeringStatus> {
  const { narrator, client } = stage;
  await client.request(request);
  const waiting = await follow(stage, request, 'awaiting-acceptance');
  const vpcPeeringConnectionId = waiting.peeringConnectionId ?? '';
  narrator.line(`  → next step (${waiting.nextStep.who}): ${waiting.nextStep.what}`);
  await narrator.step(
    `the customer accepts ${vpcPeeringConnectionId} in ${customer.region}, as account ${customer.accountId}`,
    () => customer.accept(vpcPeeringConnectionId),
  );
  const active = await follow(stage, request, 'active');
  await narrator.step('the customer adds its one route', () =>
    customer.addRoute({
      routeTableId: network.routeTableId,
      to: active.provider?.cidr ?? '',
      vpcPeeringConnectionId,
    }),
  );
  return active;
}
