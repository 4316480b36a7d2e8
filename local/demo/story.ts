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

/** The demo as it is being told. */
export class Story {
  readonly #told = new Set<string>();

  constructor(
    private readonly narrator: Narrator,
    private readonly client: CausewayClient,
  ) {}

  async showPlan({ request }: DemoConnection): Promise<PeeringPlan> {
    const plan = await this.narrator.step('plan: nothing is created yet', () => this.client.plan(request));
    const lines: (readonly [string, string])[] = [
      ['region', `${plan.providerRegion}, ${plan.roundTripMs.toString()} ms round trip`],
      ['block', plan.providerCidr],
      ...plan.rejected.map(({ cidr, reason }) => ['passed over', `${cidr}: ${reason}`] as const),
      ...plan.reasons.map((reason) => ['because', reason] as const),
      ...plan.advice.map((advice) => ['advice', advice] as const),
    ];
    for (const [what, text] of lines) this.narrator.line(`  ${what.padEnd(20)} ${text}`);
    return plan;
  }

  /** Follows a connection's history until it reaches a state, telling each entry as it comes. */
  async follow(key: ConnectionKey, until: PeeringState): Promise<PeeringStatus> {
    const deadline = Date.now() + STEP_WITHIN_MS;
    for (;;) {
      const status = await this.client.status(key);
      this.#tell(key, status);
      if (status.state === until) return status;
      if (isEndState(status.state)) {
        throw new Error(
          `the connection is ${status.state}: ${status.failure?.message ?? 'no failure given'}`,
        );
      }
      if (Date.now() > deadline) {
        throw new Error(
          `still ${status.state} after ${(STEP_WITHIN_MS / 1_000).toString()} s: ${status.nextStep.what}`,
        );
      }
      await delay(POLL_MS);
    }
  }

  /** The customer accepts in AWS with its own credentials; Causeway is told nothing, and notices. */
  async connect({ customer, network, request }: DemoConnection): Promise<PeeringStatus> {
    await this.client.request(request);
    const waiting = await this.follow(request, 'awaiting-acceptance');
    const vpcPeeringConnectionId = waiting.peeringConnectionId ?? '';
    this.narrator.line(`  → next step (${waiting.nextStep.who}): ${waiting.nextStep.what}`);
    await this.narrator.step(
      `the customer accepts ${vpcPeeringConnectionId} in ${customer.region}, as account ${customer.accountId}`,
      () => customer.accept(vpcPeeringConnectionId),
    );
    const active = await this.follow(request, 'active');
    await this.narrator.step('the customer adds its one route', () =>
      customer.addRoute({
        routeTableId: network.routeTableId,
        to: active.provider?.cidr ?? '',
        vpcPeeringConnectionId,
      }),
    );
    return active;
  }

  #tell(key: ConnectionKey, { history }: PeeringStatus): void {
    for (const { at, state, note } of history) {
      const entry = [key.vpcId, at, note].join(' ');
      if (this.#told.has(entry)) continue;
      this.#told.add(entry);
      this.narrator.line(`  ${state.padEnd(20)} ${note}`);
    }
  }
}
