/** What the tests of and on the emulated AWS share: an emulator that nobody else has, and clients of its accounts. */
import { EC2Client } from '@aws-sdk/client-ec2';
import { IAMClient } from '@aws-sdk/client-iam';
import { STSClient } from '@aws-sdk/client-sts';
import { emulatorPython } from '../../local/binaries.js';
import { EmulatorControl } from '../../local/emulator-control.js';
import { credentialsFor } from '../../local/emulator.js';
import { findFreePort } from '../../local/free-port.js';
import { startProcess } from '../../local/processes.js';
import { bound } from './bounds.js';
import { lendEmulator } from './servers/lent.js';

/** Account of the provider in tests. */
export const PROVIDER = '111122223333';
/** Account of the customer in tests. */
export const CUSTOMER = '444455556666';

/** Keys of a caller: static ones of an account, or those of an assumed role. */
export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface TestEmulator {
  readonly endpoint: string;
  readonly control: EmulatorControl;
  /** A client of that account (or with those keys) in that region, without retries; one each, closed by `stop`. */
  ec2(account: string | Keys, region?: string): EC2Client;
  sts(account: string | Keys): STSClient;
  iam(account: string): IAMClient;
  /** An empty world, as after the start. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

const READY_MS = bound(120_000);

/**
 * An emulator as after its start, to give back with `stop`.
 * With CAUSEWAY_TEST_STOCK_MOTO=1 it is moto's own server instead, to see which tests would not fail on that.
 */
export async function startTestEmulator(): Promise<TestEmulator> {
  const isStock = process.env['CAUSEWAY_TEST_STOCK_MOTO'] === '1';
  const emulator = isStock ? await startStockMoto() : await lendEmulator();
  const control = new EmulatorControl(emulator.endpoint);
  const clients = {
    ec2: new Map<string, EC2Client>(),
    sts: new Map<string, STSClient>(),
    iam: new Map<string, IAMClient>(),
  };

  function options(account: string | Keys, region: string): ClientOptions {
    const credentials = typeof account === 'string' ? credentialsFor(account) : account;
    return { endpoint: emulator.endpoint, region, credentials, maxAttempts: 1 };
  }

  const nameOf = (account: string | Keys): string =>
    typeof account === 'string' ? account : account.accessKeyId;
  return {
    endpoint: emulator.endpoint,
    control,
    ec2: (account, region = 'eu-west-1') =>
      kept(clients.ec2, `${nameOf(account)} ${region}`, () => {
        const client = new EC2Client(options(account, region));
        if (isStock) client.middlewareStack.add((next) => (args) => next(forAccount(args, account)), BUILD);
        return client;
      }),
    sts: (account) =>
      kept(clients.sts, nameOf(account), () => {
        const client = new STSClient(options(account, 'us-east-1'));
        if (isStock) client.middlewareStack.add((next) => (args) => next(forAccount(args, account)), BUILD);
        return client;
      }),
    iam: (account) =>
      kept(clients.iam, account, () => {
        const client = new IAMClient(options(account, 'us-east-1'));
        if (isStock) client.middlewareStack.add((next) => (args) => next(forAccount(args, account)), BUILD);
        return client;
      }),
    reset: async () => {
      if (isStock) await fetch(`${emulator.endpoint}/moto-api/reset`, { method: 'POST' });
      else await control.reset();
    },
    stop: async () => {
      for (const kind of Object.values(clients)) for (const client of kind.values()) client.destroy();
      await emulator.stop();
    },
  };
}

interface ClientOptions {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Keys;
  readonly maxAttempts: number;
}

function kept<T>(clients: Map<string, T>, key: string, make: () => T): T {
  const client = clients.get(key) ?? make();
  clients.set(key, client);
  return client;
}

const BUILD = { step: 'build' } as const;

/** Stock moto does not know our static keys: there a header says whose call it is. */
function forAccount<T extends { readonly request: unknown }>(args: T, account: string | Keys): T {
  const { request } = args;
  if (typeof account !== 'string' || typeof request !== 'object' || request === null) return args;
  if ('headers' in request && typeof request.headers === 'object' && request.headers !== null) {
    Object.assign(request.headers, { 'x-moto-account-id': account });
  }
  return args;
}

async function startStockMoto(): Promise<{ endpoint: string; stop: () => Promise<void> }> {
  const port = await findFreePort();
  const started = await startProcess({
    name: 'stock moto',
    command: emulatorPython(),
    args: ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)],
    env: { ...process.env, MOTO_EC2_LOAD_DEFAULT_AMIS: 'false' },
  });
  const endpoint = `http://127.0.0.1:${port}`;
  for (const deadline = Date.now() + READY_MS; Date.now() < deadline;) {
    const answered = await fetch(`${endpoint}/moto-api/data.json`).then(
      (response) => response.ok,
      () => false,
    );
    if (answered) return { endpoint, stop: () => started.stop() };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('stock moto does not answer');
}
