import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { PROVIDER_PURPOSES } from '../../../contract/provider-check.js';
import { causeway, causewayRefused } from './command-line.js';

/** The sample configuration; nothing listens where Temporal would be, for the command asks nobody. */
const SAMPLE = { env: { CAUSEWAY_CONFIG: 'causeway.config.json', TEMPORAL_ADDRESS: '127.0.0.1:9' } };

const inDeploy = async (role: string): Promise<unknown> =>
  JSON.parse(
    await readFile(fileURLToPath(new URL(`../../../deploy/iam/${role}.json`, import.meta.url)), 'utf8'),
  );

describe('causeway iam', () => {
  it.each(PROVIDER_PURPOSES)(
    'prints for the sample configuration what deploy/iam/%s.json holds',
    async (role) => {
      const { status, stdout, stderr } = await causeway(['iam', '--role', role], SAMPLE);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(JSON.parse(stdout)).toEqual(await inDeploy(role));
    },
  );

  it('prints all three, by role, as one JSON document or one below the other', async () => {
    const { stdout } = await causeway(['iam', '--json'], SAMPLE);
    const policies = await Promise.all(
      PROVIDER_PURPOSES.map(async (role) => [role, await inDeploy(role)] as const),
    );
    expect(JSON.parse(stdout)).toEqual(Object.fromEntries(policies));
    const told = await causeway(['iam'], SAMPLE);
    expect(told.stdout.match(/^[a-z]+$/gm)).toEqual([...PROVIDER_PURPOSES]);
  });

  it('calls a deployment as the worker does: where the configuration has no name, by the namespace', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'causeway-iam-'));
    const path = join(directory, 'config.json');
    const provider = { accountId: '999988887777', regions: ['us-east-1'] };
    await writeFile(path, JSON.stringify({ provider }));
    const { stdout } = await causeway(['iam', '--role', 'release'], {
      env: { CAUSEWAY_CONFIG: path, TEMPORAL_NAMESPACE: 'acme-staging' },
    });
    await rm(directory, { recursive: true });
    expect(stdout).toContain('"aws:ResourceTag/causeway:deployment": "acme-staging"');
    expect(stdout).toContain('arn:aws:ec2:*:999988887777:vpc/*');
  });

  it('refuses a role that there is not, and a configuration that is not there', async () => {
    expect(await causewayRefused(['iam', '--role', 'admin'], SAMPLE)).toEqual({
      status: 2,
      line: 'causeway: "admin" is no role; give one of provision, observe, release',
    });
    const missing = await causewayRefused(['iam'], { env: { CAUSEWAY_CONFIG: 'nowhere.json' } });
    expect(missing).toMatchObject({ status: 2 });
    expect(missing.line).toContain('cannot read nowhere.json');
  });
});
