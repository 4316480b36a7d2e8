/** Which of the executions of a connection speaks for it, when some are closed, forgotten, or only recorded. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import { CausewayClient } from '../../client/causeway-client.js';
import type { ListedPeering } from '../../client/list-peerings.js';
import {
  connectionName,
  endedPeeringWorkflowId,
  maintainWorkflowId,
  provisionWorkflowId,
  type ConnectionKey,
} from '../../contract/names.js';
import { STATE_ATTRIBUTE } from '../../contract/search-attributes.js';
import { END_STATES, type PeeringState } from '../../domain/lifecycle.js';
import { startActivityWorld, type ActivityWorld } from '../harness/activity-world.js';
import { endedPeering } from '../harness/ended-peerings.js';
import { until } from '../harness/until.js';
import { startTemporalWorld, type TemporalWorld } from '../harness/temporal-world.js';

let temporal: TemporalWorld;
let world: ActivityWorld;
let client: CausewayClient;

beforeAll(async () => {
  temporal = await startTemporalWorld();
  world = await startActivityWorld(temporal.client);
  await temporal.startWorker('causeway', world.activities);
  client = new CausewayClient(temporal.client);
});
afterAll(async () => {
  await temporal.stop();
  await world.aws.stop();
});

const newKey = (): ConnectionKey => ({
  organizationId: `org-${randomUUID()}`,
  vpcId: 'vpc-0123456789abcdef0',
});
const provisionOf = (key: ConnectionKey): string => provisionWorkflowId(connectionName(key));
const maintainOf = (key: ConnectionKey): string => maintainWorkflowId(connectionName(key));

const record = (key: ConnectionKey, state: PeeringState, since = new Date().toISOString()): Promise<void> => {
  const end = endedPeering(key, randomUUID(), { state, since });
  return world.run((activities) => activities.recordEnd({ connection: connectionName(key), end }));
};

/** An execution that nobody carries out, shown as in that state. */
async function open(workflowId: string, state: PeeringState): Promise<void> {
  await temporal.client.workflow.start(
    workflowId.startsWith('provision') ? 'provisionPeering' : 'maintainPeering',
    {
      workflowId,
      taskQueue: 'nobody',
      typedSearchAttributes: new TypedSearchAttributes([
        { key: defineSearchAttributeKey(STATE_ATTRIBUTE.name, STATE_ATTRIBUTE.type), value: state },
      ]),
    },
  );
}

async function closed(workflowId: string, state: PeeringState): Promise<void> {
  await open(workflowId, state);
  await temporal.client.workflow.getHandle(workflowId).terminate();
}

/** Goes on in a second run, as after continue-as-new; the id of the first. */
async function restarted(workflowId: string): Promise<string> {
  const { firstExecutionRunId } = await temporal.client.workflow.start('maintainPeering', {
    workflowId,
    taskQueue: 'nobody',
    workflowRunTimeout: '1 second',
    workflowExecutionTimeout: '1 hour',
    retry: { initialInterval: '1 second', maximumAttempts: 2 },
  });
  await until('its second run', async () => {
    const { runId } = await temporal.client.workflow.getHandle(workflowId).describe();
    return runId === firstExecutionRunId ? undefined : true;
  });
  return firstExecutionRunId;
}

/** As retention does it. */
async function forget(workflowId: string, runId?: string): Promise<void> {
  const handle = temporal.client.workflow.getHandle(workflowId, runId);
  await temporal.client.workflowService.deleteWorkflowExecution({
    namespace: temporal.client.options.namespace,
    workflowExecution: { workflowId, ...(runId === undefined ? {} : { runId }) },
  });
  await until(`${workflowId} is forgotten`, () =>
    handle.describe().then(
      () => undefined,
      () => true,
    ),
  );
}

/** What the list has of that connection, once it has it from that execution: visibility lags behind. */
function listedFrom(key: ConnectionKey, workflowId: string): Promise<ListedPeering[]> {
  return until(`${workflowId} is listed`, async () => {
    const lines = await linesOf(key);
    return lines.length > 0 && lines.every((line) => line.workflowId === workflowId) ? lines : undefined;
  });
}

