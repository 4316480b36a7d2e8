import { CreateNetworkInterfaceCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pc from 'picocolors';
import { renderSweep } from '../../../client/cli/render/sweep.js';
import { CausewayClient } from '../../../client/causeway-client.js';
import { manualSweepWorkflowId, sweepScheduleId, WORKFLOW } from '../../../contract/names.js';
import type { SweepReport } from '../../../contract/sweep.js';
import { leftovers } from '../../../local/leftovers.js';
import { ensureSchedules } from '../../../worker/schedules.js';
import { startActivityWorld, type ActivityWorld } from '../../harness/activity-world.js';
import { PROVIDER } from '../../harness/emulator.js';
import { present } from '../../harness/networks.js';
import { makeByHand, type MadeByHand } from '../../harness/orphans.js';
import { testSettings } from '../../harness/settings.js';
import { until } from '../../harness/until.js';
import { startTemporalWorld, type TemporalWorld } from '../../harness/temporal-world.js';
import { causeway, causewayRefused, type Ended } from './command-line.js';

const TASK_QUEUE = 'sweeping';
const HOUR_MS = 3_600_000;

let temporal: TemporalWorld;
let world: ActivityWorld;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  temporal = await startTemporalWorld();
  world = await startActivityWorld(temporal.client);
  env = {
    ...temporal.environment,
    CAUSEWAY_TASK_QUEUE: TASK_QUEUE,
  };
});
afterAll(async () => {
  await temporal.stop();
  await world.aws.stop();
});

const run = (...args: string[]): Promise<Ended> => causeway(args, { env });

async function reportOf(...args: string[]): Promise<SweepReport> {
  const { status, stdout, stderr } = await run('sweep', '--json', ...args);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout) as SweepReport;
}

const left = async ({ owner }: MadeByHand): Promise<string[]> =>
  leftovers(await world.aws.control.inventory(), owner.connection);

/** As if the last sweep by hand had first seen all this two hours ago. */
async function letTwoHoursPass(): Promise<void> {
  const earlier = (at: string): string => new Date(Date.parse(at) - 2 * HOUR_MS).toISOString();
  const seen = await new CausewayClient(temporal.client, { taskQueue: TASK_QUEUE }).sweep({ delete: false });
  const previous = {
    ...seen,
    at: earlier(seen.at),
    orphans: seen.orphans.map((orphan) => ({ ...orphan, since: earlier(orphan.since) })),
  };
  await temporal.client.workflow.execute(WORKFLOW.sweepOrphans, {
    taskQueue: TASK_QUEUE,
    workflowId: manualSweepWorkflowId(TASK_QUEUE),
    args: [{ delete: false, previous }],
  });
}

