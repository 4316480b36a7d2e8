/** A worker of the real code, in whatever process runs this: with faults around its activities or its calls to AWS. */
import { setTimeout as delay } from 'node:timers/promises';
import { activityInfo } from '@temporalio/activity';
import type { NativeConnection } from '@temporalio/worker';
import { createEc2Clients, type Ec2Clients } from '../../activities/aws/ec2-clients.js';
import type { Timing } from '../../activities/aws/poll.js';
import { createActivities, type Activities } from '../../activities/index.js';
import type { WorkerSettings } from '../../domain/settings.js';
import { createWorker } from '../../worker/create-worker.js';
import { WEBHOOK_SECRET } from './notifications.js';
import { surrounded, type Around } from './fault-activities.js';
import type { OnCommand } from './fault-sites.js';

export interface FaultWorkerOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  /** Of the emulated AWS. */
  readonly endpoint: string;
  /** The workflows, bundled. */
  readonly codePath: string;
  readonly taskQueue: string;
  readonly settings: WorkerSettings;
  readonly around?: Around;
  /** As `around`, for every call of the AWS SDK, by action: below the SDK's own repetition. */
  readonly onCommand?: OnCommand;
  /** What takes the place of the real activities, one or some of them. */
  readonly mutate?: Mutate;
  readonly timing?: Timing;
  /** How long a call to AWS may take; AWS's own limit by default. */
  readonly requestTimeoutMs?: number;
  /** 0: every workflow task replays the whole history. */
  readonly maxCachedWorkflows?: number;
}

/** @param clients those that the real activities have, with the same faults around their calls */
export type Mutate = (activities: Activities, clients: Ec2Clients) => Partial<Activities>;

export interface RunningWorker {
  stop(): Promise<void>;
}

/**
 * The timeout of a local activity, and a little more: where its worker is gone by then, the SDK's core panics in the log
 * (1.24.0, `local_activities.rs`), which does no harm and looks as if it did.
 */
const LOCAL_TIMEOUT_MS = 5_500;

/** An emulated AWS answers at once: looked at as often as the real one, in a thirtieth of the time. */
const EMULATED_TIMING: Timing = { pollEveryMs: 25, settleMs: 500, secondLookMs: 150 };

export async function runFaultWorker(options: FaultWorkerOptions): Promise<RunningWorker> {
  const { settings, taskQueue, around = plainly, onCommand, mutate, maxCachedWorkflows } = options;
  const uncommanded = createEc2Clients({
    provider: settings.provider,
    endpoint: options.endpoint,
    timing: options.timing ?? EMULATED_TIMING,
    ...(options.requestTimeoutMs === undefined ? {} : { requestTimeoutMs: options.requestTimeoutMs }),
  });
  const clients = onCommand === undefined ? uncommanded : commanded(uncommanded, onCommand);
  const real = createActivities({ clients, settings, taskQueue, webhookSecret: WEBHOOK_SECRET });
  const activities: Activities = { ...real, ...mutate?.(real, clients) };
  let lastLocalAt = 0;
  const noting: Around = (activity, call) => {
    if (activityInfo().isLocal) lastLocalAt = Date.now();
    return around(activity, call);
  };
  const worker = await createWorker({
    connection: options.connection,
    namespace: options.namespace,
    taskQueue,
    deployment: null,
    workflows: { workflowBundle: { codePath: options.codePath } },
    activities: surrounded(activities, noting),
    tuning: {
      shutdownGraceTime: '500 milliseconds',
      stickyQueueScheduleToStartTimeout: '1 second',
      ...(maxCachedWorkflows === undefined ? {} : { maxCachedWorkflows }),
    },
  });
  const running = worker.run();
  return {
    stop: async () => {
      await delay(Math.max(0, lastLocalAt + LOCAL_TIMEOUT_MS - Date.now()));
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await running;
    },
  };
}

/** The names of the activities, as the code itself lists them. */
export function activityNames(settings: WorkerSettings): string[] {
  const clients = createEc2Clients({ provider: settings.provider, endpoint: undefined });
  return Object.keys(createActivities({ clients, settings, taskQueue: 'nobody' })).sort();
}

const plainly: Around = (_name, call) => call();

/** Each client once: `createEc2Clients` hands the same ones out again. */
function commanded(clients: Ec2Clients, onCommand: OnCommand): Ec2Clients {
  const known = new Set<object>();
  return (purpose, region) => {
    const ec2 = clients(purpose, region);
    for (const client of [ec2.read, ec2.write]) {
      if (known.has(client)) continue;
      known.add(client);
      client.middlewareStack.add(
        (next, context) => {
          const action = actionOf(context);
          let sendings = 0;
          return async (args) => {
            let answer: Awaited<ReturnType<typeof next>> | undefined;
            const send = async (): Promise<void> => {
              answer = await next(args);
            };
            await onCommand(action, send, ++sendings);
            if (answer === undefined) throw new Error(`${action} was not made`);
            return answer;
          };
        },
        // Around the SDK's own, which reads an answer to its end: an answer that nobody reads keeps its socket.
        { step: 'deserialize', name: 'causewayFaults', priority: 'high' },
      );
    }
    return ec2;
  };
}

const actionOf = ({ commandName = '' }: { commandName?: string }): string =>
  commandName.replace(/Command$/, '');
