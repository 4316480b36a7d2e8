import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SEARCH_ATTRIBUTES } from '../contract/search-attributes.js';
import { parseSettingsText } from '../domain/settings.js';
import { PROVIDER_ACCOUNT } from './accounts.js';
import { emulatorPython } from './binaries.js';
import { credentialsFor, startEmulator, type Emulator } from './emulator.js';
import { startGateway, type GatewayOptions, type LocalGateway } from './gateway.js';
import { startProcess, type SupervisedProcess } from './processes.js';
import { PROJECT_ROOT, STATE_DIRECTORY } from './setup/layout.mjs';
import { startTemporal, type TemporalServer } from './temporal.js';

/** The embedded default: everything Causeway needs, on free ports of this machine, gone when this process ends. */
export interface LocalStack {
  readonly temporal: TemporalServer;
  readonly namespace: string;
  readonly emulator: Emulator;
  /** Environment in which worker and command line find this stack, and act as the provider. */
  readonly environment: NodeJS.ProcessEnv;
  readonly logDirectory: string;
  startWorker(): Promise<SupervisedProcess>;
  /** A gateway on a free port, with a key that may do everything. */
  startGateway(options?: GatewayOptions): Promise<LocalGateway>;
  stop(): Promise<void>;
}

export interface StartStackOptions {
  /** How often AWS is observed, such as `2 seconds`; the sample configuration's interval is made for the real AWS. */
  readonly observeEvery: string;
  readonly ui: boolean;
  /** Keeps Temporal's state in a file, so that it survives a restart; absent: in memory. */
  readonly dbFilename?: string;
  /** As `StartTemporalOptions` has it. */
  readonly suggestContinueAsNewAt?: number;
}

/** Servers that run; they end with the stack. */
export interface StackServers {
  readonly temporal: TemporalServer;
  readonly namespace: string;
  readonly emulator: Emulator;
}

export interface StackOnOptions extends Pick<StartStackOptions, 'observeEvery'> {
  /** Programs made before, in the place of the source, which is compiled and bundled at each start. */
  readonly programs?: StackPrograms;
  /** Of the provider; those of the sample configuration by default. */
  readonly regions?: readonly string[];
}

/** Node's arguments for each. */
export interface StackPrograms {
  readonly worker: readonly string[];
  readonly gateway: readonly string[];
}

const FROM_SOURCE: StackPrograms = {
  worker: ['--import', 'tsx', join(PROJECT_ROOT, 'worker/main.ts')],
  gateway: ['--import', 'tsx', join(PROJECT_ROOT, 'gateway/main.ts')],
};
const RUN_DIRECTORY = join(STATE_DIRECTORY, 'run');
const WORKER_READY = '"msg":"worker ready"';
const WORKER_READY_MS = 300_000;

/** Starts Temporal and the emulator; the worker is the caller's to start, and to kill. */
export async function startStack(options: StartStackOptions): Promise<LocalStack> {
  const directory = await newDirectory();
  const started: { stop(): Promise<void> }[] = [];
  try {
    const [temporal, emulator] = await Promise.all([
      startTemporal({
        searchAttributes: Object.fromEntries(SEARCH_ATTRIBUTES.map(({ name }) => [name, 'Keyword'])),
        ui: options.ui,
        logFile: join(directory, 'temporal.log'),
        ...(options.dbFilename === undefined ? {} : { dbFilename: options.dbFilename }),
        ...(options.suggestContinueAsNewAt === undefined
          ? {}
          : { suggestContinueAsNewAt: options.suggestContinueAsNewAt }),
      }).then((server) => keep(started, server)),
      startEmulator({ python: emulatorPython() }).then((aws) => keep(started, aws)),
    ]);
    return await stackIn(directory, { temporal, namespace: 'default', emulator }, options);
  } catch (error) {
    await Promise.all(started.map((part) => part.stop()));
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

/** A stack on servers that run. */
export async function stackOn(servers: StackServers, options: StackOnOptions): Promise<LocalStack> {
  return stackIn(await newDirectory(), servers, options);
}

async function stackIn(
  directory: string,
  servers: StackServers,
  { observeEvery, programs = FROM_SOURCE, regions }: StackOnOptions,
): Promise<LocalStack> {
  const { temporal, emulator } = servers;
  const configPath = await writeConfiguration(directory, { observeEvery, regions });
  const environment = environmentOf({ ...servers, configPath });
  const started: { stop(): Promise<void> }[] = [];
  return {
    ...servers,
    environment,
    logDirectory: directory,
    startWorker: async () => keep(started, await startWorker(environment, directory, programs.worker)),
    startGateway: async (wanted) =>
      keep(started, await startGateway(environment, directory, { ...wanted, program: programs.gateway })),
    stop: async () => {
      await Promise.all(started.splice(0).map((part) => part.stop()));
      await Promise.all([temporal.stop(), emulator.stop()]);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function newDirectory(): Promise<string> {
  await mkdir(RUN_DIRECTORY, { recursive: true });
  return mkdtemp(join(RUN_DIRECTORY, `${process.pid.toString()}-`));
}

function keep<T extends { stop(): Promise<void> }>(started: { stop(): Promise<void> }[], part: T): T {
  started.push(part);
  return part;
}

/** An emulated AWS shows at once what is there: nobody has to wait minutes until it is believed that something is gone. */
const ABSENT_AFTER = '10 seconds';

/** The sample configuration, but for the intervals: a person at a terminal does not wait a minute for each look at AWS. */
async function writeConfiguration(
  directory: string,
  { observeEvery, regions }: { observeEvery: string; regions: readonly string[] | undefined },
): Promise<string> {
  const sample = parseSettingsText(
    await readFile(join(PROJECT_ROOT, 'causeway.config.json'), 'utf8'),
    'default',
  );
  if (!sample.ok) throw new Error(`causeway.config.json is not valid: ${sample.problems.join('; ')}`);
  const { settings } = sample;
  const path = join(directory, 'causeway.config.json');
  await writeFile(
    path,
    JSON.stringify(
      {
        ...settings,
        provider: { ...settings.provider, regions: regions ?? settings.provider.regions },
        acceptance: { ...settings.acceptance, observeEvery },
        maintenance: { ...settings.maintenance, absentAfter: ABSENT_AFTER },
      },
      null,
      2,
    ),
  );
  return path;
}

function environmentOf(stack: StackServers & { configPath: string }): NodeJS.ProcessEnv {
  const { accessKeyId, secretAccessKey } = credentialsFor(PROVIDER_ACCOUNT);
  return {
    ...process.env,
    TEMPORAL_ADDRESS: stack.temporal.address,
    TEMPORAL_NAMESPACE: stack.namespace,
    AWS_ENDPOINT_URL: stack.emulator.endpoint,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_REGION: 'us-east-1',
    CAUSEWAY_CONFIG: stack.configPath,
    CAUSEWAY_TASK_QUEUE: 'causeway',
  };
}

function startWorker(
  env: NodeJS.ProcessEnv,
  directory: string,
  args: readonly string[],
): Promise<SupervisedProcess> {
  return startProcess({
    name: 'Causeway worker',
    command: process.execPath,
    args,
    cwd: PROJECT_ROOT,
    env,
    logFile: join(directory, 'worker.log'),
    readyWhen: (line) => line.includes(WORKER_READY),
    readyTimeoutMs: WORKER_READY_MS,
  });
}
