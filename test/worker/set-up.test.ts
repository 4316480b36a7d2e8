import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Client, Connection, ScheduleNotFoundError, type ScheduleDescription } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../../contract/search-attributes.js';
import { observeScheduleId, sweepScheduleId } from '../../contract/names.js';
import { startTemporal, type TemporalServer } from '../../local/temporal.js';
import { ensureSchedules } from '../../worker/schedules.js';
import { ensureSearchAttributes } from '../../worker/search-attributes.js';
import { PROVIDER } from '../harness/emulator.js';
import { testSettings } from '../harness/settings.js';
import { until } from '../harness/until.js';

const KEYWORD = 2;
const INT = 3;
const NAMES = SEARCH_ATTRIBUTES.map(({ name }) => name).sort();
const NAMESPACE = 'default';

let server: TemporalServer;
let connection: Connection;
let client: Client;
beforeAll(async () => {
  server = await startTemporal({ searchAttributes: {} });
  connection = await Connection.connect({ address: server.address });
  client = new Client({ connection });
});
afterAll(async () => {
  await connection.close();
  await server.stop();
});

/** Causeway's among those that the server has, by name. */
async function registered(): Promise<Record<string, number>> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({
    namespace: NAMESPACE,
  });
  return Object.fromEntries(Object.entries(customAttributes).filter(([name]) => NAMES.includes(name)));
}

async function remove(names: readonly string[]): Promise<void> {
  await connection.operatorService.removeSearchAttributes({
    namespace: NAMESPACE,
    searchAttributes: [...names],
  });
  await until(`${names.join()} removed`, async () => {
    const seen = await registered();
    return names.some((name) => name in seen) ? undefined : true;
  });
}

const allKeyword = (seen: Record<string, number>): true | undefined =>
  NAMES.every((name) => seen[name] === KEYWORD) ? true : undefined;

describe('the search attributes at the worker’s start', () => {
  afterEach(async () => {
    const seen = Object.keys(await registered());
    if (seen.length > 0) await remove(seen);
  });

  it('are registered when none is there, and left alone when all are', async () => {
    expect(await registered()).toEqual({});
    await ensureSearchAttributes(connection, NAMESPACE);
    await until('all registered', async () => allKeyword(await registered()));
    await ensureSearchAttributes(connection, NAMESPACE);
    expect(allKeyword(await registered())).toBe(true);
  });

  it('are completed when some are missing', async () => {
    await ensureSearchAttributes(connection, NAMESPACE);
    await until('all registered', async () => allKeyword(await registered()));
    await remove(['CausewayState', 'CausewayOrganizationId']);
    await ensureSearchAttributes(connection, NAMESPACE);
    await until('all registered again', async () => allKeyword(await registered()));
  });

  it('are refused, by name, when one has another type, and nothing is registered then', async () => {
    await connection.operatorService.addSearchAttributes({
      namespace: NAMESPACE,
      searchAttributes: Object.fromEntries([['CausewayState', INT]]),
    });
    await until('registered', async () => ((await registered())['CausewayState'] === INT ? true : undefined));
    await expect(ensureSearchAttributes(connection, NAMESPACE)).rejects.toThrow(
      'search attributes CausewayState exist with another type; Causeway needs Keyword',
    );
    expect(await registered()).toEqual({ CausewayState: INT });
  });

  it('are named with the command to run when the worker may not register them', async () => {
    await ensureSearchAttributes(connection, NAMESPACE);
    await until('all registered', async () => allKeyword(await registered()));
    await remove(['CausewayState']);
    const registering = jest
      .spyOn(connection.operatorService, 'addSearchAttributes')
      .mockRejectedValueOnce(new Error('permission denied'));
    await expect(ensureSearchAttributes(connection, NAMESPACE)).rejects.toThrow(
      /^search attributes CausewayState are missing .* search-attribute create --name CausewayState --type Keyword$/,
    );
    registering.mockRestore();
  });
});

