import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AddressAnswer } from '../../../contract/address-management.js';
import type { AddressReport } from '../../../contract/address-verification.js';
import { startOfPool } from '../../../activities/pool-callers.js';
import { allocateUpdate } from '../../../contract/messages.js';
import { maintainWorkflowId } from '../../../contract/names.js';
import { CausewayClient } from '../../../client/causeway-client.js';
import type { PoolListing } from '../../../client/addresses.js';
import { startActivityWorld, type ActivityWorld } from '../../harness/activity-world.js';
import { makeByHand, unusedConnection } from '../../harness/orphans.js';
import { POOL_POLICY } from '../../harness/pool-world.js';
import { startTemporalWorld, type TemporalWorld } from '../../harness/temporal-world.js';
import { causeway, causewayRefused, documentOf, type Ended } from './command-line.js';

/** The pools are started on the task queue of the activities. */
const TASK_QUEUE = 'causeway';

let temporal: TemporalWorld;
let world: ActivityWorld;
let env: NodeJS.ProcessEnv;
let client: CausewayClient;
beforeAll(async () => {
  temporal = await startTemporalWorld();
  world = await startActivityWorld(temporal.client);
  await temporal.startWorker(TASK_QUEUE, world.activities);
  client = new CausewayClient(temporal.client, { taskQueue: TASK_QUEUE });
  env = { ...temporal.environment, CAUSEWAY_TASK_QUEUE: TASK_QUEUE };
});
afterAll(async () => {
  await temporal.stop();
  await world.aws.stop();
});

const run = (...args: string[]): Promise<Ended> => causeway(['addresses', ...args], { env });

const done = <T>(...args: string[]): Promise<T> => documentOf<T>(run(...args, '--json'));

const refused = (...args: string[]): Promise<{ status: number | null; line: string }> =>
  causewayRefused(['addresses', ...args], { env });

const orgOf = (connection: string): string => connection.split('/')[0] ?? '';

/** As the command does, without a process of its own. */
async function poolOf(organization: string): Promise<PoolListing | undefined> {
  const [pool] = await client.pools(organization);
  return pool;
}

