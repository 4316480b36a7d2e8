import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Runtime } from '@temporalio/worker';
import { Webhook } from 'standardwebhooks';
import { createEc2Clients } from '../../activities/aws/ec2-clients.js';
import { createActivities } from '../../activities/index.js';
import { notificationWorkflowId } from '../../contract/names.js';
import type { NotificationKind } from '../../contract/notification.js';
import type { PeeringStatus } from '../../contract/status.js';
import { findTestServer } from '../../local/binaries.js';
import { createWorker } from '../../worker/create-worker.js';
import { WORKFLOW_SOURCE } from '../../worker/workflow-code.js';
import { PROVIDER } from '../harness/emulator.js';
import { NOTIFICATION, startReceiver, WEBHOOK_SECRET, type Receiver } from '../harness/notifications.js';
import { testSettings } from '../harness/settings.js';
import type * as Workflows from './telling-workflow.js';

const DAY_MS = 24 * 60 * 60 * 1_000;
const HOUR_MS = 60 * 60 * 1_000;

let folder: string;
let codePath: string;
let receiver: Receiver;
beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  folder = await mkdtemp(join(tmpdir(), 'causeway-notifications-'));
  codePath = join(folder, 'workflows.js');
  const { code } = await bundleWorkflowCode({
    ...WORKFLOW_SOURCE,
    workflowsPath: fileURLToPath(new URL('telling-workflow.ts', import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  });
  await writeFile(codePath, code);
  receiver = await startReceiver();
});
afterAll(async () => {
  await receiver.stop();
  await rm(folder, { recursive: true });
});

interface World {
  env: TestWorkflowEnvironment;
  taskQueue: string;
  /** When the receiver is back, in skipped time. */
  upFrom: number;
  stop(): Promise<void>;
}

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.stop());

/** One environment a test: it skips no more time once some workflows have ended in it. */
async function startWorld(): Promise<World> {
  const server = findTestServer();
  const env = await TestWorkflowEnvironment.createTimeSkipping({
    server: {
      executable:
        server.kind === 'path' ? { type: 'existing-path', path: server.path } : { type: 'cached-download' },
    },
  });
  const taskQueue = `test-${randomUUID()}`;
  const settings = {
    ...testSettings(),
    notifications: { webhookUrl: `${receiver.url}/hook-secret`, allowPrivateTarget: true },
  };
  const activities = createActivities({
    clients: createEc2Clients({
      provider: { ...settings.provider, accountId: PROVIDER },
      endpoint: undefined,
    }),
    settings,
    taskQueue,
    webhookSecret: WEBHOOK_SECRET,
  });
  const worker = await createWorker({
    connection: env.nativeConnection,
    namespace: 'default',
    taskQueue,
    deployment: null,
    workflows: { workflowBundle: { codePath } },
    activities: {
      ...activities,
      postNotification: async (delivery) => {
        receiver.answerWith({ status: (await env.currentTimeMs()) < started.upFrom ? 503 : 204 });
        return activities.postNotification(delivery);
      },
    },
  });
  const running = worker.run();
  const started: World = {
    env,
    taskQueue,
    upFrom: 0,
    stop: async () => {
      worker.shutdown();
      await running;
      await env.teardown();
    },
  };
  return started;
}

/** What was posted since, by id. */
function posted(since: number): { id: string; message: string }[] {
  return receiver.received.slice(since).map(({ body, headers }) => {
    const verified = new Webhook(WEBHOOK_SECRET).verify(body, {
      'webhook-id': String(headers['webhook-id']),
      'webhook-timestamp': String(headers['webhook-timestamp']),
      'webhook-signature': String(headers['webhook-signature']),
    });
    return { id: String(headers['webhook-id']), ...(verified as { message: string }) };
  });
}