describe('a worker that may not list search attributes', () => {
  const refused = (code: number): Error =>
    Object.assign(new Error('refused'), { code, details: '', metadata: {} });
  const denied = (): Error => refused(7);
  const listing = (error: Error): void => {
    jest.spyOn(connection.operatorService, 'listSearchAttributes').mockRejectedValueOnce(error);
  };
  afterEach(async () => {
    jest.restoreAllMocks();
    const seen = Object.keys(await registered());
    if (seen.length > 0) await remove(seen);
  });

  it.each([7, 12])(
    'starts where all are there, with a warning that names them and how to make them (%d)',
    async (code) => {
      await ensureSearchAttributes(connection, NAMESPACE);
      await until('all registered', async () => allKeyword(await registered()));
      listing(refused(code));
      const adding = jest.spyOn(connection.operatorService, 'addSearchAttributes');
      const warning = await ensureSearchAttributes(connection, NAMESPACE);
      for (const name of NAMES) expect(warning).toContain(`--name ${name} --type Keyword`);
      expect(warning).toContain('temporal operator search-attribute create');
      expect(adding).not.toHaveBeenCalled();
    },
  );

  it('registers those that are missing, where it may', async () => {
    listing(denied());
    await ensureSearchAttributes(connection, NAMESPACE);
    await until('all registered', async () => allKeyword(await registered()));
  });

  it('ends where they are missing and it may not make them, naming all five and how to make them', async () => {
    listing(denied());
    jest.spyOn(connection.operatorService, 'addSearchAttributes').mockRejectedValueOnce(denied());
    const ending = ensureSearchAttributes(connection, NAMESPACE);
    await expect(ending).rejects.toThrow(/are missing and could not be registered; run: temporal operator/);
    for (const name of NAMES) await expect(ending).rejects.toThrow(`--name ${name} --type Keyword`);
  });

  it('starts with the warning where nothing can be found out at all', async () => {
    listing(denied());
    jest.spyOn(connection.workflowService, 'countWorkflowExecutions').mockRejectedValue(denied());
    const adding = jest.spyOn(connection.operatorService, 'addSearchAttributes');
    expect(await ensureSearchAttributes(connection, NAMESPACE)).toContain('does not let this worker list');
    expect(adding).not.toHaveBeenCalled();
  });

  it('does not start while Temporal gives no answer', async () => {
    listing(refused(14));
    await expect(ensureSearchAttributes(connection, NAMESPACE)).rejects.toThrow('refused');
  });
});