describe('causeway addresses', () => {
  it('explains which block comes next, and who has those before it', async () => {
    const connection = unusedConnection();
    const [org = '', vpc = ''] = connection.split('/');
    const before = await done<Extract<AddressAnswer, { kind: 'explain' }>>('explain', '--scope', org);
    expect(before.explanation).toMatchObject({ cidr: '10.200.0.0/25', rejected: [] });

    await done('adopt', org, vpc, '--cidr', '10.200.0.0/25');
    const { stdout } = await run('explain', '--scope', org, '--avoid', '10.200.0.128/25');
    expect(stdout).toContain('10.200.1.0/25 would come next');
    expect(stdout).toContain(connection);
    expect(stdout).toContain('10.200.0.128/25');
    const taken = await done<Extract<AddressAnswer, { kind: 'explain' }>>(
      'explain',
      '10.200.0.0/25',
      '--scope',
      org,
    );
    expect(taken.explanation.cidr).toBeNull();
    expect(taken.explanation.reasons.join()).toContain(connection);
  });

  it('reserves a range, shows it, and gives it back', async () => {
    const org = orgOf(unusedConnection());
    const reserve = ['reserve', '10.200.0.0/24', '--why', 'the office', '--scope', org, '--by', 'alice'];
    await done(...reserve);
    expect(await poolOf(org)).toMatchObject({
      scope: org,
      shard: null,
      reserved: [{ cidr: '10.200.0.0/24', why: 'the office' }],
    });
    const next = await done<Extract<AddressAnswer, { kind: 'explain' }>>('explain', '--scope', org);
    expect(next.explanation.cidr).toBe('10.200.1.0/25');
    const { stdout } = await run('report', org);
    expect(stdout).toMatch(/0 held, 0 resting, 1 reserved[^]*RANGE[^]*10\.200\.0\.0\/24 +the office/);
    await done('release', '10.200.0.0/24', '--scope', org);
    const { status, line } = await refused('release', '10.200.0.0/24', '--scope', org);
    expect(status).toBe(4);
    expect(line).toContain('10.200.0.0/24 is neither reserved nor held as a whole');
    expect((await poolOf(org))?.counts).toEqual({ held: 0, resting: 0, reserved: 0 });
  });

  it('refuses to reserve what somebody holds, and to release what a living connection uses', async () => {
    const connection = unusedConnection();
    const [org = '', vpc = ''] = connection.split('/');
    await done('adopt', org, vpc, '--cidr', '10.200.4.0/25');
    const reserved = await refused('reserve', '10.200.0.0/16', '--why', 'no', '--scope', org);
    expect(reserved).toMatchObject({ status: 4 });
    expect(reserved.line).toContain(connection);

    await temporal.startIdle(maintainWorkflowId(connection));
    const living = await refused('release', '10.200.4.0/25', '--scope', org);
    expect(living).toMatchObject({ status: 4 });
    expect(living.line).toContain('which is open: cancel or close it');
    await temporal.client.workflow.getHandle(maintainWorkflowId(connection)).terminate();
    await done('release', '10.200.4.0/25', '--scope', org);
    expect(await poolOf(org)).toMatchObject({
      held: [],
      resting: [{ cidr: '10.200.4.0/25', lastHolder: connection }],
    });
  });

  it('adopts a block in the pool of the customer network too, or not at all, and shows that pool', async () => {
    const connection = unusedConnection();
    const [org = '', vpc = ''] = connection.split('/');
    const other = orgOf(unusedConnection());
    await done('adopt', org, vpc, '--cidr', '10.200.4.0/25');
    await done('adopt', org, vpc, '--cidr', '10.200.4.0/25');
    const { status, line } = await refused('adopt', other, vpc, '--cidr', '10.200.4.0/24');
    expect(status).toBe(4);
    expect(line).toContain(`10.200.4.0/25 (held by ${connection})`);
    expect(await poolOf(other)).toBeUndefined();
    const [, neighbour = ''] = unusedConnection().split('/');
    await refused('adopt', org, neighbour, '--cidr', '10.200.4.0/24');
    expect((await poolOf(`customer:${neighbour}`))?.held).toEqual([]);
    expect((await poolOf(`customer:${vpc}`))?.held).toMatchObject([
      { cidr: '10.200.4.0/25', holder: connection },
    ]);
    const { stdout } = await run('report', `customer:${vpc}`);
    expect(stdout).toMatch(new RegExp(`customer:${vpc}: 1 held[^]*${connection}`));
    expect((await client.pools(null)).map(({ scope }) => scope)).not.toContain(`customer:${vpc}`);

    await done('release', '10.200.4.0/25', '--scope', org);
    expect(await poolOf(`customer:${vpc}`)).toMatchObject({
      held: [],
      resting: [{ cidr: '10.200.4.0/25', lastHolder: connection }],
    });
  });

  it('takes no arguments that are wrong, and says what is', async () => {
    const wrong: [string[], string][] = [
      [['reserve', '10.0.0.1/24', '--why', 'x'], 'has host bits'],
      [['explain', '--avoid', 'fd00::/8', '--scope', 'org-1'], 'is IPv6'],
      [['adopt', 'org 1', 'vpc-1', '--cidr', '10.200.0.0/25'], 'ORG: '],
      [['report', 'no such/org'], 'is no organization id'],
      [['report', 'customer:acme'], 'is no organization id'],
      [['explain'], 'name the organization whose pool is meant'],
    ];
    for (const [args, words] of wrong) {
      const { status, line } = await refused(...args);
      expect(status).toBe(2);
      expect(line).toContain(words);
    }
  });
});

