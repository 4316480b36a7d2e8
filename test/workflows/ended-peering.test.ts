import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { EndedPeering } from '../../contract/ended-peering.js';
import { earlierEndsQuery, endedSignal, statusQuery } from '../../contract/messages.js';
import {
  connectionName,
  endedPeeringWorkflowId,
  WORKFLOW,
  type ConnectionKey,
} from '../../contract/names.js';
import {
  CUSTOMER_ACCOUNT_ATTRIBUTE,
  ORGANIZATION_ATTRIBUTE,
  PEERING_CONNECTION_ATTRIBUTE,
  PROVIDER_REGION_ATTRIBUTE,
  STATE_ATTRIBUTE,
} from '../../contract/search-attributes.js';
import { startActivityWorld, type ActivityWorld } from '../harness/activity-world.js';
import { CUSTOMER } from '../harness/emulator.js';
import { endedPeering } from '../harness/ended-peerings.js';
import { until } from '../harness/until.js';
import { startTemporalWorld, type TemporalWorld } from '../harness/temporal-world.js';

/** Enough for a server that suggests to continue as new at 4,096 events. */
const WAVES = 42;
const IN_A_WAVE = 100;

let temporal: TemporalWorld;
let world: ActivityWorld;

beforeAll(async () => {
  temporal = await startTemporalWorld();
  world = await startActivityWorld(temporal.client);
  await temporal.startWorker('causeway', world.activities);
});
afterAll(async () => {
  await temporal.stop();
  await world.aws.stop();
});

const newKey = (): ConnectionKey => ({
  organizationId: `org-${randomUUID()}`,
  vpcId: 'vpc-0123456789abcdef0',
});
const keptOf = (key: ConnectionKey): WorkflowHandle =>
  temporal.client.workflow.getHandle(endedPeeringWorkflowId(connectionName(key)));
const record = (key: ConnectionKey, end: EndedPeering, attempt = 1): Promise<void> =>
  world.run((activities) => activities.recordEnd({ connection: connectionName(key), end }), attempt);