describe('a message', () => {
  const deliver = (): Promise<WorkflowHandle<typeof Workflows.deliverNotification>> => {
    const id = notificationWorkflowId(randomUUID(), 1);
    return world.env.client.workflow.start<typeof Workflows.deliverNotification>('deliverNotification', {
      workflowId: id,
      taskQueue: world.taskQueue,
      args: [{ id, notification: NOTIFICATION }],
    });
  };

  it('reaches a receiver that was down for two days, under the same id at every attempt', async () => {
    const before = receiver.received.length;
    const started = await world.env.currentTimeMs();
    world.upFrom = started + 2 * DAY_MS;
    const handle = await deliver();
    await handle.result();
    const took = (await world.env.currentTimeMs()) - started;
    expect(took).toBeGreaterThanOrEqual(2 * DAY_MS);
    expect(took).toBeLessThan(2 * DAY_MS + HOUR_MS);
    const attempts = posted(before);
    // 8 while it backs off to half an hour, then two an hour.
    expect(attempts.length).toBeGreaterThan(95);
    expect(attempts.length).toBeLessThan(110);
    expect(new Set(attempts.map(({ id }) => id))).toEqual(new Set([handle.workflowId]));
    const { events } = await handle.fetchHistory();
    expect(events?.length).toBeLessThan(15);
  });

  it('is given up after three days', async () => {
    const started = await world.env.currentTimeMs();
    world.upFrom = started + 365 * DAY_MS;
    const handle = await deliver();
    await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'NotificationRefused' } });
    const took = (await world.env.currentTimeMs()) - started;
    expect(took).toBeGreaterThan(3 * DAY_MS - HOUR_MS);
    expect(took).toBeLessThan(3 * DAY_MS + HOUR_MS);
    const { events } = await handle.fetchHistory();
    expect(JSON.stringify(events)).not.toMatch(/hook-secret|whsec/);
  });
});

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
  round: 1,
  nextStep: NOTIFICATION.nextStep,
  parked: null,
  history: [],
  failure: null,
};

describe('a run that tells', () => {
  type Input = Parameters<typeof Workflows.telling>[0];
  const tell = (input: Partial<Input>): Promise<WorkflowHandle<typeof Workflows.telling>> =>
    world.env.client.workflow.start<typeof Workflows.telling>('telling', {
      workflowId: `telling-${randomUUID()}`,
      taskQueue: world.taskQueue,
      args: [{ webhook: true, status: STATUS, kinds: ['reminder'], then: 'end', ...input }],
    });
  const runIdOf = async (handle: WorkflowHandle): Promise<string> => (await handle.describe()).runId;
  const delivered = (runId: string, number: number): Promise<unknown> =>
    world.env.client.workflow.getHandle(notificationWorkflowId(runId, number)).result();

  /** Numbers of the messages that the run sent on their way. */
  const sentBy = async (handle: WorkflowHandle): Promise<string[]> => {
    const { events } = await handle.fetchHistory();
    return (events ?? []).flatMap(
      ({ childWorkflowExecutionStartedEventAttributes: child }) =>
        child?.workflowExecution?.workflowId?.split('/').at(-1) ?? [],
    );
  };

  it('ends at once though the receiver is down, and the message arrives when it is back', async () => {
    const before = receiver.received.length;
    const started = await world.env.currentTimeMs();
    world.upFrom = started + DAY_MS;
    const handle = await tell({ kinds: ['parked', 'ended'] });
    expect(await handle.result()).toBe('ended');
    expect((await world.env.currentTimeMs()) - started).toBeLessThan(HOUR_MS);
    const runId = await runIdOf(handle);
    await delivered(runId, 1);
    await delivered(runId, 2);
    const last = new Map(posted(before).map((message) => [message.id, message]));
    expect([...last.values()]).toMatchObject([
      {
        kind: 'parked',
        message: 'message 1',
        connection: 'org-1/vpc-0123456789abcdef0',
        customerName: 'Acme',
        state: 'awaiting-acceptance',
        nextStep: NOTIFICATION.nextStep,
        peeringConnectionId: NOTIFICATION.peeringConnectionId,
        expiresAt: NOTIFICATION.expiresAt,
      },
      { kind: 'ended', message: 'message 2' },
    ]);
  });

  it('takes no message back when it is cancelled', async () => {
    world.upFrom = (await world.env.currentTimeMs()) + DAY_MS;
    const handle = await tell({ then: 'wait' });
    const runId = await runIdOf(handle);
    await untilStarted(notificationWorkflowId(runId, 1));
    await handle.cancel();
    await expect(handle.result()).rejects.toBeInstanceOf(WorkflowFailedError);
    await delivered(runId, 1);
  });

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
    const runId = await runIdOf(handle);
    const id = notificationWorkflowId(runId, 1);
    await world.env.client.workflow.start<typeof Workflows.deliverNotification>('deliverNotification', {
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
    const { events } = await handle.fetchHistory();
    expect(events?.length).toBeLessThan(3_000);
    const runId = await runIdOf(handle);
    for (const number of sent) await delivered(runId, Number(number));
  });

  async function untilStarted(workflowId: string): Promise<void> {
    const until = Date.now() + 10_000;
    for (;;) {
      const found = await world.env.client.workflow
        .getHandle(workflowId)
        .describe()
        .catch(() => null);
      if (found !== null) return;
      if (Date.now() > until) throw new Error(`${workflowId} was never started`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
});
