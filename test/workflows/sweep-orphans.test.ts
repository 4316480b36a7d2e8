import { randomUUID } from 'node:crypto';
import { CreateNetworkInterfaceCommand, CreateSubnetCommand, CreateTagsCommand } from '@aws-sdk/client-ec2';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { awsTags } from '../../activities/aws/tagging.js';
import { allocateUpdate, customerAcceptedSignal, poolReportQuery } from '../../contract/messages.js';
import { connectionName, maintainWorkflowId, poolWorkflowId, WORKFLOW } from '../../contract/names.js';
import type { PoolReport } from '../../contract/pool.js';
import type { SweepReport } from '../../contract/sweep.js';
import { TAG } from '../../contract/tags.js';
import { leftovers } from '../../local/leftovers.js';
import { PROVIDER } from '../harness/emulator.js';
import { present } from '../harness/networks.js';
import { makeByHand, type MadeByHand } from '../harness/orphans.js';
import { acceptInAws, startAndWait } from '../harness/peering-story.js';
import { POOL_POLICY } from '../harness/pool-world.js';
import { startSkippingWorld, type SkippingWorld } from '../harness/time-skipping.js';

let world: SkippingWorld;
beforeAll(async () => {
  world = await startSkippingWorld({ regions: ['us-east-1', 'eu-west-1'] });
});
beforeEach(() => world.aws.reset());
afterEach(() => configure({ paused: false, changesPerHour: 50 }));
afterAll(() => world.stop());

/** What the worker's configuration says from now on. */
function configure(maintenance: Partial<SkippingWorld['settings']['maintenance']>): void {
  Object.assign(world.settings.maintenance, maintenance);
}

/** One sweep, to its end; it knows the report of the one before, if there is one. */
async function sweep(order: { delete: boolean }, previous: SweepReport | null): Promise<SweepReport> {
  return world.env.client.workflow.execute<(order: unknown) => Promise<SweepReport>>(WORKFLOW.sweepOrphans, {
    taskQueue: world.taskQueue,
    workflowId: `sweep-${randomUUID()}`,
    args: [{ ...order, previous }],
  });
}

const REPORT = { delete: false };
const DELETE = { delete: true };
const anHourLater = (): Promise<void> => world.env.sleep('1 hour');

/** Two sweeps, an hour apart, the second of which deletes. */
async function sweepTwice(): Promise<SweepReport> {
  const first = await sweep(REPORT, null);
  await anHourLater();
  return sweep(DELETE, first);
}

async function left(made: MadeByHand): Promise<string[]> {
  return leftovers(await world.aws.control.inventory(), made.owner.connection).sort();
}

const found = (report: SweepReport): string[] => report.orphans.map(({ run }) => run);

async function holdBlock(made: MadeByHand): Promise<string> {
  const [scope = ''] = made.owner.connection.split('/');
  const pool = await world.env.client.workflow.start(WORKFLOW.cidrPool, {
    taskQueue: world.taskQueue,
    workflowId: poolWorkflowId(scope),
  });
  const order = { holder: made.owner.connection, policy: POOL_POLICY, avoid: [], requested: null };
  await pool.executeUpdate(allocateUpdate, { args: [order] });
  return scope;
}

const poolOf = (scope: string): Promise<PoolReport> =>
  world.env.client.workflow.getHandle(poolWorkflowId(scope)).query(poolReportQuery);