async function linesOf(key: ConnectionKey, filter: { state?: PeeringState } = {}): Promise<ListedPeering[]> {
  return (await client.list(filter)).filter(({ organizationId }) => organizationId === key.organizationId);
}

/** The status that is told is asked of that execution: one that nobody carries out gives no answer. */
const codeOf = (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => 'answered',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );

describe('a connection that ended', () => {
  const cases = END_STATES.map((state) => ({ state, key: newKey() }));
  const before = new Map<PeeringState, ListedPeering[]>();
  const ofLongAgo = newKey();

  // All at once: the server takes half a minute to forget a run, be it one or many.
  beforeAll(async () => {
    for (const { state, key } of cases) {
      await closed(provisionOf(key), state);
      await record(key, state);
      before.set(state, await listedFrom(key, provisionOf(key)));
    }
    const firstRun = await restarted(maintainOf(ofLongAgo));
    await Promise.all([
      ...cases.map(({ key }) => forget(provisionOf(key))),
      forget(maintainOf(ofLongAgo), firstRun),
    ]);
  });

  it.each(cases)(
    '$state is listed once, before and after Temporal has forgotten its run',
    async ({ state, key }) => {
      expect(before.get(state)?.map((line) => line.state)).toEqual([state]);
      const after = await listedFrom(key, endedPeeringWorkflowId(connectionName(key)));
      expect(after).toMatchObject([
        { ...key, state, providerRegion: 'eu-west-1', peeringConnectionId: 'pcx-1' },
      ]);
      expect(await linesOf(key, { state })).toEqual(after);
      expect((await client.status(key)).state).toBe(state);
    },
  );

  it('says in its history that earlier runs are forgotten', async () => {
    expect(await client.history(ofLongAgo)).toMatchObject([
      { kind: 'gap', what: expect.stringContaining('retention'), calls: [] },
      { kind: 'ended', what: 'timed out' },
    ]);
  });

  it('is listed as living again once it is asked for anew, and only so', async () => {
    const key = newKey();
    await record(key, 'declined');
    await open(provisionOf(key), 'awaiting-acceptance');
    const lines = await listedFrom(key, provisionOf(key));
    expect(lines.map(({ state }) => state)).toEqual(['awaiting-acceptance']);
    expect(await linesOf(key, { state: 'declined' })).toEqual([]);
    await temporal.client.workflow.getHandle(provisionOf(key)).terminate();
  });

  it('tells by its record when only the run of its request is left, which became a connection', async () => {
    const key = newKey();
    await closed(provisionOf(key), 'active');
    await record(key, 'released');
    expect((await client.status(key)).state).toBe('released');
    await listedFrom(key, endedPeeringWorkflowId(connectionName(key)));
  });

  it('is over for every order, when only its record is left', async () => {
    const key = newKey();
    await record(key, 'released');
    expect(await codeOf(client.close(key, { by: 'x' }))).toMatch(/is over already; `causeway status`/);
    expect(await codeOf(client.change(key, { subnetCidrs: ['10.0.0.0/24'] }))).toMatch(/is over already/);
    for (const order of [
      () => client.cancel(key),
      () => client.accept(key, 'x'),
      () => client.decline(key, { by: 'x' }),
    ])
      expect(await codeOf(order())).toMatch(/the request of .* is over; `causeway status`/);
  });

  it('is not taken for the answer when a later run was terminated half way', async () => {
    const key = newKey();
    await record(key, 'declined', '2020-01-01T00:00:00.000Z');
    await closed(maintainOf(key), 'active');
    // Nobody carries that run out, so that asking it gets no answer; asking the record would.
    expect(await codeOf(client.status(key))).not.toBe('answered');
  });
});

describe('a connection that never was', () => {
  it('is not known, whatever is asked', async () => {
    const key = newKey();
    for (const ask of [
      () => client.status(key),
      () => client.history(key),
      () => client.cancel(key),
      () => client.close(key, { by: 'x' }),
      () => client.change(key, {}),
    ])
      expect(await codeOf(ask())).toMatch(/is not known; `causeway list`/);
  });

  it('cannot be asked for by an id that is none', async () => {
    const key = { organizationId: "x' OR WorkflowId != '", vpcId: 'vpc-0123456789abcdef0' };
    expect(await codeOf(client.history(key))).toMatch(/is not known/);
  });
});