describe('causeway sweep', () => {
  it('is called off where no worker takes it, and says so', async () => {
    const { status, line } = await causewayRefused(['sweep', '--delete'], { env });
    expect(status).toBe(5);
    expect(line).toContain('no worker answers for the sweep; start one with `npm run worker`');

    await temporal.startWorker(TASK_QUEUE, world.activities);
    const handle = temporal.client.workflow.getHandle(manualSweepWorkflowId(TASK_QUEUE));
    await until('called off', async () =>
      (await handle.describe()).status.name === 'CANCELLED' ? true : undefined,
    );
  });

  it('shows what nobody owns, deletes nothing, and remembers when it was first seen', async () => {
    const made = await makeByHand(world.aws);
    const { status, stdout } = await run('sweep');
    expect(status).toBe(0);
    expect(stdout).toContain(`${made.resourceIds.length} resources examined`);
    for (const text of [made.region, made.owner.connection, made.owner.run, ...made.resourceIds]) {
      expect(stdout).toContain(text);
    }
    expect(stdout).toMatch(/can be deleted from .* UTC on/);

    const first = await reportOf();
    expect(first).toMatchObject({ deleting: false, orphans: [{ run: made.owner.run }], deleted: [] });
    const second = await reportOf('--delete');
    expect(second).toMatchObject({ deleting: true, orphans: first.orphans, deleted: [] });
    expect(Date.parse(first.orphans[0]?.since ?? '')).toBeLessThan(Date.parse(first.at));
  });

  it('goes on from the sweep of the Schedule, where that is the newer one', async () => {
    const made = await makeByHand(world.aws);
    await ensureSchedules(temporal.client, {
      settings: testSettings({ regions: [made.region], maintenance: { sweepEvery: '30 days' } }),
      taskQueue: TASK_QUEUE,
    });
    const schedule = temporal.client.schedule.getHandle(sweepScheduleId(TASK_QUEUE));
    await schedule.trigger('SKIP');
    const scheduled = await until('the Schedule has swept', async () => {
      const { info } = await schedule.describe();
      const action = info.recentActions.at(-1)?.action.workflow;
      return action === undefined || info.runningActions.length > 0
        ? undefined
        : temporal.client.workflow
            .getHandle<() => Promise<SweepReport>>(action.workflowId, action.firstExecutionRunId)
            .result();
    });
    const byHand = await reportOf();
    const since = (report: SweepReport): string | undefined =>
      report.orphans.find((orphan) => orphan.run === made.owner.run)?.since;
    expect(since(byHand)).toBe(scheduled.at);
  });

  it('deletes with --delete what has had no owner for an hour, and ends with 4 where AWS refuses', async () => {
    await world.aws.reset();
    const made = await makeByHand(world.aws);
    const kept = await makeByHand(world.aws);
    const { NetworkInterface } = await world.aws.ec2(PROVIDER, kept.region).send(
      new CreateNetworkInterfaceCommand({
        SubnetId: kept.resourceIds.find((id) => id.startsWith('subnet-')),
      }),
    );
    const interfaceId = present(NetworkInterface?.NetworkInterfaceId);
    await letTwoHoursPass();

    const { stdout: before } = await run('sweep');
    expect(before).toContain('Nothing is deleted without --delete');
    expect(await left(made)).not.toEqual([]);

    const { status, stdout, stderr } = await run('sweep', '--delete');
    expect(status).toBe(4);
    expect(stderr).toMatch(/^causeway: not all was swept: .*NetworkInterfacesInUse.*\n$/);
    expect(stderr).toContain(interfaceId);
    for (const id of made.resourceIds) expect(stdout).toContain(`- ${id}`);
    expect(await left(made)).toEqual([]);
    expect(await left(kept)).toHaveLength(kept.resourceIds.length);
  });

  it('cannot be done without Temporal', async () => {
    const { status, line } = await causewayRefused(['sweep'], {
      env: { ...env, TEMPORAL_ADDRESS: '127.0.0.1:1' },
    });
    expect(status).toBe(5);
    expect(line).toContain('cannot reach Temporal at 127.0.0.1:1');
  });
});

describe('the report for people', () => {
  const look = { colors: pc.createColors(false), width: null, now: new Date('2026-01-01T12:00:00.000Z') };
  const nothing: SweepReport = {
    at: '2026-01-01T12:00:00.000Z',
    deleting: false,
    examined: 7,
    orphans: [],
    deleted: [],
    deletions: [],
    blocks: [],
    held: [],
  };

  it('is one line when all has an owner', () => {
    expect(renderSweep(look, nothing)).toBe('7 resources examined, 0 without an owner, 0 deleted');
  });

  it('has no control characters of a tag', () => {
    const orphan = {
      region: 'eu-west-1',
      connection: 'org\u001b[31m\u202e',
      run: '',
      resourceIds: ['vpc-1'],
      since: '2026-01-01T11:30:00.000Z',
    };
    const text = renderSweep(look, { ...nothing, orphans: [orphan], held: ['\u001b[2J'] });
    for (const acting of ['\u001b', '\u202e']) expect(text).not.toContain(acting);
    expect(text).toContain('can be deleted from 2026-01-01 12:30:00 UTC on');
    expect(text).not.toContain('--delete');
  });
});