describe('what nobody owns', () => {
  it('is only reported without the order to delete', async () => {
    const made = await makeByHand(world.aws);
    const first = await sweep(REPORT, null);
    await anHourLater();
    await anHourLater();
    const second = await sweep(REPORT, first);
    expect(second).toMatchObject({ orphans: first.orphans, deleting: false, deleted: [], held: [] });
    expect(await left(made)).toHaveLength(made.resourceIds.length);
  });

  it('stays when a sweep has not seen all of it an hour before', async () => {
    const made = await makeByHand(world.aws);
    const first = await sweep(REPORT, null);
    await anHourLater();
    await world.aws.ec2(PROVIDER, made.region).send(
      new CreateSubnetCommand({
        VpcId: made.vpcId,
        CidrBlock: '10.200.0.64/26',
        TagSpecifications: [{ ResourceType: 'subnet', Tags: awsTags(made.owner, 'subnet-b') }],
      }),
    );
    const second = await sweep(DELETE, first);
    expect(second).toMatchObject({ deleted: [], orphans: [{ since: second.at }] });
    expect(await left(made)).toHaveLength(made.resourceIds.length + 1);
  });

  it('stays when it belongs to another deployment, which is not even reported', async () => {
    const made = await makeByHand(world.aws, { deployment: 'staging' });
    const second = await sweepTwice();
    expect(second).toMatchObject({ examined: 0, orphans: [], deleted: [] });
    expect(await left(made)).toHaveLength(made.resourceIds.length);
  });

  it('stays when its owner has appeared since', async () => {
    const made = await makeByHand(world.aws);
    const first = await sweep(REPORT, null);
    expect(found(first)).toEqual([made.owner.run]);
    await anHourLater();
    await world.env.client.workflow.start('anything', {
      taskQueue: `nobody-${randomUUID()}`,
      workflowId: maintainWorkflowId(made.owner.connection),
      memo: { [TAG.run]: made.owner.run },
    });
    const second = await sweep(DELETE, first);
    expect(second).toMatchObject({ orphans: [], deleted: [] });
    expect(await left(made)).toHaveLength(made.resourceIds.length);
  });

  it('stays, whoever ordered its end, while maintenance is paused, and the report says so', async () => {
    configure({ paused: true });
    const made = await makeByHand(world.aws);
    const second = await sweepTwice();
    expect(second).toMatchObject({
      orphans: [{ run: made.owner.run }],
      deleted: [],
      held: ['nothing is deleted: maintenance.paused is set'],
    });
    expect(await left(made)).toHaveLength(made.resourceIds.length);
  });

  it('is reported, and never deleted, when its tags name no connection', async () => {
    const made = await makeByHand(world.aws, { connection: '../..' });
    const second = await sweepTwice();
    expect(second).toMatchObject({ orphans: [{ connection: '../..' }], deleted: [] });
    expect(second.held).toEqual([expect.stringContaining('delete them by hand')]);
    expect(await left(made)).toHaveLength(made.resourceIds.length);
  });
});

describe('a sweep', () => {
  it('deletes no more than the configuration allows within an hour, and goes on in the next', async () => {
    configure({ changesPerHour: 6 });
    const made = [await makeByHand(world.aws), await makeByHand(world.aws)];
    const size = present(made[0]).resourceIds.length;
    const second = await sweepTwice();
    expect(second.deleted).toHaveLength(size);
    expect(second.orphans).toHaveLength(1);
    expect(second.held).toEqual([expect.stringContaining('maintenance.changesPerHour is 6')]);

    await world.env.sleep('30 minutes');
    const third = await sweep(DELETE, second);
    expect(third).toMatchObject({ deleted: [], orphans: second.orphans, deletions: second.deletions });
    await world.env.sleep('31 minutes');
    const fourth = await sweep(DELETE, third);
    expect(fourth.deleted).toHaveLength(size);
    expect(fourth).toMatchObject({ orphans: [], held: [] });
  });

  it('goes on with the next after what AWS refuses, says why, and counts what went all the same', async () => {
    const refused = await makeByHand(world.aws);
    const client = world.aws.ec2(PROVIDER, refused.region);
    const subnetId = present(refused.resourceIds.find((id) => id.startsWith('subnet-')));
    const { NetworkInterface } = await client.send(new CreateNetworkInterfaceCommand({ SubnetId: subnetId }));
    const interfaceId = present(NetworkInterface?.NetworkInterfaceId);
    const free = await makeByHand(world.aws, { region: 'us-east-1' });
    const scope = await holdBlock(refused);

    const second = await sweepTwice();
    expect(second.deleted.toSorted()).toEqual(free.resourceIds);
    expect(found(second)).toEqual([refused.owner.run]);
    expect(second.held).toEqual([expect.stringContaining(interfaceId)]);
    expect((await poolOf(scope)).held).toHaveLength(1);
    expect(await left(refused)).toHaveLength(refused.resourceIds.length);
  });

  it('keeps what it knew of a region that cannot be looked at, and keeps its blocks', async () => {
    const hidden = await makeByHand(world.aws, { region: 'us-east-1' });
    const seen = await makeByHand(world.aws);
    const scope = await holdBlock(seen);
    const first = await sweep(REPORT, null);
    await world.aws.control.addFault({
      action: 'DescribeSubnets',
      account: PROVIDER,
      region: 'us-east-1',
      kind: 'error',
      code: 'UnauthorizedOperation',
      times: null,
    });
    await anHourLater();
    const second = await sweep(DELETE, first);
    expect(second.orphans).toEqual(first.orphans.filter(({ run }) => run === hidden.owner.run));
    expect(second.deleted.toSorted()).toEqual(seen.resourceIds);
    expect(second.held).toEqual([
      expect.stringMatching(/^us-east-1 could not be looked at: PermissionMissing: /),
      expect.stringContaining(`the block of ${seen.owner.connection}`),
    ]);
    expect((await poolOf(scope)).held).toHaveLength(1);
    expect(await left(hidden)).toHaveLength(hidden.resourceIds.length);

    await world.aws.control.clearFaults();
    const third = await sweep(DELETE, second);
    expect(third).toMatchObject({ orphans: [], held: [] });
    expect(third.deleted.toSorted()).toEqual(hidden.resourceIds);
  });

  it('keeps the block while another run of the connection still has a VPC', async () => {
    const one = await makeByHand(world.aws);
    const { connection } = one.owner;
    const scope = await holdBlock(one);
    const first = await sweep(REPORT, null);
    await anHourLater();
    const other = await makeByHand(world.aws, { connection, region: 'us-east-1' });
    const second = await sweep(DELETE, first);
    expect(found(second)).toEqual([other.owner.run]);
    expect((await poolOf(scope)).held).toHaveLength(1);
    await anHourLater();
    const third = await sweep(DELETE, second);
    expect(third.deleted.toSorted()).toEqual(other.resourceIds);
    expect((await poolOf(scope)).held).toEqual([]);
  });

  it('says what carries the tags and is not the release’s to find', async () => {
    const made = await makeByHand(world.aws);
    await world.aws
      .ec2(PROVIDER, made.region)
      .send(
        new CreateTagsCommand({ Resources: [made.vpcId], Tags: [{ Key: 'causeway:run', Value: 'changed' }] }),
      );
    const second = await sweepTwice();
    expect(second.held.join()).toContain('AWS still shows them');
    expect(second.orphans.length).toBeGreaterThan(0);
    expect(await left(made)).not.toEqual([]);
  });

  it('believes only the report of a sweep', async () => {
    await makeByHand(world.aws);
    const first = await sweep(REPORT, null);
    await anHourLater();
    for (const told of [{}, { ...first, orphans: [{ ...first.orphans[0], since: 7 }] }, 'yes']) {
      const second = await world.env.client.workflow.execute<(order: unknown) => Promise<SweepReport>>(
        WORKFLOW.sweepOrphans,
        {
          taskQueue: world.taskQueue,
          workflowId: `sweep-${randomUUID()}`,
          args: [{ delete: true, previous: told }],
        },
      );
      expect(second).toMatchObject({ deleted: [], orphans: [{ since: second.at }] });
    }
  });
});

