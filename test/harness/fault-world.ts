/** Temporal's dev server and the emulated AWS, with a worker, an organization and a deployment for each fault point. */
import { randomUUID } from 'node:crypto';
import { CreateVpcCommand } from '@aws-sdk/client-ec2';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { connectionName, maintainWorkflowId, provisionWorkflowId } from '../../contract/names.js';
import type { AccessIntent } from '../../domain/access/plan-access.js';
import type { WorkerSettings } from '../../domain/settings.js';
import { credentialsFor } from '../../local/emulator.js';
import type { EmulatorControl } from '../../local/emulator-control.js';
import { startProcess, type SupervisedProcess } from '../../local/processes.js';
import { SampleCustomer } from '../../local/sample-customer.js';
import { PROJECT_ROOT } from '../../local/setup/layout.mjs';
import { startStack, type LocalStack, type StartStackOptions } from '../../local/stack.js';
import { bound } from './bounds.js';
import { compiledProgram } from './compiled.js';
import { CUSTOMER, PROVIDER } from './emulator.js';
import type { Around } from './fault-activities.js';
import { runFaultWorker, type FaultWorkerOptions, type RunningWorker } from './fault-worker.js';
import type { Death } from './fault-victim.js';
import { startReceiver } from './notifications.js';
import type { TestRequest } from './requests.js';
import { testSettings } from './settings.js';
import { startTestStack } from './stack.js';
import { workflowBundle } from './workflow-bundle.js';

/** One place where something goes wrong: nothing of it is shared with another one but the servers. */
export interface FaultPoint {
  readonly taskQueue: string;
  readonly settings: WorkerSettings;
  readonly customer: SampleCustomer;
  readonly request: TestRequest;
  /** What the request asks for; absent, all of TCP. */
  readonly access?: readonly AccessIntent[];
  /** `<organizationId>/<vpcId>`. */
  readonly connection: string;
  readonly provisionId: string;
  readonly maintainId: string;
}

export interface FaultWorld {
  readonly stack: LocalStack;
  readonly control: EmulatorControl;
  readonly client: Client;
  newPoint(wanted?: WantedPoint): Promise<FaultPoint>;
  /**
   * One that shares task queue, deployment and worker with those that had the slot before: a worker costs more than a story.
   * Only one at a time may have it.
   */
  newPointIn(slot: number, wanted?: WantedPoint): Promise<FaultPoint>;
  /** A worker in this process, for that point alone; stopping it does not wait for its end, `stop` of the world does. */
  startWorker(point: FaultPoint, how?: HowToRun & OtherCode & WorkerTuning): Promise<FaultWorker>;
  /** A worker as a process of its own, which kills itself at the given moment. */
  startVictim(point: FaultPoint, death: Death, how?: WorkerTuning): Promise<SupervisedProcess>;
  stop(): Promise<void>;
}

export interface FaultWorker extends RunningWorker {
  /** Stops it, and waits until it carries out nothing any more. */
  end(): Promise<void>;
}

export interface WantedPoint {
  /** The provider's region, by which the emulator's faults are told apart. */
  readonly region?: string;
  readonly organizationId?: string;
  readonly cidr?: string;
  readonly subnetCidrs?: string[];
  /** Shares the worker and the deployment of that one. */
  readonly beside?: FaultPoint;
  /** The TCP ports agreed, rather than all. */
  readonly ports?: readonly number[];
  /** Messages are posted to the world's own receiver. */
  readonly notified?: boolean;
  /** How often AWS is observed, and a parked step tried again. */
  readonly observeEvery?: string;
}

export type HowToRun = Partial<Pick<FaultWorkerOptions, 'around' | 'onCommand'>>;

/** Other code than the real one, for a worker that nobody shares. */
export type OtherCode = Partial<Pick<FaultWorkerOptions, 'codePath' | 'mutate'>>;

/** How a worker that nobody shares is set. */
export type WorkerTuning = Partial<
  Pick<FaultWorkerOptions, 'timing' | 'requestTimeoutMs' | 'maxCachedWorkflows'>
>;

/** The provider's regions in these tests. */
export const FAULT_REGIONS = ['us-east-1', 'eu-west-1', 'ap-southeast-2', 'us-west-2'];

const OBSERVE_EVERY = '1 second';
/** AWS's clock may jump by days: what it has forgotten is gone. */
const ABSENT_AFTER = '3 seconds';
const VICTIM = 'test/harness/fault-victim';
/** For what may hang: it loads the SDKs. */
const VICTIM_READY_MS = bound(300_000);

/** A worker that serves one point after the other. */
interface Home {
  readonly point: FaultPoint;
  now: HowToRun;
}

let quiet = false;

