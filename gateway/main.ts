import type { Connection } from '@temporalio/client';
import { pino, type Logger } from 'pino';
import { EndedSessions } from '../client/ended-sessions.js';
import { CausewayClient, connectLazily } from '../client/index.js';
import type { KeysFile } from '../domain/keys-file.js';
import { createApp } from './app.js';
import { readGatewayEnvironment, type GatewayEnvironment } from './environment.js';
import { Limits } from './http/limits.js';
import { ApiKeys } from './keys/api-keys.js';
import { addNewKey } from './keys/new-key.js';
import { addNewLinkKey } from './keys/new-link-key.js';
import { readKeys } from './keys/read-keys.js';
import { DOCUMENT } from './openapi.js';
import { pages } from './pages/pages.js';
import { readPagesSettings } from './pages/settings.js';
import { readinessOf } from './readiness.js';
import type { GatewayApp } from './routes/parts.js';
import { startServer } from './server.js';

/** Serves until it is told to end; Temporal may come later, or go and come back. */
async function serve(): Promise<void> {
  const environment = readGatewayEnvironment(process.env);
  const log = pino({ name: 'causeway-gateway', level: environment.logLevel });
  const { keys, warning } = await readKeys(environment.keysPath);
  if (warning !== null) log.warn({ keys: environment.keysPath }, warning);
  const closing = new AbortController();
  const { app, connection, namespace } = gatewayOf(environment, { log, keys, closing: closing.signal });
  const server = await startServer(app, environment);
  const { host, port } = server;
  log.info({ host, port, namespace, taskQueue: environment.taskQueue }, 'gateway ready');
  const signal = await toldToEnd();
  log.info({ signal }, 'gateway ending');
  closing.abort();
  await server.stop();
  await connection.close();
}

function gatewayOf(
  { taskQueue, proxies, requestsPerMinute }: GatewayEnvironment,
  { log, keys, closing }: { log: Logger; keys: KeysFile; closing: AbortSignal },
): { app: GatewayApp; connection: Connection; namespace: string } {
  const { temporal, connection } = connectLazily();
  const { namespace } = temporal.options;
  const shared = {
    causeway: new CausewayClient(temporal, { taskQueue }),
    keys: new ApiKeys(keys.apiKeys),
    limits: new Limits(requestsPerMinute),
  };
  const settings = readPagesSettings(process.env, namespace);
  const app = createApp({
    ...shared,
    ...(keys.links === null ? {} : { links: { keys: keys.links, publicUrl: settings.publicUrl } }),
    pages: pages({ ...shared, linkKeys: keys.links, endedSessions: new EndedSessions(temporal), settings }),
    log,
    proxies,
    readiness: readinessOf({ temporal, connection, namespace, taskQueue }),
    closing,
  });
  return { app, connection, namespace };
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
  if (command === 'keys' && subject === 'new') {
    process.stdout.write(await addNewKey(args, process.env['CAUSEWAY_KEYS'] ?? null));
    return;
  }
  if (command === 'keys' && subject === 'link') {
    process.stdout.write(await addNewLinkKey(args, process.env['CAUSEWAY_KEYS'] ?? null));
    return;
  }
  if (command !== 'openapi')
    throw new Error(
      'there is no such command; without one the gateway serves, `keys new` makes an API key, `keys link` one that links are signed with, `openapi` prints the description',
    );
  const { app } = gatewayOf(readGatewayEnvironment({}), {
    log: pino({ level: 'silent' }),
    keys: { webhook: null, apiKeys: [], links: null },
    closing: AbortSignal.abort(),
  });
  process.stdout.write(`${JSON.stringify(app.getOpenAPI31Document(DOCUMENT), null, 2)}\n`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`gateway: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
