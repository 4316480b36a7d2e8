/** What is known of connections while they live, after they ended, and after Temporal has forgotten their runs. */
import { DeleteVpcPeeringConnectionCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CausewayClient } from '../../client/causeway-client.js';
import type { HistoryLine } from '../../client/history.js';
import { DEFAULT_TASK_QUEUE, WORKFLOW, type ConnectionKey } from '../../contract/names.js';
import type { PeeringStatus } from '../../contract/status.js';
import { causeway, causewayRefused, type Ended } from '../client/cli/command-line.js';
import { PROVIDER } from '../harness/emulator.js';
import { startStackWorld, type StackCustomer, type StackWorld } from '../harness/stack.js';
import { until } from '../harness/until.js';
import { connect, requestAndWait } from './connected.js';

let world: StackWorld;
let client: CausewayClient;
beforeAll(async () => {
  world = await startStackWorld();
  client = new CausewayClient(world.client);
});
afterAll(() => world.stop());

const keyOf = ({ request }: StackCustomer): ConnectionKey => request;
const run = (args: string[], input = ''): Promise<Ended> =>
  causeway(args, { env: world.stack.environment, input });
const whats = (lines: readonly HistoryLine[]): string[] => lines.map(({ what }) => what);
const requestIdsIn = (lines: readonly HistoryLine[]): string[] =>
  lines.flatMap(({ calls }) => calls.map(({ requestId }) => requestId));

/** Request ids of all that the provider changed in AWS since the last `clearCalls`. */
async function changesInAws(): Promise<string[]> {
  const calls = await world.control.calls({ account: PROVIDER });
  return calls.filter(({ effect, service }) => effect && service === 'ec2').map(({ requestId }) => requestId);
}

async function ended(customer: StackCustomer, state: PeeringStatus['state']): Promise<StackCustomer> {
  await until(`${customer.connection} is ${state}`, async () =>
    (await client.status(keyOf(customer))).state === state ? true : undefined,
  );
  return customer;
}

describe('a living connection', () => {
  let customer: StackCustomer;
  let ids: string[];
  beforeAll(async () => {
    customer = await world.newCustomer({ subnetCidrs: ['172.31.0.0/20'] });
    await world.control.clearCalls();
    const waiting = await requestAndWait(world, customer);
    await client.accept(keyOf(customer), 'Eve\u001b[2J');
    await customer.aws.accept(waiting.peeringConnectionId ?? '');
    await world.untilState(customer.maintainId, 'active');
    ids = await changesInAws();
  });

  it('has a history of who did what, with every call that changed AWS by its request id', async () => {
    const lines = await client.history(keyOf(customer));
    expect(
      requestIdsIn(lines)
        .filter((id) => ids.includes(id))
        .sort(),
    ).toEqual([...ids].sort());
    expect(ids.length).toBeGreaterThan(5);
    const [started] = lines;
    expect(started).toMatchObject({ kind: 'started', what: 'provisionPeering started', calls: [] });
    expect(started?.by).toMatch(/^\d+@/);
    expect(whats(lines)).toEqual(
      expect.arrayContaining([
        'ensureVpc done',
        'signal customerAccepted by "Eve\\u{1b}[2J"',
        'completed: active',
        `maintainPeering started by ${customer.provisionId}`,
      ]),
    );
    expect(lines.map(({ at }) => at)).toEqual(lines.map(({ at }) => at).sort());
  });

  it('has it on the command line, one line for each event, and as JSON', async () => {
    const { organizationId, vpcId } = customer.request;
    const { status, stdout } = await run(['history', organizationId, vpcId]);
    expect(status).toBe(0);
    const vpcLine = stdout.split('\n').find((line) => line.includes('ensureVpc done'));
    expect(vpcLine).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC {2}\S+@\S+ +ensureVpc done {2}\[ec2:CreateVpc eu-west-1 [\w-]+/,
    );
    const json = await run(['history', organizationId, vpcId, '--json']);
    expect(JSON.parse(json.stdout)).toEqual(await client.history({ organizationId, vpcId }));
  });

  it('is changed, which the status and the history show', async () => {
    const { organizationId, vpcId } = customer.request;
    const change = JSON.stringify({ subnetCidrs: ['172.31.0.0/20', '172.31.16.0/20'] });
    const args = ['change', organizationId, vpcId, '--file', '-', '--by', 'ops'];
    const { status, stdout, stderr } = await run([...args, '--json'], change);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      state: 'active',
      customer: { subnetCidrs: ['172.31.0.0/20', '172.31.16.0/20'] },
    });
    const lines = await client.history(keyOf(customer));
    expect(whats(lines)).toEqual(
      expect.arrayContaining(['changeAccess taken by "ops"', 'changeAccess done']),
    );
  });

  it('refuses a change that is none, with the field, and stays as it is', async () => {
    const { organizationId, vpcId } = customer.request;
    const { status, line } = await causewayRefused(
      ['change', organizationId, vpcId, '--file', '-', '--json'],
      { env: world.stack.environment, input: JSON.stringify({ subnetCidrs: ['10.200.0.0/24'] }) },
    );
    expect(line).toMatch(/overlaps 10\.200\.0\.0\/24.*the connection stays as it is$/);
    expect(status).toBe(2);
    expect((await client.status(keyOf(customer))).state).toBe('active');
  });

  it('is not up before it is accepted: a change says what can be done', async () => {
    const other = await world.newCustomer({ cidr: '172.28.0.0/16', subnetCidrs: ['172.28.0.0/20'] });
    await requestAndWait(world, other);
    const { organizationId, vpcId } = other.request;
    const { status, line } = await causewayRefused(['change', organizationId, vpcId, '--file', '-'], {
      env: world.stack.environment,
      input: JSON.stringify({ subnetCidrs: ['172.28.0.0/20'] }),
    });
    expect(line).toMatch(/not up yet; `causeway cancel`/);
    expect(status).toBe(3);
    await client.cancel(keyOf(other));
    await ended(other, 'cancelled');
  });
});

