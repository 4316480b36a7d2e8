import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readConfiguration } from '../../worker/configuration.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'causeway-configuration-'));
});
afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

async function fileWith(text: string): Promise<string> {
  const path = join(directory, 'causeway.config.json');
  await writeFile(path, text);
  return path;
}

async function messageOf(reading: Promise<unknown>): Promise<string> {
  const error: unknown = await reading.catch((thrown: unknown) => thrown);
  if (!(error instanceof Error)) throw new Error('reading should have failed');
  return error.message;
}

describe('the configuration file', () => {
  it('is read, with the namespace as deployment where it names none', async () => {
    const path = await fileWith(
      JSON.stringify({ provider: { accountId: '111122223333', regions: ['eu-west-1'] } }),
    );
    expect((await readConfiguration(path, 'production')).provider).toMatchObject({
      accountId: '111122223333',
      deployment: 'production',
    });
  });

  it('is said to be unreadable where it is not there, and how to name another', async () => {
    const path = join(directory, 'nowhere.json');
    const reading = readConfiguration(path, 'default');
    await expect(reading).rejects.toMatchObject({ cause: { code: 'ENOENT' } });
    expect(await messageOf(readConfiguration(path, 'default'))).toBe(
      `cannot read the configuration ${path}; name another file with CAUSEWAY_CONFIG`,
    );
  });

  it('is said to be unreadable where it is a directory', async () => {
    expect(await messageOf(readConfiguration(directory, 'default'))).toMatch(
      /^cannot read the configuration/,
    );
  });

  it('is said to be no JSON where it is none', async () => {
    const path = await fileWith('provider:\n  accountId: 1\n');
    expect(await messageOf(readConfiguration(path, 'default'))).toMatch(/is not valid:\n {2}not JSON: /);
  });

  it('has every problem told, a line each', async () => {
    const path = await fileWith(
      JSON.stringify({
        provider: { accountId: '1', regions: ['mars'], roleArn: 'nobody' },
        acceptance: { rounds: 0 },
      }),
    );
    const [first, ...problems] = (await messageOf(readConfiguration(path, 'default'))).split('\n');
    expect(first).toBe(`${path} is not valid:`);
    expect(problems.map((line) => line.replace(/:.*/, ''))).toEqual([
      '  provider.accountId',
      '  provider.roleArn',
      '  provider.regions[0]',
      '  acceptance.rounds',
    ]);
  });
});
