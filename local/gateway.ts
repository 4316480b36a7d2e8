import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SCOPES, type ApiKeyEntry, type LinkKeys } from '../domain/keys-file.js';
import { newApiKey } from '../gateway/keys/api-keys.js';
import { startProcess, type SupervisedProcess } from './processes.js';
import { PROJECT_ROOT } from './setup/layout.mjs';
import { startOnFreePorts } from './start-on-free-ports.js';

/** The HTTP gateway as a process of its own. */
export interface LocalGateway {
  readonly process: SupervisedProcess;
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** May do everything; made for this stack, and worth nothing elsewhere. */
  readonly apiKey: string;
  /** Customers' links are signed with these. */
  readonly linkKeys: LinkKeys;
  /** In which the command line makes links for it. */
  readonly environment: NodeJS.ProcessEnv;
  stop(): Promise<void>;
}

export interface GatewayOptions {
  /** Keys beside the one that is made. */
  readonly apiKeys?: readonly ApiKeyEntry[];
  readonly env?: NodeJS.ProcessEnv;
}

export interface StartGatewayOptions extends GatewayOptions {
  /** Node's arguments. */
  readonly program: readonly string[];
}

const READY = '"msg":"gateway ready"';
const READY_MS = 300_000;

/** @param directory where its file of keys and its log go */
export async function startGateway(
  environment: NodeJS.ProcessEnv,
  directory: string,
  { apiKeys = [], env = {}, program }: StartGatewayOptions,
): Promise<LocalGateway> {
  const { key: apiKey, id, sha256 } = newApiKey();
  const keysPath = join(directory, `gateway-keys-${id}.json`);
  const own: ApiKeyEntry = { id, name: 'local stack', sha256, scopes: SCOPES };
  const linkKeys: LinkKeys = { current: 'local', secrets: { local: randomBytes(32).toString('base64url') } };
  const keys = { apiKeys: [own, ...apiKeys], links: linkKeys };
  await writeFile(keysPath, JSON.stringify(keys), { mode: 0o600 });
  return startOnFreePorts(async (freePort) => {
    // Links have the port in them before the gateway listens.
    const port = (await freePort()).toString();
    const url = `http://127.0.0.1:${port}`;
    const linking = { CAUSEWAY_KEYS: keysPath, CAUSEWAY_PUBLIC_URL: url };
    const started = await startProcess({
      name: 'Causeway gateway',
      command: process.execPath,
      args: program,
      cwd: PROJECT_ROOT,
      env: { ...environment, PORT: port, ...linking, ...env },
      logFile: join(directory, 'gateway.log'),
      readyWhen: (line) => line.includes(READY),
      readyTimeoutMs: READY_MS,
    });
    return {
      process: started,
      url,
      apiKey,
      linkKeys,
      environment: { ...environment, ...linking },
      stop: () => started.stop(),
    };
  });
}
