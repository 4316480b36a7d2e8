import { randomUUID } from 'node:crypto';
import { CreateNetworkInterfaceCommand, CreateSubnetCommand, CreateTagsCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import { awsTags } from '../../activities/aws/tagging.js';
import { allocateUpdate, poolReportQuery } from '../../contract/messages.js';
import { maintainWorkflowId, poolWorkflowId, WORKFLOW } from '../../contract/names.js';
import type { PoolReport } from '../../contract/pool.js';
import type { SweepReport } from '../../contract/sweep.js';
import { TAG } from '../../contract/tags.js';
import { customerScopeOf } from '../../domain/plan.js';
import { runSettingsOf } from '../../domain/settings.js';
import { leftovers } from '../../local/leftovers.js';
import { startActivityWorld, type ActivityWorld } from '../harness/activity-world.js';
import { PROVIDER } from '../harness/emulator.js';
import { present } from '../harness/networks.js';
import { makeByHand, type MadeByHand } from '../harness/orphans.js';
import { POOL_POLICY } from '../harness/pool-world.js';
import { testSettings } from '../harness/settings.js';
import { startTemporalWorld, type TemporalWorld } from '../harness/temporal-world.js';

const TASK_QUEUE = 'causeway';
const REGIONS = ['us-east-1', 'eu-west-1'];

let temporal: TemporalWorld;
let world: ActivityWorld;
let settings = testSettings({ regions: REGIONS });
/** Instead of asking Temporal right before a deletion; null asks. */
let ownedNow: (() => Promise<boolean>) | null = null;
beforeAll(async () => {
  temporal = await startTemporalWorld();
  world = await startActivityWorld(temporal.client);
  await temporal.startWorker(TASK_QUEUE, {
    ...world.activities,
    loadSettings: () => Promise.resolve(runSettingsOf(settings)),
    isOwned: (input) => ownedNow?.() ?? world.activities.isOwned(input),
  });
});
beforeEach(async () => {
  await world.aws.reset();
  settings = testSettings({ regions: REGIONS });
  ownedNow = null;
});
afterAll(async () => {
  await temporal.stop();
  await world.aws.stop();
});

const REPORT = { delete: false };
const DELETE = { delete: true };

/** One sweep, to its end. */
function sweep(order: { delete: boolean }, previous: unknown = null): Promise<SweepReport> {
  return temporal.client.workflow.execute<(order: unknown) => Promise<SweepReport>>(WORKFLOW.sweepOrphans, {
    taskQueue: TASK_QUEUE,
    workflowId: `sweep-${randomUUID()}`,
    args: [{ ...order, previous }],
  });
}

/** The report as the next sweep gets it so much later. */
function after(minutes: number, report: SweepReport): SweepReport {
  const earlier = (at: string): string => new Date(Date.parse(at) - minutes * 60_000).toISOString();
  return {
    ...report,
    at: earlier(report.at),
    orphans: report.orphans.map((orphan) => ({ ...orphan, since: earlier(orphan.since) })),
    deletions: report.deletions.map((each) => ({ ...each, at: earlier(each.at) })),
  };
}

/** Two sweeps, an hour apart, the second of which deletes. */
async function sweepTwice(): Promise<SweepReport> {
  return sweep(DELETE, after(60, await sweep(REPORT)));
}

async function left(made: MadeByHand): Promise<string[]> {
  return leftovers(await world.aws.control.inventory(), made.owner.connection).sort();
}

const found = (report: SweepReport): string[] => report.orphans.map(({ run }) => run);

/** In the pool of its organization, which is answered, and in that of the customer's network. */
async function holdBlock({ owner: { connection } }: MadeByHand): Promise<string> {
  const [scope = ''] = connection.split('/');
  for (const each of [scope, networkOf(connection)]) {
    const pool = await temporal.client.workflow.start(WORKFLOW.cidrPool, {
      taskQueue: TASK_QUEUE,
      workflowId: poolWorkflowId(each),
    });
    const order = { holder: connection, avoid: [] };
    await pool.executeUpdate(allocateUpdate, { args: [{ policies: [POOL_POLICY], orders: [order] }] });
  }
  return scope;
}

const networkOf = (connection: string): string => customerScopeOf(connection) ?? '';

const poolOf = (scope: string): Promise<PoolReport> =>
  temporal.client.workflow.getHandle(poolWorkflowId(scope)).query(poolReportQuery);

describe('what nobody owns', () => {
  it('is only reported without the order to delete', async () => {
    const made = await makeByHand(world.aws);
    const first = await sweep(REPORT);
    const known = after(120, first);
    const second = await sweep(REPORT, known);
    expect(second).toMatchObject({ orphans: known.orphans, deleting: false, deleted: [], held: [] });
    expect(await left(made)).toHaveLength(made.resourceIds.length);
  });

  it('stays when a sweep has not seen all of it an hour before', async () => {
    const made = await makeByHand(world.aws);
    const first = await sweep(REPORT);
    await world.aws.ec2(PROVIDER, made.region).send(
      new CreateSubnetCommand({
        VpcId: made.vpcId,
        CidrBlock: '10.200.0.64/26',
        TagSpecifications: [{ ResourceType: 'subnet', Tags: awsTags(made.owner, 'subnet-b') }],
      }),
    );
    const second = await sweep(DELETE, after(60, first));
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
    const first = await sweep(REPORT);
    expect(found(first)).toEqual([made.owner.run]);
    const idle = await temporal.client.workflow.start('anything', {
      taskQueue: `nobody-${randomUUID()}`,
      workflowId: maintainWorkflowId(made.owner.connection),
      memo: { [TAG.run]: made.owner.run },
    });
    const second = await sweep(DELETE, after(60, first));
    await idle.terminate();
    expect(second).toMatchObject({ orphans: [], deleted: [] });
    expect(await left(made)).toHaveLength(made.resourceIds.length);
  });

  it('stays when its owner appears while it is swept', async () => {
    const made = await makeByHand(world.aws);
    ownedNow = () => Promise.resolve(true);
    expect(await sweepTwice()).toMatchObject({ orphans: [], deleted: [], held: [] });
    expect(await left(made)).toHaveLength(made.resourceIds.length);
  });

  it('stays, and is known to the next sweep, when nobody can say right before whether it has an owner', async () => {
    const made = await makeByHand(world.aws);
    ownedNow = () => Promise.reject(ApplicationFailure.nonRetryable('no answer'));
    const second = await sweepTwice();
    expect(second).toMatchObject({ orphans: [{ run: made.owner.run }], deleted: [] });
    expect(Date.parse(second.orphans[0]?.since ?? '')).toBeLessThan(Date.parse(second.at));
    expect(second.held).toEqual([expect.stringContaining('could not ask who owns them')]);
    expect(await left(made)).toHaveLength(made.resourceIds.length);
  });

  it('stays, whoever ordered its end, while maintenance is paused, and the report says so', async () => {
    settings = testSettings({ regions: REGIONS, maintenance: { paused: true } });
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
    settings = testSettings({ regions: REGIONS, maintenance: { changesPerHour: 6 } });
    const made = [await makeByHand(world.aws), await makeByHand(world.aws)];
    const size = present(made[0]).resourceIds.length;
    const second = await sweepTwice();
    expect(second.deleted).toHaveLength(size);
    expect(second.orphans).toHaveLength(1);
    expect(second.held).toEqual([expect.stringContaining('maintenance.changesPerHour is 6')]);

    const halfAnHour = after(30, second);
    const third = await sweep(DELETE, halfAnHour);
    expect(third).toMatchObject({
      deleted: [],
      orphans: halfAnHour.orphans,
      deletions: halfAnHour.deletions,
    });
    const fourth = await sweep(DELETE, after(31, third));
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
    const first = await sweep(REPORT);
    await world.aws.control.addFault({
      action: 'DescribeSubnets',
      account: PROVIDER,
      region: 'us-east-1',
      kind: 'error',
      code: 'UnauthorizedOperation',
      times: null,
    });
    const second = await sweep(DELETE, after(60, first));
    expect(second.orphans).toEqual(after(60, first).orphans.filter(({ run }) => run === hidden.owner.run));
    expect(second.deleted.toSorted()).toEqual(seen.resourceIds);
    expect(second.held).toEqual([
      expect.stringMatching(/^us-east-1 could not be looked at: PermissionMissing: /),
      expect.stringContaining(`the block of ${seen.owner.connection}`),
    ]);
    expect((await poolOf(scope)).held).toHaveLength(1);
    expect(await left(hidden)).toHaveLength(hidden.resourceIds.length);

    await world.aws.control.clearFaults();
    const third = await sweep(DELETE, after(60, second));
    expect(third).toMatchObject({ orphans: [], held: [] });
    expect(third.deleted.toSorted()).toEqual(hidden.resourceIds);
  });

  it('keeps the block while another run of the connection still has a VPC', async () => {
    const one = await makeByHand(world.aws);
    const { connection } = one.owner;
    const scope = await holdBlock(one);
    const first = await sweep(REPORT);
    const other = await makeByHand(world.aws, { connection, region: 'us-east-1' });
    const second = await sweep(DELETE, after(60, first));
    expect(found(second)).toEqual([other.owner.run]);
    expect((await poolOf(scope)).held).toHaveLength(1);
    expect((await poolOf(networkOf(connection))).held).toHaveLength(1);
    const third = await sweep(DELETE, after(60, second));
    expect(third.deleted.toSorted()).toEqual(other.resourceIds);
    for (const each of [scope, networkOf(connection)]) {
      expect(await poolOf(each)).toMatchObject({ held: [], resting: [{ lastHolder: connection }] });
    }
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
    const first = await sweep(REPORT);
    const known = after(60, first);
    for (const told of [{}, { ...known, orphans: [{ ...known.orphans[0], since: 7 }] }, 'yes']) {
      const second = await sweep(DELETE, told);
      expect(second).toMatchObject({ deleted: [], orphans: [{ since: second.at }] });
    }
  });
});
