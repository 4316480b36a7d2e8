import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { REGIONS } from '../../../domain/regions/regions.js';
import { causeway, causewayRefused, type RunOptions } from './command-line.js';

interface Regions {
  sources: { table: string; own: string | null };
  rankings: {
    from: string;
    regions: { region: string; roundTripMs: number; source: string; configured: boolean }[];
  }[];
}

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'causeway-regions-'));
});
afterAll(() => rm(directory, { recursive: true }));

/** Nothing listens where Temporal would be: the command asks nobody. */
async function configuredAs(provider: object): Promise<RunOptions> {
  const path = join(directory, 'config.json');
  await writeFile(path, JSON.stringify({ provider: { accountId: '111122223333', ...provider } }));
  return { env: { CAUSEWAY_CONFIG: path, TEMPORAL_ADDRESS: '127.0.0.1:9' } };
}

const OWN = { regions: ['us-east-1', 'eu-west-1'], roundTripMs: { 'us-east-1': { 'eu-west-1': 68.5 } } };

describe('causeway regions', () => {
  it('ranks the configured regions from one, and says where each figure is from', async () => {
    const { status, stdout, stderr } = await causeway(
      ['regions', '--from', 'us-east-1'],
      await configuredAs(OWN),
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(
      /From us-east-1\n +REGION .*\n +us-east-1 +5 ms +table\n +eu-west-1 +68\.5 ms +own\n\n/,
    );
    expect(stdout).toMatch(/table: .*cloudping\.co.* 2025\n +own: provider\.roundTripMs in .*config\.json/);
  });

  it('ranks them from each of themselves where none is named', async () => {
    const { stdout } = await causeway(['regions', '--json'], await configuredAs({ regions: OWN.regions }));
    const { sources, rankings } = JSON.parse(stdout) as Regions;
    expect(sources.own).toBeNull();
    expect(rankings).toEqual([
      {
        from: 'us-east-1',
        regions: [
          { region: 'us-east-1', roundTripMs: 5, source: 'table', configured: true },
          { region: 'eu-west-1', roundTripMs: 70, source: 'table', configured: true },
        ],
      },
      {
        from: 'eu-west-1',
        regions: [
          { region: 'eu-west-1', roundTripMs: 3, source: 'table', configured: true },
          { region: 'us-east-1', roundTripMs: 70, source: 'table', configured: true },
        ],
      },
    ]);
  });

  it('with --all has every region of the table, and which are configured', async () => {
    const { stdout } = await causeway(
      ['regions', '--all', '--from', 'eu-west-2', '--json'],
      await configuredAs(OWN),
    );
    const [ranking, ...others] = (JSON.parse(stdout) as Regions).rankings;
    expect(others).toEqual([]);
    expect(ranking?.regions.map(({ region }) => region).sort()).toEqual([...REGIONS]);
    const configured = ranking?.regions.filter((each) => each.configured).map(({ region }) => region);
    expect(configured?.sort()).toEqual([...OWN.regions].sort());
  });

  it.each([
    ['us-esat-1', /--from: "us-esat-1" is not .*nearest spelling is us-east-1/],
    ['us-gov-west-1', /--from: us-gov-west-1 is in the partition aws-us-gov/],
    ['', /--from: "" is not one of/],
  ])('refuses to start from %j', async (from, expected) => {
    const { status, line } = await causewayRefused(['regions', '--from', from], await configuredAs(OWN));
    expect(line).toMatch(expected);
    expect(status).toBe(2);
  });

  it('needs a configuration, and one that is valid', async () => {
    const missing = { env: { CAUSEWAY_CONFIG: join(directory, 'none.json') } };
    expect(await causewayRefused(['regions'], missing)).toEqual({
      status: 2,
      line: expect.stringMatching(/cannot read .*none\.json: ENOENT.*CAUSEWAY_CONFIG/),
    });
    const wrong = await configuredAs({ regions: ['us-esat-1'], roundTripMs: { 'eu-west-11': {} } });
    expect(await causewayRefused(['regions'], wrong)).toEqual({
      status: 2,
      line: expect.stringMatching(
        /provider\.regions\[0\]: .*us-east-1; .*roundTripMs\."eu-west-11": .*eu-west-1;/,
      ),
    });
  });
});
