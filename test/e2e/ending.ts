import { expect } from '@jest/globals';
import type { EndState } from '../../domain/lifecycle.js';
import { leftOf, type StackCustomer, type StackWorld } from '../harness/stack.js';
import { until } from '../harness/until.js';
import type { OutsideCaller } from './outside-caller.js';
import { at, type CliAnswer } from './temporal-cli.js';

/** What an end is looked at with: AWS, and the `temporal` binary. */
export interface Outside {
  readonly world: Pick<StackWorld, 'control'>;
  readonly caller: OutsideCaller;
}

/** A run of a connection, and how it is to have ended. */
export interface Ending {
  readonly workflowId: string;
  readonly state: EndState;
}

/**
 * What holds after every end: AWS has nothing of it left but what AWS itself keeps showing, no block is held for it, and
 * the closed run, the search attribute and the record that outlives the run all say how it ended.
 *
 * @returns the status that is kept
 */
export async function expectEnded(
  { world, caller }: Outside,
  customer: StackCustomer,
  { workflowId, state }: Ending,
): Promise<unknown> {
  const status = await caller.status(workflowId);
  expect(status).toMatchObject({ state, parked: null, nextStep: { what: expect.stringMatching(/\w/) } });
  expect(await caller.status(`ended-peering/${customer.connection}`)).toEqual(status);
  await expectNothingHeld({ world, caller }, customer);
  await expectListed(caller, { workflowId, state });
  return status;
}

/** AWS has nothing of the connection, and the pool has no block for it. */
async function expectNothingHeld({ world, caller }: Outside, customer: StackCustomer): Promise<void> {
  expect(await leftOf(world, customer)).toEqual([]);
  expect(await heldFor(caller, customer)).toEqual([]);
}

/** Visibility lags behind by a moment. */
export async function expectListed(caller: OutsideCaller, { workflowId, state }: Ending): Promise<void> {
  const query = `CausewayState = '${state}' AND WorkflowId = '${workflowId}'`;
  await until(`${workflowId} is listed as ${state}`, async () =>
    (await caller.list(query)).length > 0 ? true : undefined,
  );
}

/** Blocks that the pools hold for it: of its organization, and of its network. */
export async function heldFor(
  caller: OutsideCaller,
  { request, connection }: StackCustomer,
): Promise<unknown[]> {
  const scopes = [request.organizationId, `customer:${request.vpcId}`];
  return (await Promise.all(scopes.map((scope) => heldIn(caller, scope, connection)))).flat();
}

async function heldIn(caller: OutsideCaller, scope: string, connection: string): Promise<unknown[]> {
  const pool = `cidr-pool/${scope}`;
  const answer = await caller.cli('query', '--workflow-id', pool, '--type', 'report');
  const held = at(answer.json, 'queryResult', 0, 'held');
  // The binary shows an empty list as null.
  if (held === null) return [];
  if (!Array.isArray(held)) throw new Error(`${pool} does not answer: ${JSON.stringify(answer)}`);
  return held.filter((block) => at(block, 'holder') === connection).map((block) => at(block, 'cidr'));
}

/** Type and message of the failure that closed the run, of what `temporal workflow result` answers. */
export function failureIn({ json }: CliAnswer): { type: unknown; message: unknown } {
  const failure = at(json, 'closeEvent', 'workflowExecutionFailedEventAttributes', 'failure');
  return { type: at(failure, 'applicationFailureInfo', 'type'), message: at(failure, 'message') };
}