describe('the Schedules at the worker’s start', () => {
  const seconds = 1_000;

  it('are one for each region, and follow the configuration at the next start', async () => {
    const regions = ['us-east-1', 'eu-west-1'];
    await ensureSchedules(client, {
      settings: testSettings({ regions, observeEvery: '10 minutes' }),
      taskQueue: 'first',
    });
    for (const region of regions) {
      const { spec, action, policies, state } = await client.schedule
        .getHandle(observeScheduleId(PROVIDER, region))
        .describe();
      expect(spec.intervals).toMatchObject([{ every: 600 * seconds }]);
      expect(action).toMatchObject({
        workflowType: 'observePeerings',
        taskQueue: 'first',
        args: [{ region, deployment: 'default' }],
      });
      expect(policies).toMatchObject({ overlap: 'SKIP', catchupWindow: 60 * seconds });
      expect(state.paused).toBe(false);
    }
    await expect(
      client.schedule.getHandle(observeScheduleId(PROVIDER, 'ap-southeast-2')).describe(),
    ).rejects.toBeInstanceOf(ScheduleNotFoundError);

    await ensureSchedules(client, {
      settings: testSettings({ regions: [...regions, 'ap-southeast-2'], observeEvery: '20 minutes' }),
      taskQueue: 'second',
    });
    for (const region of [...regions, 'ap-southeast-2']) {
      const { spec, action } = await client.schedule
        .getHandle(observeScheduleId(PROVIDER, region))
        .describe();
      expect(spec.intervals).toMatchObject([{ every: 1_200 * seconds }]);
      expect(action).toMatchObject({ taskQueue: 'second' });
    }
  });

  it('stay paused when an operator has paused them', async () => {
    const settings = testSettings({ regions: ['eu-central-1'], observeEvery: '10 minutes' });
    await ensureSchedules(client, { settings, taskQueue: 'causeway' });
    const schedule = client.schedule.getHandle(observeScheduleId(PROVIDER, 'eu-central-1'));
    await schedule.pause('for now');
    await ensureSchedules(client, { settings, taskQueue: 'causeway' });
    expect((await schedule.describe()).state).toMatchObject({ paused: true, note: 'for now' });
  });

  it('are made once by workers that start together', async () => {
    const settings = testSettings({ regions: ['eu-north-1'] });
    await Promise.all(
      Array.from({ length: 4 }, () => ensureSchedules(client, { settings, taskQueue: 'causeway' })),
    );
    const ids: string[] = [];
    await until('listed', async () => {
      ids.length = 0;
      for await (const { scheduleId } of client.schedule.list()) ids.push(scheduleId);
      return ids.includes(observeScheduleId(PROVIDER, 'eu-north-1')) ? true : undefined;
    });
    expect(ids.filter((id) => id.endsWith('eu-north-1'))).toHaveLength(1);
  });

  it('are one more for the sweep, which reports unless the configuration says otherwise', async () => {
    const regions = ['eu-west-2'];
    const described = async (): Promise<ScheduleDescription> =>
      client.schedule.getHandle(sweepScheduleId('sweeping')).describe();
    await ensureSchedules(client, { settings: testSettings({ regions }), taskQueue: 'sweeping' });
    const { spec, action, policies } = await described();
    expect(spec.intervals).toMatchObject([{ every: 3_600 * seconds }]);
    expect(action).toMatchObject({
      workflowType: 'sweepOrphans',
      taskQueue: 'sweeping',
      args: [{ delete: false, previous: null }],
    });
    expect(policies).toMatchObject({ overlap: 'SKIP', catchupWindow: 60 * seconds });

    const maintenance = { sweep: 'delete', sweepEvery: '2 hours' };
    await ensureSchedules(client, {
      settings: testSettings({ regions, maintenance }),
      taskQueue: 'sweeping',
    });
    const changed = await described();
    expect(changed.spec.intervals).toMatchObject([{ every: 7_200 * seconds }]);
    expect(changed.action).toMatchObject({ args: [{ delete: true, previous: null }] });
  });

  it('end with their region, but not those of another deployment or account', async () => {
    const there = async (region: string, accountId = PROVIDER): Promise<boolean> =>
      client.schedule
        .getHandle(observeScheduleId(accountId, region))
        .describe()
        .then(
          () => true,
          () => false,
        );
    const ours = testSettings({ regions: ['ca-central-1', 'ca-west-1'] });
    const theirs = testSettings({ regions: ['sa-east-1'] });
    const others = testSettings({ regions: ['ca-west-1'] });
    theirs.provider.deployment = 'staging';
    others.provider.accountId = '999988887777';
    for (const settings of [ours, theirs, others]) {
      await ensureSchedules(client, { settings, taskQueue: settings.provider.deployment });
    }
    await until('listed', async () => {
      const ids: string[] = [];
      for await (const { scheduleId } of client.schedule.list()) ids.push(scheduleId);
      return ids.includes(observeScheduleId(PROVIDER, 'ca-west-1')) ? true : undefined;
    });

    const fewer = testSettings({ regions: ['ca-central-1'] });
    await ensureSchedules(client, { settings: fewer, taskQueue: 'default' });
    expect(await there('ca-central-1')).toBe(true);
    expect(await there('ca-west-1')).toBe(false);
    expect(await there('sa-east-1')).toBe(true);
    expect(await there('ca-west-1', others.provider.accountId)).toBe(true);
  });
});