/** Last, because these runs go on in their world. */
describe('what somebody owns', () => {
  it('stays, when what nobody owns beside it goes, block and all, once two sweeps an hour apart have seen it', async () => {
    const started = await startAndWait(world);
    await acceptInAws(world, started);
    await started.handle.signal(customerAcceptedSignal, {});
    await started.handle.result();
    const connection = connectionName(started.request);
    const living = leftovers(await world.aws.control.inventory(), connection);
    const waiting = await startAndWait(world);
    const made = await makeByHand(world.aws);
    const scope = await holdBlock(made);

    const first = await sweep(DELETE, null);
    const { region, owner, resourceIds } = made;
    expect(first.orphans).toEqual([
      {
        region,
        connection: owner.connection,
        run: owner.run,
        resourceIds: expect.any(Array),
        since: first.at,
      },
    ]);
    expect(first.orphans[0]?.resourceIds.toSorted()).toEqual(resourceIds);
    expect(first).toMatchObject({ deleting: true, deleted: [], deletions: [], held: [] });
    expect(first.examined).toBeGreaterThan(resourceIds.length + living.length);

    await world.env.sleep('59 minutes');
    const early = await sweep(DELETE, first);
    expect(early).toMatchObject({ orphans: first.orphans, deleted: [], held: [] });

    await world.env.sleep('1 minute');
    const last = await sweep(DELETE, early);
    expect(last).toMatchObject({ orphans: [], held: [], deletions: [{ count: resourceIds.length }] });
    expect(last.deleted.toSorted()).toEqual(resourceIds);
    expect(await left(made)).toEqual([]);
    expect(await poolOf(scope)).toMatchObject({
      held: [],
      resting: [{ lastHolder: owner.connection }],
    });
    expect(leftovers(await world.aws.control.inventory(), connection)).toEqual(living);
    expect((await waiting.handle.describe()).status.name).toBe('RUNNING');
    expect(leftovers(await world.aws.control.inventory(), connectionName(waiting.request))).not.toEqual([]);
  });
});
