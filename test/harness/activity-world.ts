import type { Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createEc2Clients } from '../../activities/aws/ec2-clients.js';
import type { Timing } from '../../activities/aws/poll.js';
import { createActivities, type Activities } from '../../activities/index.js';
import { activityInterceptor } from '../../activities/interceptor.js';
import type { WorkerSettings } from '../../domain/settings.js';
import type { EmulatedCall } from '../../local/emulator-control.js';
import { credentialsFor } from '../../local/emulator.js';
import { PROVIDER, startTestEmulator, type TestEmulator } from './emulator.js';
import { testSettings } from './settings.js';

/** The provider's activities, run as a worker runs them, on an emulated AWS. */
export interface ActivityWorld {
  readonly aws: TestEmulator;
  readonly activities: Activities;
  /** Runs one attempt (the first by default); errors leave as the failures that Temporal would record. */
  run<T>(call: (activities: Activities) => Promise<T>, attempt?: number): Promise<T>;
  /** As `run`, for an attempt that has to fail. */
  failureOf(
    call: (activities: Activities) => Promise<unknown>,
    attempt?: number,
  ): Promise<ApplicationFailure>;
  /** What the provider's calls changed in AWS since the last `clearCalls`, in order; lost replies count. */
  effects(): Promise<readonly EmulatedCall[]>;
}

/** An emulated AWS answers at once: what takes real AWS seconds is tried as often here, within a fraction of one. */
const EMULATED_TIMING: Timing = { pollEveryMs: 10, settleMs: 100, secondLookMs: 30 };

/** Everything about failing attempts is asserted; a log of them would drown what went wrong. */
const QUIET = new DefaultLogger('ERROR');

/** How the activities reach AWS, where it is not the emulator itself with the provider's own keys. */
export interface WayToAws {
  readonly endpoint: string;
  readonly roles: WorkerSettings['provider']['roles'];
}

/**
 * @param client what activities that ask Temporal get from their context
 * @param options `wayTo`: what stands between the activities and that emulator; `tags`: the operator's
 */
export async function startActivityWorld(
  client?: Client,
  options: { wayTo?: (aws: TestEmulator) => Promise<WayToAws>; tags?: Record<string, string> } = {},
): Promise<ActivityWorld> {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const aws = await startTestEmulator();
  const { accessKeyId, secretAccessKey } = credentialsFor(PROVIDER);
  process.env['AWS_ACCESS_KEY_ID'] = accessKeyId;
  process.env['AWS_SECRET_ACCESS_KEY'] = secretAccessKey;
  const { wayTo, tags = {} } = options;
  const settings = testSettings({ tags });
  const way = await (wayTo === undefined ? { endpoint: aws.endpoint, roles: {} } : wayTo(aws));
  const activities = createActivities({
    clients: createEc2Clients({
      provider: { ...settings.provider, roles: way.roles },
      endpoint: way.endpoint,
      timing: EMULATED_TIMING,
    }),
    settings,
    taskQueue: 'causeway',
  });
  const run: ActivityWorld['run'] = (call, attempt = 1) =>
    new MockActivityEnvironment(
      { attempt, startToCloseTimeoutMs: 180_000 },
      {
        interceptors: [(context) => ({ inbound: activityInterceptor(context) })],
        logger: QUIET,
        ...(client === undefined ? {} : { client }),
      },
    ).run(() => call(activities));
  return {
    aws,
    activities,
    run,
    failureOf: async (call, attempt = 1) => {
      const error: unknown = await run(call, attempt).then(
        () => new Error('the activity succeeded'),
        (thrown: unknown) => thrown,
      );
      if (error instanceof ApplicationFailure) return error;
      throw new Error(`expected an ApplicationFailure, got ${String(error)}`, { cause: error });
    },
    effects: async () =>
      (await aws.control.calls({ account: PROVIDER })).filter(
        ({ effect, service }) => effect && service === 'ec2',
      ),
  };
}

/** Names of the calls that changed something, in order. */
export async function effectsOf(world: ActivityWorld): Promise<string[]> {
  return (await world.effects()).map(({ action }) => action);
}