describe('the end of a connection', () => {
  it('is kept: it answers status, can be searched for, and stays open', async () => {
    const key = newKey();
    const end = endedPeering(key, 'run-1');
    await record(key, end);
    expect(await keptOf(key).query(statusQuery)).toEqual(end.status);
    expect(await keptOf(key).query(earlierEndsQuery)).toEqual([]);
    const { status, typedSearchAttributes, type } = await keptOf(key).describe();
    expect({ status: status.name, type }).toEqual({ status: 'RUNNING', type: 'endedPeering' });
    expect(typedSearchAttributes.get(STATE_ATTRIBUTE)).toBe('declined');
    expect(typedSearchAttributes.get(ORGANIZATION_ATTRIBUTE)).toBe(key.organizationId);
    expect(typedSearchAttributes.get(PROVIDER_REGION_ATTRIBUTE)).toBe('eu-west-1');
    expect(typedSearchAttributes.get(CUSTOMER_ACCOUNT_ATTRIBUTE)).toBe(CUSTOMER);
    expect(typedSearchAttributes.get(PEERING_CONNECTION_ATTRIBUTE)).toBe('pcx-1');
  });

  it('costs no timer, and no activity', async () => {
    const key = newKey();
    await record(key, endedPeering(key, 'run-1'));
    await keptOf(key).query(statusQuery);
    const { events } = await keptOf(key).fetchHistory();
    const waits = (events ?? []).filter(
      (event) => event.timerStartedEventAttributes ?? event.activityTaskScheduledEventAttributes,
    );
    expect(waits).toEqual([]);
  });

  it('told twice by the same run is one end, also after another came between', async () => {
    const key = newKey();
    const first = endedPeering(key, 'run-1');
    for (const attempt of [1, 2]) await record(key, first, attempt);
    expect(await keptOf(key).query(earlierEndsQuery)).toEqual([]);
    const second = endedPeering(key, 'run-2', { state: 'expired', since: '2026-02-02T00:00:00.000Z' });
    await record(key, second);
    await record(key, first, 3);
    expect(await keptOf(key).query(statusQuery)).toEqual(second.status);
    expect(await keptOf(key).query(earlierEndsQuery)).toEqual([
      { state: 'declined', at: first.status.since, runId: 'run-1' },
    ]);
    expect((await keptOf(key).describe()).typedSearchAttributes.get(STATE_ATTRIBUTE)).toBe('expired');
  });

  it('keeps the last 20 before it', async () => {
    const key = newKey();
    for (let run = 1; run <= 25; run += 1) await record(key, endedPeering(key, `run-${run}`));
    const earlier = await keptOf(key).query(earlierEndsQuery);
    expect(earlier.map(({ runId }) => runId)).toEqual(Array.from({ length: 20 }, (_, at) => `run-${at + 5}`));
  });

  it('is not lost when somebody cancels what keeps it', async () => {
    const key = newKey();
    const end = endedPeering(key, 'run-1');
    await record(key, end);
    await keptOf(key).cancel();
    await record(key, endedPeering(key, 'run-2', { state: 'failed' }));
    expect((await keptOf(key).query(statusQuery)).state).toBe('failed');
    expect((await keptOf(key).describe()).status.name).toBe('RUNNING');
  });

  it.each<[string, (end: EndedPeering) => unknown]>([
    ['nothing', () => undefined],
    ['null', () => null],
    ['text', () => 'released'],
    ['an empty object', () => ({})],
    ['a status without lists', (end) => ({ ...end, status: { ...end.status, history: 'none' } })],
    ['a list with a hole', (end) => ({ ...end, status: { ...end.status, history: [null] } })],
    ['a state that is no end', (end) => ({ ...end, status: { ...end.status, state: 'active' } })],
    ['a state that there is not', (end) => ({ ...end, status: { ...end.status, state: 'constructor' } })],
    [
      'an attribute of the wrong kind',
      (end) => ({ ...end, status: { ...end.status, peeringConnectionId: { deep: true } } }),
    ],
    [
      'an attribute that is too long',
      (end) => ({ ...end, status: { ...end.status, peeringConnectionId: 'p'.repeat(300) } }),
    ],
    [
      'another connection',
      (end) => ({ ...end, status: { ...end.status, organizationId: 'org-of-someone-else' } }),
    ],
    [
      'a name of a million characters',
      (end) => ({ ...end, status: { ...end.status, customerName: 'x'.repeat(1e6) } }),
    ],
  ])('is not changed by a signal with %s', async (_, spoil) => {
    const key = newKey();
    const end = endedPeering(key, 'run-1');
    await record(key, end);
    await keptOf(key).signal('ended', spoil({ ...end, runId: 'run-2' }));
    expect(await keptOf(key).query(statusQuery)).toEqual(end.status);
    const later = endedPeering(key, 'run-3', { state: 'released' });
    await keptOf(key).signal(endedSignal, later);
    expect((await keptOf(key).query(statusQuery)).state).toBe('released');
    expect((await keptOf(key).query(earlierEndsQuery)).map(({ runId }) => runId)).toEqual(['run-1']);
  });

  it('is not changed by a signal with lists within lists, which can be read and not be written', async () => {
    const key = newKey();
    const end = endedPeering(key, 'run-1');
    await record(key, end);
    const deep = JSON.stringify({ ...end, runId: 'run-2' }).replace(
      /}$/,
      `,"x":${'['.repeat(9e4)}${']'.repeat(9e4)}}`,
    );
    await temporal.client.workflowService.signalWorkflowExecution({
      namespace: temporal.client.options.namespace,
      workflowExecution: { workflowId: keptOf(key).workflowId },
      signalName: 'ended',
      input: { payloads: [{ metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(deep) }] },
    });
    expect(await keptOf(key).query(statusQuery)).toEqual(end.status);
    await record(key, endedPeering(key, 'run-3', { state: 'released' }));
    expect((await keptOf(key).query(earlierEndsQuery)).map(({ runId }) => runId)).toEqual(['run-1']);
  });

  it('outlives the growth of the history that keeps it', async () => {
    const key = newKey();
    await record(key, endedPeering(key, 'run-1'));
    const last = endedPeering(key, 'run-2', { state: 'expired' });
    await record(key, last);
    const before = (await keptOf(key).describe()).runId;
    for (let wave = 0; wave < WAVES; wave += 1) {
      await Promise.all(Array.from({ length: IN_A_WAVE }, () => keptOf(key).signal(endedSignal, last)));
    }
    // As long as signals come, the server lets no run end.
    await until('it has continued as new', async () =>
      (await keptOf(key).describe()).runId === before ? undefined : true,
    );
    expect(await keptOf(key).query(statusQuery)).toEqual(last.status);
    expect((await keptOf(key).query(earlierEndsQuery)).map(({ runId }) => runId)).toEqual(['run-1']);
  });

  it('shows what others wrote as data', async () => {
    const key = newKey();
    await record(key, endedPeering(key, 'run-1', { customerName: '<b>*Acme*</b>' }));
    expect((await keptOf(key).query(statusQuery)).customerName).toBe('<b>*Acme*</b>');
    const metadata: { currentDetails?: string } = await keptOf(key).query('__temporal_workflow_metadata');
    expect(metadata.currentDetails).toContain('\\<b\\>\\*Acme\\*');
  });

  it('is taken over when the history has grown', async () => {
    const key = newKey();
    const last = endedPeering(key, 'run-2', { state: 'expired' });
    const carried = [{ state: 'declined' as const, at: '2026-01-02T00:00:00.000Z', runId: 'run-1' }];
    const handle = await temporal.client.workflow.start(WORKFLOW.endedPeering, {
      workflowId: endedPeeringWorkflowId(connectionName(key)),
      taskQueue: 'causeway',
      args: [last, carried],
    });
    await record(key, endedPeering(key, 'run-1'));
    expect(await handle.query(statusQuery)).toEqual(last.status);
    expect(await handle.query(earlierEndsQuery)).toEqual(carried);
  });

  it('of a version that wrote fewer or more fields is kept all the same', async () => {
    const key = newKey();
    const end = endedPeering(key, 'run-1');
    const { reminders, ...before } = end.status;
    expect(reminders).toBe(0);
    const status = { ...before, fieldOfTomorrow: { deep: [1] } };
    const handle = await temporal.client.workflow.start(WORKFLOW.endedPeering, {
      workflowId: endedPeeringWorkflowId(connectionName(key)),
      taskQueue: 'causeway',
      args: [{ ...end, status }],
    });
    expect(await handle.query(statusQuery)).toEqual(status);
  });
});

describe('a workflow that would keep an end', () => {
  it.each([['nothing'], [{ status: { state: 'declined' } }]])(
    'fails at once when it is given %j',
    async (first) => {
      const handle = await temporal.client.workflow.start(WORKFLOW.endedPeering, {
        workflowId: endedPeeringWorkflowId(connectionName(newKey())),
        taskQueue: 'causeway',
        args: [first],
      });
      const error: unknown = await handle.result().catch((reason: unknown) => reason);
      if (!(error instanceof WorkflowFailedError) || !(error.cause instanceof ApplicationFailure))
        throw error;
      expect(error.cause.type).toBe('InvalidRequest');
    },
  );
});