export async function startFaultWorld(
  server: Pick<StartStackOptions, 'suggestContinueAsNewAt'> = {},
): Promise<FaultWorld> {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const { accessKeyId, secretAccessKey } = credentialsFor(PROVIDER);
  process.env['AWS_ACCESS_KEY_ID'] = accessKeyId;
  process.env['AWS_SECRET_ACCESS_KEY'] = secretAccessKey;
  // Failing activities are what these tests are about; their warnings would bury a real error.
  if (!quiet) {
    Runtime.install({
      logger: new DefaultLogger('ERROR', () => undefined),
      telemetryOptions: { logging: { filter: 'OFF' } },
    });
  }
  quiet = true;
  const stack =
    server.suggestContinueAsNewAt === undefined
      ? await startTestStack(OBSERVE_EVERY)
      : await startStack({ ...server, observeEvery: OBSERVE_EVERY, ui: false });
  const connection = await Connection.connect({ address: stack.temporal.address });
  const native = await NativeConnection.connect({ address: stack.temporal.address });
  const { workflowBundle: bundle } = await workflowBundle();
  const stopping: Promise<void>[] = [];
  const ending: (() => Promise<void>)[] = [];
  const receiver = await startReceiver();
  const common = { endpoint: stack.emulator.endpoint, codePath: bundle.codePath, namespace: stack.namespace };
  const homes = new Map<number, Promise<Home>>();
  const homeOf = async (): Promise<Home> => {
    const point = await newPoint(stack, receiver.url);
    const home: Home = { point, now: {} };
    const plainly: Around = (_name, call) => call();
    const worker = await runFaultWorker({
      ...common,
      ...whereOf(point),
      connection: native,
      around: (name, call) => (home.now.around ?? plainly)(name, call),
      onCommand: (action, call, sendings) => (home.now.onCommand ?? plainly)(action, call, sendings),
    });
    ending.push(() => worker.stop());
    return home;
  };
  return {
    stack,
    control: stack.emulator.control,
    client: new Client({ connection, namespace: stack.namespace }),
    newPoint: (wanted) => newPoint(stack, receiver.url, wanted),
    newPointIn: async (slot, wanted = {}) => {
      const home = homes.get(slot) ?? homeOf();
      homes.set(slot, home);
      return newPoint(stack, receiver.url, { ...wanted, beside: (await home).point });
    },
    startWorker: async (point, how = {}) => {
      for (const home of await Promise.all(homes.values())) {
        if (home.point.taskQueue !== point.taskQueue) continue;
        home.now = how;
        const stop = (): Promise<void> => {
          home.now = {};
          return Promise.resolve();
        };
        return { stop, end: stop };
      }
      const worker = await runFaultWorker({ ...common, ...how, connection: native, ...whereOf(point) });
      return {
        stop: () => {
          stopping.push(worker.stop());
          return Promise.resolve();
        },
        end: () => worker.stop(),
      };
    },
    startVictim: async (point, death, how = {}) =>
      startProcess({
        name: `worker that dies`,
        command: process.execPath,
        args: [await compiledProgram(VICTIM)],
        cwd: PROJECT_ROOT,
        env: {
          ...stack.environment,
          AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
          NODE_NO_WARNINGS: '1',
          CAUSEWAY_VICTIM: JSON.stringify({ ...common, ...how, ...whereOf(point), death }),
        },
        readyWhen: (line) => line === 'victim ready',
        readyTimeoutMs: VICTIM_READY_MS,
      }),
    stop: async () => {
      await Promise.all([...stopping, ...ending.map((end) => end())]);
      await native.close();
      await connection.close();
      await receiver.stop();
      await stack.stop();
    },
  };
}

function whereOf({ taskQueue, settings }: FaultPoint): Pick<FaultPoint, 'taskQueue' | 'settings'> {
  return { taskQueue, settings };
}

async function newPoint(
  stack: LocalStack,
  receiverUrl: string,
  wanted: WantedPoint = {},
): Promise<FaultPoint> {
  const {
    cidr = '172.31.0.0/16',
    subnetCidrs = ['172.31.0.0/20'],
    region: providerRegion = FAULT_REGIONS[0],
  } = wanted;
  const id = randomUUID().slice(0, 8);
  const settings = testSettings({
    observeEvery: wanted.observeEvery ?? OBSERVE_EVERY,
    maintenance: { absentAfter: ABSENT_AFTER },
    regions: FAULT_REGIONS,
  });
  const customer = new SampleCustomer(stack.emulator.endpoint, CUSTOMER, 'eu-central-1');
  const { Vpc } = await customer.ec2.send(new CreateVpcCommand({ CidrBlock: cidr }));
  const vpcId = Vpc?.VpcId ?? '';
  const request: TestRequest = {
    customerName: 'Acme',
    organizationId: wanted.organizationId ?? `org-${id}`,
    awsAccountId: CUSTOMER,
    region: 'eu-central-1',
    vpcId,
    subnetCidrs,
    providerRegion,
    ...(wanted.ports === undefined ? {} : { access: [{ protocol: 'tcp', ports: wanted.ports }] }),
  };
  const connection = connectionName(request);
  return {
    taskQueue: wanted.beside?.taskQueue ?? `point-${id}`,
    settings: wanted.beside?.settings ?? {
      ...settings,
      provider: { ...settings.provider, deployment: `point-${id}` },
      ...(wanted.notified === true
        ? { notifications: { webhookUrl: receiverUrl, allowPrivateTarget: true } }
        : {}),
    },
    ...(wanted.ports === undefined
      ? {}
      : { access: [{ protocol: 'tcp', ports: wanted.ports.map((port) => ({ from: port, to: port })) }] }),
    customer,
    request,
    connection,
    provisionId: provisionWorkflowId(connection),
    maintainId: maintainWorkflowId(connection),
  };
}
