/**
 * Keeps the servers of a test run, in jest's own process: an AWS emulator and a Temporal dev server for each of jest's
 * workers, started when first asked for. They outlive the worker when jest starts it anew, and end with the run.
 */
import { createServer, type IncomingMessage } from 'node:http';
import type { Emulator } from '../../../local/emulator.js';
import type { TemporalServer } from '../../../local/temporal.js';

export interface Broker {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  stop(): Promise<void>;
}

/** What the broker answers: a server that runs. */
export interface Lent {
  /** `host:port` of Temporal, or the emulator's endpoint. */
  readonly address: string;
  readonly pid: number;
}

interface Place {
  readonly emulator: Emulator;
  /** The test file that has it. */
  holder: string | undefined;
}

/** The servers of one of jest's workers, which runs one test file at a time. */
class WorkerServers {
  #temporal: Promise<TemporalServer | undefined> = Promise.resolve(undefined);
  readonly #places: Place[] = [];

  async temporal(): Promise<Lent> {
    const running = this.#temporal.then(
      (server) => (server !== undefined && isAlive(server.pid) ? server : startDevServer()),
      startDevServer,
    );
    this.#temporal = running;
    const { address, pid } = await running;
    return { address, pid };
  }

  async lendEmulator(holder: string): Promise<Lent> {
    // What a file before this one has not given back: it failed on the way.
    for (const place of this.#places) if (place.holder !== holder) place.holder = undefined;
    const free = this.#places.find((place) => place.holder === undefined && isAlive(place.emulator.pid));
    if (free !== undefined) free.holder = holder;
    const { endpoint: address, pid } = (free ?? (await this.#startEmulator(holder))).emulator;
    return { address, pid };
  }

  giveBack(address: string): void {
    for (const place of this.#places) if (place.emulator.endpoint === address) place.holder = undefined;
  }

  async stop(): Promise<void> {
    const temporal = await this.#temporal.catch(() => undefined);
    await Promise.all([temporal?.stop(), ...this.#places.map(({ emulator }) => emulator.stop())]);
  }

  async #startEmulator(holder: string): Promise<Place> {
    const place: Place = { emulator: await startAws(), holder };
    this.#places.push(place);
    return place;
  }
}

export async function startBroker(): Promise<Broker> {
  const workers = new Map<string, WorkerServers>();

  async function answer({ method = '', url = '' }: IncomingMessage): Promise<Lent | null> {
    const { pathname, searchParams } = new URL(url, 'http://broker');
    const worker = searchParams.get('worker') ?? '';
    const servers = workers.get(worker) ?? new WorkerServers();
    workers.set(worker, servers);
    switch (`${method} ${pathname}`) {
      case 'POST /temporal':
        return servers.temporal();
      case 'POST /emulator':
        return servers.lendEmulator(searchParams.get('holder') ?? '');
      case 'DELETE /emulator':
        servers.giveBack(searchParams.get('address') ?? '');
        return null;
      default:
        throw new Error(`the servers of a test run know no ${method} ${pathname}`);
    }
  }

  const server = createServer((request, response) => {
    // A connection kept for later may be closed here in the moment in which it is used again there.
    response.setHeader('connection', 'close');
    answer(request).then(
      (lent) => response.end(JSON.stringify(lent)),
      (error: unknown) => {
        response.statusCode = 500;
        response.end(error instanceof Error ? error.message : String(error));
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    stop: async () => {
      await Promise.all([...workers.values()].map((servers) => servers.stop()));
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

// Loaded when needed: most runs of a developer are of files that need no server.
async function startDevServer(): Promise<TemporalServer> {
  const { startTemporal } = await import('../../../local/temporal.js');
  return startTemporal({ searchAttributes: {} });
}

async function startAws(): Promise<Emulator> {
  const { emulatorPython } = await import('../../../local/binaries.js');
  const { startEmulator } = await import('../../../local/emulator.js');
  return startEmulator({ python: emulatorPython() });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
