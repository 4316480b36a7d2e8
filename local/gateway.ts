import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SCOPES, type ApiKeyEntry } from '../domain/keys-file.js';
import { newApiKey } from '../gateway/keys/api-keys.js';
import { startProcess, type SupervisedProcess } from './processes.js';
import { PROJECT_ROOT } from './setup/layout.mjs';

/** The HTTP gateway as a process of its own. */
export interface LocalGateway {
  readonly process: SupervisedProcess;
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** May do everything; made for this stack, and worth nothing elsewhere. */
  readonly apiKey: string;
  stop(): Promise<void>;
}

export interface GatewayOptions {
  /** Keys beside the one that is made. */
  readonly apiKeys?: readonly ApiKeyEntry[];
  readonly env?: NodeJS.ProcessEnv;
}

const READY = /"port":(\d+).*"msg":"gateway ready"/;
const READY_MS = 60_000;

/** @param directory where its file of keys and its log go */
export async function startGateway(
  environment: NodeJS.ProcessEnv,
  directory: string,
  { apiKeys = [], env = {} }: GatewayOptions = {},
): Promise<LocalGateway> {
  const { key: apiKey, id, sha256 } = newApiKey();
  const keysPath = join(directory, `gateway-keys-${id}.json`);
  const own: ApiKeyEntry = { id, name: 'local stack', sha256, scopes: SCOPES };
  await writeFile(keysPath, JSON.stringify({ apiKeys: [own, ...apiKeys] }), { mode: 0o600 });
  const started = await startProcess({
    name: 'Causeway gateway',
    command: process.execPath,
    args: ['--import', 'tsx', join(PROJECT_ROOT, 'gateway/main.ts')],
    cwd: PROJECT_ROOT,
    env: { ...environment, PORT: '0', CAUSEWAY_KEYS: keysPath, ...env },
    logFile: join(directory, 'gateway.log'),
    readyWhen: (line) => READY.test(line),
    readyTimeoutMs: READY_MS,
  });
  const port = READY.exec(started.readyLine ?? '')?.[1] ?? '';
  return { process: started, url: `http://127.0.0.1:${port}`, apiKey, stop: () => started.stop() };
}
