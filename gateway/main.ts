import { pino } from 'pino';
import { CausewayClient, connectLazily } from '../client/index.js';
import { createApp } from './app.js';
import { readGatewayEnvironment } from './environment.js';
import { Limits } from './http/limits.js';
import { ApiKeys } from './keys/api-keys.js';
import { addNewKey } from './keys/new-key.js';
import { readKeys } from './keys/read-keys.js';
import { readinessOf } from './readiness.js';
import { startServer } from './server.js';

/** Serves until it is told to end; Temporal may come later, or go and come back. */
async function serve(): Promise<void> {
  const environment = readGatewayEnvironment(process.env);
  const log = pino({ name: 'causeway-gateway', level: environment.logLevel });
  const { keys, warning } = await readKeys(environment.keysPath);
  if (warning !== null) log.warn({ keys: environment.keysPath }, warning);
  const { taskQueue, proxies, requestsPerMinute } = environment;
  const { temporal, connection } = connectLazily();
  const closing = new AbortController();
  const app = createApp({
    causeway: new CausewayClient(temporal, { taskQueue }),
    keys: new ApiKeys(keys.apiKeys),
    limits: new Limits(requestsPerMinute),
    log,
    proxies,
    readiness: readinessOf({ connection, namespace: temporal.options.namespace, taskQueue }),
    closing: closing.signal,
  });
  const server = await startServer(app, environment);
  const { host, port } = server;
  log.info({ host, port, namespace: temporal.options.namespace, taskQueue }, 'gateway ready');
  const signal = await toldToEnd();
  log.info({ signal }, 'gateway ending');
  closing.abort();
  await server.stop();
  await connection.close();
}

/** A second signal ends the process at once, as it would any other. */
function toldToEnd(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve);
  });
}

async function main([command, subject, ...args]: readonly string[]): Promise<void> {
  if (command === undefined) {
    await serve();
    return;
  }
  if (command !== 'keys' || subject !== 'new')
    throw new Error('there is no such command; without one the gateway serves, `keys new` makes an API key');
  process.stdout.write(await addNewKey(args, process.env['CAUSEWAY_KEYS'] ?? null));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`gateway: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
