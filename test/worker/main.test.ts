import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { findFreePort } from '../../local/free-port.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The worker as `npm run worker` starts it, to its end. */
async function runWorker(
  env: NodeJS.ProcessEnv,
): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'worker/main.ts'], {
    cwd: ROOT,
    // Jest's own options are not meant for it.
    env: { ...process.env, NODE_OPTIONS: undefined, AWS_ENDPOINT_URL: undefined, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const [status, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { status, stdout, stderr };
}

describe('a worker that cannot start', () => {
  it('says in one line that Temporal is not there, and what to do', async () => {
    const address = `127.0.0.1:${await findFreePort()}`;
    const { status, stdout, stderr } = await runWorker({ TEMPORAL_ADDRESS: address });
    expect(stderr).toBe(`worker: cannot reach Temporal at ${address}; start it, or set TEMPORAL_ADDRESS\n`);
    expect(stdout).toBe('');
    expect(status).toBe(1);
  });

  it('says in one line that its configuration is missing, before it asks anybody for anything', async () => {
    const { status, stderr } = await runWorker({
      CAUSEWAY_CONFIG: 'nowhere/causeway.config.json',
      TEMPORAL_ADDRESS: 'temporal.invalid:7233',
    });
    expect(stderr).toBe(
      'worker: cannot read the configuration nowhere/causeway.config.json; name another file with CAUSEWAY_CONFIG\n',
    );
    expect(status).toBe(1);
  });

  it('says in one line that a webhook needs a key, and does not tell where the webhook is', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'causeway-main-'));
    const config = join(folder, 'causeway.config.json');
    await writeFile(
      config,
      JSON.stringify({
        provider: { accountId: '111122223333', regions: ['us-east-1'] },
        notifications: { webhookUrl: 'https://receiver.example/secret-path' },
      }),
    );
    const { status, stdout, stderr } = await runWorker({
      CAUSEWAY_CONFIG: config,
      CAUSEWAY_KEYS: undefined,
      TEMPORAL_ADDRESS: 'temporal.invalid:7233',
    });
    expect(stderr).toBe(
      'worker: notifications.webhookUrl needs a key to sign with; set CAUSEWAY_KEYS to a file with { "webhook": "whsec_…" }\n',
    );
    expect(stdout).toBe('');
    expect(status).toBe(1);
    await rm(folder, { recursive: true });
  });

  it('says in one line that AWS is not to be elsewhere', async () => {
    const { status, stderr } = await runWorker({ AWS_ENDPOINT_URL: 'https://ec2.evil.example' });
    expect(stderr).toMatch(/^worker: AWS_ENDPOINT_URL names ec2\.evil\.example.*\n$/);
    expect(status).toBe(1);
  });
});