describe('causeway addresses verify', () => {
  /** What concerns one connection. */
  const find = (report: AddressReport, connection: string): AddressReport['discrepancies'] =>
    report.discrepancies.filter((each) => JSON.stringify(each).includes(connection));

  it('mends a block without a VPC and a living VPC without a block, and leaves the rest, each with its reason', async () => {
    await world.aws.reset();
    const gone = await makeByHand(world.aws);
    const [goneOrg = '', goneVpc = ''] = gone.owner.connection.split('/');
    await done('adopt', goneOrg, goneVpc, '--cidr', '10.200.0.0/25');
    const living = await makeByHand(world.aws);
    await temporal.startIdle(maintainWorkflowId(living.owner.connection));
    const orphan = await makeByHand(world.aws);
    const twin = await makeByHand(world.aws, { connection: orphan.owner.connection });

    const agreed = await client.verifyAddresses({ repair: false });
    expect(find(agreed, gone.owner.connection)).toEqual([]);
    const { region, owner } = gone;
    await world.run((activities) =>
      activities.releaseNetwork({ region, owner, inDoubt: false, remembered: null }),
    );

    const { status, stderr } = await run('verify');
    expect(status).toBe(4);
    expect(stderr).toContain('`causeway addresses verify --repair` mends what can be mended');

    const seen = await client.verifyAddresses({ repair: false });
    expect(find(seen, gone.owner.connection)).toMatchObject([{ kind: 'block-without-vpc', owned: false }]);
    expect(find(seen, living.owner.connection)).toMatchObject([{ kind: 'vpc-without-block', owned: true }]);
    expect(find(seen, orphan.owner.connection).map(({ kind }) => kind)).toEqual([
      'vpc-without-block',
      'vpc-without-block',
      'overlap',
    ]);

    const mended = await client.verifyAddresses({ repair: true });
    expect(mended.repaired.join()).toContain(`of ${gone.owner.connection} is given back`);
    expect(mended.repaired.join()).toContain(`is held by ${living.owner.connection} again`);
    expect(mended.held.join()).toContain('nobody owns the VPC; `causeway sweep` deletes it');
    expect(mended.held.join()).toContain('close one of the two');
    expect(find(mended, gone.owner.connection)).toEqual([]);
    for (const scope of [goneOrg, `customer:${goneVpc}`]) {
      expect(await poolOf(scope)).toMatchObject({ held: [], resting: [{ cidr: '10.200.0.0/25' }] });
    }
    const [livingOrg = '', livingVpc = ''] = living.owner.connection.split('/');
    for (const scope of [livingOrg, `customer:${livingVpc}`]) {
      expect(await poolOf(scope)).toMatchObject({
        held: [{ cidr: '10.200.0.0/25', holder: living.owner.connection }],
      });
    }
    expect(find(await client.verifyAddresses({ repair: false }), living.owner.connection)).toEqual([]);
    expect(twin.vpcId).not.toBe(orphan.vpcId);
  });

  it('mends what one of two pools lacks, or has alone, and leaves a block that two connections to one VPC have', async () => {
    await world.aws.reset();
    const early = await makeByHand(world.aws);
    const { connection } = early.owner;
    const [org = '', vpc = ''] = connection.split('/');
    await temporal.startIdle(maintainWorkflowId(connection));
    await allocateIn(org, connection);
    const twin = await makeByHand(world.aws, { connection: `${orgOf(unusedConnection())}/${vpc}` });
    await temporal.startIdle(maintainWorkflowId(twin.owner.connection));
    await allocateIn(orgOf(twin.owner.connection), twin.owner.connection);
    const gone = unusedConnection();
    const goneVpc = gone.split('/')[1] ?? '';
    await allocateIn(`customer:${goneVpc}`, gone);

    const seen = await client.verifyAddresses({ repair: false });
    expect(find(seen, gone)).toMatchObject([
      { kind: 'block-without-vpc', block: { scope: `customer:${goneVpc}` } },
    ]);
    expect(find(seen, `/${vpc}`)).toMatchObject([
      { kind: 'vpc-without-block', scope: `customer:${vpc}`, holds: null, owned: true },
      { kind: 'vpc-without-block', scope: `customer:${vpc}`, holds: null, owned: true },
      { kind: 'overlap', scope: `customer:${vpc}` },
    ]);

    const mended = await client.verifyAddresses({ repair: true });
    expect(find(mended, gone)).toEqual([]);
    expect(find(mended, `/${vpc}`)).toMatchObject([{ kind: 'vpc-without-block' }, { kind: 'overlap' }]);
    expect(mended.held.join()).toContain('close one of the two and request it again');
    expect((await poolOf(`customer:${vpc}`))?.held).toHaveLength(1);
    expect((await poolOf(`customer:${goneVpc}`))?.held).toEqual([]);
    expect((await poolOf(org))?.held).toHaveLength(1);
  });

  /** As allocations did that knew of one pool only. */
  async function allocateIn(scope: string, holder: string): Promise<void> {
    await temporal.client.workflow.executeUpdateWithStart(allocateUpdate, {
      startWorkflowOperation: startOfPool({ scope, shard: null }, TASK_QUEUE),
      args: [{ policies: [POOL_POLICY], orders: [{ holder, avoid: [] }] }],
    });
  }
});
