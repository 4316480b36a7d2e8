import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Connection } from '@temporalio/client';
import { findTemporalCli } from './binaries.js';
import { ProcessStartError, startProcess } from './processes.js';
import { startOnFreePorts } from './start-on-free-ports.js';
import { downloadTemporalCli } from './temporal-download.js';

/** What the dev server is to have. */
export interface StartTemporalOptions {
  /** Made when it is not `default`, which is always there. */
  readonly namespace?: string;
  /** Search attributes to register, by name. */
  readonly searchAttributes: Readonly<Record<string, 'Keyword'>>;
  /** Whether to serve Temporal's web UI; false by default. */
  readonly ui?: boolean;
  /** Keeps the server's state, so that it survives a restart; absent: in memory. */
  readonly dbFilename?: string;
  readonly logFile?: string;
  /** Events of a history from which on the server suggests to continue as new; absent: the server's own, 4,096. */
  readonly suggestContinueAsNewAt?: number;
}

/** A running dev server of Temporal's own, on loopback and free ports. It ends when this process does. */
export interface TemporalServer {
  /** `host:port` of the gRPC frontend. */
  readonly address: string;
  /** null without UI. */
  readonly uiUrl: string | null;
  readonly pid: number;
  stop(): Promise<void>;
}

const READY_TIMEOUT_MS = 60_000;

/**
 * Starts `temporal server start-dev` and waits until the namespace and the search attributes can be used.
 *
 * @throws ProcessStartError when it ends early or is not ready within 60 s.
 * @throws MisleadingVariableError when `TEMPORAL_CLI_PATH` names no executable file.
 * @throws Error when the binary is nowhere and cannot be downloaded, or when `NODE_ENV` is `production`.
 */
export async function startTemporal(options: StartTemporalOptions): Promise<TemporalServer> {
  if (process.env['NODE_ENV'] === 'production') {
    throw new Error(
      'The Temporal dev server keeps no promise of durability: it is not started when NODE_ENV is production.',
    );
  }
  const found = findTemporalCli();
  const cli = found.kind === 'path' ? `${found.path} (from ${found.from})` : 'downloaded';
  const command = found.kind === 'path' ? found.path : await downloadTemporalCli();
  try {
    return await startOnFreePorts((freePort) => startServer(command, options, freePort));
  } catch (error) {
    if (!(error instanceof ProcessStartError)) throw error;
    throw new ProcessStartError(`${error.summary}; the binary was ${cli}`, error);
  }
}

async function startServer(
  command: string,
  options: StartTemporalOptions,
  freePort: () => Promise<number>,
): Promise<TemporalServer> {
  const port = await freePort();
  const uiPort = options.ui === true ? await freePort() : null;
  if (options.dbFilename !== undefined) mkdirSync(dirname(options.dbFilename), { recursive: true });
  const address = `127.0.0.1:${port}`;
  const server = await startProcess({
    name: 'Temporal dev server',
    command,
    args: serverArguments(options, port, uiPort),
    ...(options.logFile === undefined ? {} : { logFile: options.logFile }),
    answers: () => checkOnce(address, options),
    readyTimeoutMs: READY_TIMEOUT_MS,
  });
  return {
    address,
    uiUrl: uiPort === null ? null : `http://127.0.0.1:${uiPort}`,
    pid: server.pid,
    stop: () => server.stop(),
  };
}

function serverArguments(options: StartTemporalOptions, port: number, uiPort: number | null): string[] {
  const { namespace = 'default', searchAttributes, dbFilename, suggestContinueAsNewAt } = options;
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--log-level', 'error'],
    ...(uiPort === null ? ['--headless'] : ['--ui-port', String(uiPort)]),
    ...(namespace === 'default' ? [] : ['--namespace', namespace]),
    // Without a write-ahead log a file costs half of the throughput.
    ...(dbFilename === undefined
      ? []
      : [
          '--db-filename',
          dbFilename,
          '--sqlite-pragma',
          'journal_mode=WAL',
          '--sqlite-pragma',
          'synchronous=NORMAL',
        ]),
    ...(suggestContinueAsNewAt === undefined
      ? []
      : [
          '--dynamic-config-value',
          `limit.historyCount.suggestContinueAsNew=${suggestContinueAsNewAt.toString()}`,
        ]),
    ...Object.entries(searchAttributes).flatMap(([name, type]) => ['--search-attribute', `${name}=${type}`]),
  ];
}

/** @throws whatever stands in the way; a missing search attribute would fail workflow tasks for ever, so it counts. */
async function checkOnce(
  address: string,
  { namespace = 'default', searchAttributes }: StartTemporalOptions,
): Promise<void> {
  // Lazy, so that there is a connection to close when it cannot be established.
  const connection = Connection.lazy({ address, connectTimeout: 1_000 });
  try {
    await connection.ensureConnected();
    await connection.withDeadline(Date.now() + 2_000, async () => {
      await connection.workflowService.describeNamespace({ namespace });
      const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
      const missing = Object.keys(searchAttributes).filter((name) => !(name in customAttributes));
      if (missing.length > 0) throw new Error(`search attributes not registered yet: ${missing.join(', ')}`);
    });
  } finally {
    await connection.close();
  }
}
