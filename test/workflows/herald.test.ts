import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { notificationWorkflowId, WORKFLOW } from '../../contract/names.js';
import type { NotificationKind } from '../../contract/notification.js';
import type { PeeringStatus } from '../../contract/status.js';
import { WORKFLOW_SOURCE } from '../../worker/workflow-code.js';
import { until } from '../harness/until.js';
import { startNotificationWorld, tookMs, type NotificationWorld } from '../harness/notification-world.js';
import { NOTIFICATION } from '../harness/notifications.js';
import type { deliverNotification, telling } from '../harness/telling-workflow.js';

const HOUR_MS = 60 * 60 * 1_000;
const DAY_MS = 24 * HOUR_MS;

let folder: string;
let codePath: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'causeway-herald-'));
  codePath = join(folder, 'workflows.js');
  const { code } = await bundleWorkflowCode({
    ...WORKFLOW_SOURCE,
    workflowsPath: fileURLToPath(new URL('../harness/telling-workflow.ts', import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  });
  await writeFile(codePath, code);
});
afterAll(() => rm(folder, { recursive: true }));

let world: NotificationWorld;
const start = async (): Promise<void> => {
  world = await startNotificationWorld({ workflowBundle: { codePath } });
};
const stop = (): Promise<void> => world.stop();

const STATUS: PeeringStatus = {
  state: 'awaiting-acceptance',
  since: NOTIFICATION.at,
  organizationId: 'org-1',
  customerName: 'Acme',
  plan: null,
  provider: null,
  customer: {
    accountId: '444455556666',
    region: 'eu-west-1',
    vpcId: 'vpc-0123456789abcdef0',
    subnetCidrs: ['172.31.0.0/20'],
  },
  peeringConnectionId: NOTIFICATION.peeringConnectionId,
  expiresAt: NOTIFICATION.expiresAt,
  reminders: 0,
  round: 1,
  nextStep: NOTIFICATION.nextStep,
  parked: null,
  facts: { customerSteps: null },
  history: [],
  failure: null,
};

function tell(input: Partial<Parameters<typeof telling>[0]>): Promise<WorkflowHandle<typeof telling>> {
  return world.env.client.workflow.start<typeof telling>('telling', {
    workflowId: `telling-${randomUUID()}`,
    taskQueue: world.taskQueue,
    args: [{ webhook: true, status: STATUS, kinds: ['reminder'], then: 'end', ...input }],
  });
}

async function runIdOf(handle: WorkflowHandle): Promise<string> {
  return (await handle.describe()).runId;
}

async function delivered(handle: WorkflowHandle, number: number): Promise<void> {
  const id = notificationWorkflowId(await runIdOf(handle), number);
  await world.env.client.workflow.getHandle(id).result();
}

/** Numbers of the messages that the run sent on their way. */
async function sentBy(handle: WorkflowHandle): Promise<string[]> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).flatMap(
    ({ childWorkflowExecutionStartedEventAttributes: child }) =>
      child?.workflowExecution?.workflowId?.split('/').at(-1) ?? [],
  );
}

const ABANDON = temporal.api.enums.v1.ParentClosePolicy.PARENT_CLOSE_POLICY_ABANDON;

/** What becomes of each message when the run ends: the time-skipping server lets all of them live. */
async function closePoliciesOf(handle: WorkflowHandle): Promise<unknown[]> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).flatMap(
    ({ startChildWorkflowExecutionInitiatedEventAttributes: child }) => child?.parentClosePolicy ?? [],
  );
}

describe('a run that tells while the receiver is down', () => {
  beforeEach(start);
  afterEach(stop);

  it('ends at once, and its messages arrive when the receiver is back', async () => {
    world.downUntil((await world.env.currentTimeMs()) + DAY_MS);
    const handle = await tell({ kinds: ['parked', 'ended'] });
    expect(await handle.result()).toBe('ended');
    expect(await tookMs(handle)).toBeLessThan(HOUR_MS);
    expect(await closePoliciesOf(handle)).toEqual([ABANDON, ABANDON]);

    await delivered(handle, 1);
    await delivered(handle, 2);
    const last = new Map(world.posted().map(({ id, notification }) => [id, notification]));
    expect(last.get(notificationWorkflowId(await runIdOf(handle), 1))).toEqual({
      kind: 'parked',
      message: 'message 1',
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      connection: 'org-1/vpc-0123456789abcdef0',
      customerName: 'Acme',
      state: 'awaiting-acceptance',
      nextStep: NOTIFICATION.nextStep,
      peeringConnectionId: NOTIFICATION.peeringConnectionId,
      expiresAt: NOTIFICATION.expiresAt,
    });
    expect(last.get(notificationWorkflowId(await runIdOf(handle), 2))).toMatchObject({
      kind: 'ended',
      message: 'message 2',
    });
  });

  it('takes no message back when it is cancelled', async () => {
    world.downUntil((await world.env.currentTimeMs()) + DAY_MS);
    const handle = await tell({ then: 'wait' });
    await untilStarted(notificationWorkflowId(await runIdOf(handle), 1));
    await handle.cancel();
    await expect(handle.result()).rejects.toBeInstanceOf(WorkflowFailedError);
    await delivered(handle, 1);
  });
});

describe('a run that tells', () => {
  beforeAll(start);
  afterAll(stop);

  it('sends nothing where there is no webhook', async () => {
    const handle = await tell({ webhook: false });
    await handle.result();
    expect(await sentBy(handle)).toEqual([]);
  });

  it('sends from when it knows of a webhook', async () => {
    const handle = await tell({
      webhook: false,
      webhookLater: true,
      kinds: ['reminder', 'reminder', 'reminder'],
    });
    await handle.result();
    expect(await sentBy(handle)).toEqual(['2', '3']);
  });

  it('is not failed by a message that is on its way already', async () => {
    const handle = await tell({ first: 'wait', kinds: ['reminder', 'ended'] });
    const id = notificationWorkflowId(await runIdOf(handle), 1);
    await world.env.client.workflow.start<typeof deliverNotification>(WORKFLOW.deliverNotification, {
      workflowId: id,
      taskQueue: world.taskQueue,
      args: [{ id, notification: NOTIFICATION }],
    });
    await handle.signal('goOn');
    expect(await handle.result()).toBe('ended');
    expect(await sentBy(handle)).toEqual(['2']);
  });

  it('tells 200 messages and no more, but for its end', async () => {
    const kinds: NotificationKind[] = [...Array.from({ length: 250 }, () => 'drift' as const), 'ended'];
    const handle = await tell({ kinds });
    await handle.result();
    const sent = await sentBy(handle);
    expect(sent).toHaveLength(201);
    expect(new Set(sent).size).toBe(201);
  });
});

async function untilStarted(workflowId: string): Promise<void> {
  const handle = world.env.client.workflow.getHandle(workflowId);
  await until(`${workflowId} is started`, () => handle.describe());
}