describe('connections that ended', () => {
  const customers = new Map<PeeringStatus['state'], StackCustomer>();
  const statuses = new Map<PeeringStatus['state'], PeeringStatus>();

  beforeAll(async () => {
    const declined = await world.newCustomer();
    await requestAndWait(world, declined);
    await client.decline(keyOf(declined), { by: 'carol', reason: 'not this year' });
    customers.set('declined', await ended(declined, 'declined'));

    const cancelled = await world.newCustomer();
    await requestAndWait(world, cancelled);
    await client.cancel(keyOf(cancelled));
    customers.set('cancelled', await ended(cancelled, 'cancelled'));

    const failed = await world.newCustomer({ cidr: '172.31.0.0/16', subnetCidrs: ['172.30.0.0/20'] });
    const { peeringConnectionId: mistaken } = await requestAndWait(world, failed);
    await failed.aws.accept(mistaken ?? '');
    customers.set('failed', await ended(failed, 'failed'));

    const released = await world.newCustomer();
    await connect(world, released);
    await client.close(keyOf(released), { by: 'ops' });
    customers.set('released', await ended(released, 'released'));

    const disconnected = await world.newCustomer();
    const { peeringConnectionId } = await connect(world, disconnected);
    const gone = new DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId: peeringConnectionId ?? '' });
    await disconnected.aws.ec2.send(gone);
    customers.set('disconnected', await ended(disconnected, 'disconnected'));

    for (const [state, customer] of customers) statuses.set(state, await client.status(keyOf(customer)));
    const ids = [...customers.values()].flatMap(({ provisionId, maintainId }) => [provisionId, maintainId]);
    await Promise.all(ids.map(forget));
  });

  /** As retention does it. */
  async function forget(workflowId: string): Promise<void> {
    const handle = world.client.workflow.getHandle(workflowId);
    const isKnown = (): Promise<boolean> =>
      handle.describe().then(
        () => true,
        () => false,
      );
    if (!(await isKnown())) return;
    await until(`${workflowId} is over`, async () =>
      (await handle.describe()).status.name === 'RUNNING' ? undefined : true,
    );
    await world.client.workflowService.deleteWorkflowExecution({
      namespace: world.client.options.namespace,
      workflowExecution: { workflowId },
    });
    await until(`${workflowId} is forgotten`, async () => ((await isKnown()) ? undefined : true));
  }

  it.each<PeeringStatus['state']>(['declined', 'cancelled', 'failed', 'released', 'disconnected'])(
    '%s is still told, listed once, and has a history',
    async (state) => {
      const customer = customers.get(state);
      if (customer === undefined) throw new Error(`none is ${state}`);
      expect(await client.status(keyOf(customer))).toEqual(statuses.get(state));
      const listed = await until('visibility has caught up', async () => {
        const lines = await client.list({ state });
        const mine = lines.filter(({ organizationId }) => organizationId === customer.request.organizationId);
        return mine.length > 0 && mine.every(({ workflowId }) => workflowId.startsWith('ended-peering/'))
          ? mine
          : undefined;
      });
      expect(listed).toMatchObject([{ state, vpcId: customer.request.vpcId }]);
      // The server forgets an execution before it has deleted its events.
      const lines = await until('what is left of its history is what was noted', async () => {
        const read = await client.history(keyOf(customer));
        return read.every(({ kind }) => kind === 'noted') ? read : undefined;
      });
      expect(whats(lines)).toContain('planning: request received');
      expect(lines.at(-1)?.what.startsWith(`${state}: `)).toBe(true);
    },
  );
});

describe('a request that was refused because the connection is up', () => {
  it('leaves no record of an end', async () => {
    const customer = await world.newCustomer();
    await connect(world, customer);
    await requestAgain(customer);
    expect((await client.status(keyOf(customer))).state).toBe('active');
    const { organizationId, vpcId } = customer.request;
    const record = world.client.workflow.getHandle(`ended-peering/${organizationId}/${vpcId}`);
    await expect(record.describe()).rejects.toThrow(/not found/i);
  });

  /** As any SDK may: the client refuses it before anything is started. */
  async function requestAgain({ request, provisionId }: StackCustomer): Promise<void> {
    await expect(client.request(request)).rejects.toMatchObject({ code: 'AlreadyConnected' });
    const handle = await world.client.workflow.start(WORKFLOW.provisionPeering, {
      taskQueue: DEFAULT_TASK_QUEUE,
      workflowId: provisionId,
      args: [request],
    });
    await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'AlreadyConnected' } });
  }
});
