import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { Worker } from '@temporalio/worker';
import { createEc2Clients } from '../../activities/aws/ec2-clients.js';
import { createActivities, type Activities } from '../../activities/index.js';
import { statusQuery } from '../../contract/messages.js';
import { provisionWorkflowId, WORKFLOW } from '../../contract/names.js';
import type { PeeringStatus } from '../../contract/status.js';
import { isEndState, type PeeringState } from '../../domain/lifecycle.js';
import type { WorkerSettings } from '../../domain/settings.js';
import { credentialsFor } from '../../local/emulator.js';
import { createWorker } from '../../worker/create-worker.js';
import { registerSearchAttributes } from '../../worker/search-attributes.js';
import { PROVIDER, startTestEmulator, type TestEmulator } from './emulator.js';
import { logFrom } from './runtime.js';
import { testSettings } from './settings.js';
import { startSkippingServer } from './skipping-server.js';
import { workflowBundle } from './workflow-bundle.js';

/** Weeks in milliseconds: Temporal's time-skipping server and an emulated AWS whose clock follows it. */
export interface SkippingWorld {
  readonly env: TestWorkflowEnvironment;
  readonly aws: TestEmulator;
  readonly settings: WorkerSettings;
  readonly taskQueue: string;
  /** Sets AWS's clock to Temporal's; done before every activity too. */
  syncClock(): Promise<void>;
  start(request: { organizationId: string; vpcId: string }): Promise<WorkflowHandle>;
  /** Waits, in skipped time, until the run says so. */
  until(handle: WorkflowHandle, state: PeeringState): Promise<PeeringStatus>;
  stop(): Promise<void>;
}

/** The emulator shows at once what was done; these waits are real ones, which no clock skips. */
const TIMING = { pollEveryMs: 100, settleMs: 2_000, secondLookMs: 500 };

const STEP_MS = 1_000;
const MOST_STEPS = 600;

/** @param replaced activities that the test carries out itself, for stories of more looks than AWS can be asked in a test */
export async function startSkippingWorld(
  overrides: Parameters<typeof testSettings>[0] = {},
  replaced: (real: Activities) => Partial<Activities> = () => ({}),
): Promise<SkippingWorld> {
  logFrom('ERROR');
  const aws = await startTestEmulator();
  const env = await startSkippingServer();
  await registerSearchAttributes(env.connection, 'default');
  const settings = testSettings(overrides);
  const taskQueue = `test-${randomUUID()}`;
  const syncClock = async (): Promise<void> => {
    await aws.control.setClock(new Date(await env.currentTimeMs()));
  };
  const worker = await createWorker({
    connection: env.nativeConnection,
    namespace: 'default',
    taskQueue,
    deployment: null,
    workflows: await workflowBundle(),
    activities: withReplaced(
      withClock(providerActivities({ aws, settings, taskQueue }), syncClock),
      replaced,
    ),
  });
  const running = runInBackground(worker);
  const until = async (handle: WorkflowHandle, state: PeeringState): Promise<PeeringStatus> => {
    let status = await handle.query(statusQuery);
    for (let step = 0; status.state !== state && !isEndState(status.state) && step < MOST_STEPS; step += 1) {
      await env.sleep(STEP_MS);
      status = await handle.query(statusQuery);
    }
    if (status.state !== state)
      throw new Error(`not ${state} but ${status.state}: ${JSON.stringify(status.history.slice(-3))}`);
    return status;
  };
  return {
    env,
    aws,
    settings,
    taskQueue,
    syncClock,
    until,
    start: (request) =>
      env.client.workflow.start(WORKFLOW.provisionPeering, {
        taskQueue,
        workflowId: provisionWorkflowId(`${request.organizationId}/${request.vpcId}`),
        args: [request],
      }),
    stop: async () => {
      worker.shutdown();
      await running;
      await env.teardown();
      await aws.stop();
    },
  };
}

/** The real activities, acting as the provider on an emulated AWS. */
function providerActivities(world: {
  aws: TestEmulator;
  settings: WorkerSettings;
  taskQueue: string;
}): Activities {
  const { accessKeyId, secretAccessKey } = credentialsFor(PROVIDER);
  process.env['AWS_ACCESS_KEY_ID'] = accessKeyId;
  process.env['AWS_SECRET_ACCESS_KEY'] = secretAccessKey;
  const { settings, taskQueue } = world;
  return createActivities({
    clients: createEc2Clients({ provider: settings.provider, endpoint: world.aws.endpoint, timing: TIMING }),
    settings,
    taskQueue,
  });
}

function withClock(activities: Activities, syncClock: () => Promise<void>): Activities {
  return new Proxy(activities, {
    get(target, name) {
      const activity: unknown = Reflect.get(target, name);
      if (typeof activity !== 'function') return activity;
      return async (...args: unknown[]): Promise<unknown> => {
        await syncClock();
        return Reflect.apply(activity, target, args);
      };
    },
  });
}

async function runInBackground(worker: Worker): Promise<void> {
  await worker.run();
}

function withReplaced(real: Activities, replaced: (real: Activities) => Partial<Activities>): Activities {
  // The proxy behind `real` has its activities on the object itself, so that they can be spread.
  return { ...real, ...replaced(real) };
}
