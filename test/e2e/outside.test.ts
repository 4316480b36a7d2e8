/** As another SDK, or a person without our client, would: the Temporal command line and AWS, nothing else. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CUSTOMER, PROVIDER } from '../harness/emulator.js';
import { builtFor, startStackWorld, type StackCustomer, type StackWorld } from '../harness/stack.js';
import { until } from '../harness/until.js';
import { allow, deny } from './network-acl-entries.js';
import { outsideCaller, type OutsideCaller } from './outside-caller.js';
import { at, type CliAnswer } from './temporal-cli.js';

const RANGES = ['172.31.0.0/20', '172.31.32.0/20'] as const;

let world: StackWorld;
let caller: OutsideCaller;
beforeAll(async () => {
  world = await startStackWorld();
  caller = await outsideCaller(world);
});
afterAll(() => world.stop());

/** The example of the interface, for a VPC that exists. */
function customerOfTheInterface(): Promise<StackCustomer> {
  return world.newCustomer({
    region: 'eu-central-1',
    subnetCidrs: [...RANGES],
    vpcCidrs: ['172.31.0.0/16'],
    access: [{ protocol: 'tcp', ports: [5432, '8000-8100'] }],
    dnsResolution: true,
    networkGovernance: 'vpc',
    providerRegion: null,
    providerCidr: null,
  });
}

/** All that exists in AWS, as text. */
async function everything(): Promise<string> {
  const { regions, peerings } = await world.control.inventory();
  return JSON.stringify({ regions, peerings });
}

describe('a request that waits', () => {
  it('gives the same run to whoever asks again', async () => {
    const customer = await customerOfTheInterface();
    const first = await caller.start(customer);
    await caller.untilState(customer.provisionId, 'awaiting-acceptance');
    const before = await everything();
    const again = await caller.start(customer);
    expect(first.code).toBe(0);
    expect(again.code).toBe(0);
    expect(at(again.json, 'runId')).toBe(at(first.json, 'runId'));
    expect(await everything()).toBe(before);
  });

  it('changes nothing but its history on a claim that AWS does not confirm', async () => {
    const customer = await customerOfTheInterface();
    await caller.start(customer);
    const waiting = await caller.untilState(customer.provisionId, 'awaiting-acceptance');
    const before = await everything();
    expect((await caller.signal(customer.provisionId, 'customerAccepted', { by: 'x' })).code).toBe(0);
    const answered = await until('the claim is answered', async () => {
      const status = await caller.status(customer.provisionId);
      return JSON.stringify(at(status, 'history')).includes('not accepted') ? status : undefined;
    });
    const beside = { history: null, nextStep: null };
    expect({ ...Object(answered), ...beside }).toEqual({ ...Object(waiting), ...beside });
    expect(at(answered, 'nextStep', 'what')).toMatch(/^Accept pcx-.*said to be accepted.*pending-acceptance/);
    expect(await everything()).toBe(before);
  });

  it('becomes active when the customer accepts in AWS and nobody says so', async () => {
    const customer = await customerOfTheInterface();
    await caller.start(customer);
    const waiting = await caller.untilState(customer.provisionId, 'awaiting-acceptance');
    await customer.aws.accept(String(at(waiting, 'peeringConnectionId')));
    await caller.untilState(customer.maintainId, 'active');
  });
});

describe('a connection that is up', () => {
  let customer: StackCustomer;
  let runId: string;
  let peeringId: string;
  let result: CliAnswer;
  beforeAll(async () => {
    customer = await customerOfTheInterface();
    runId = String(at((await caller.start(customer)).json, 'runId'));
    const waiting = await caller.untilState(customer.provisionId, 'awaiting-acceptance');
    peeringId = String(at(waiting, 'peeringConnectionId'));
    await customer.aws.accept(peeringId);
    await caller.signal(customer.provisionId, 'customerAccepted', { by: 'x' });
    result = await caller.cli('result', '--workflow-id', customer.provisionId);
  });

  it('is the result of the request, and answers for itself at once', async () => {
    expect(result).toMatchObject({ code: 0, json: { status: 'COMPLETED', result: { state: 'active' } } });
    expect(at(result.json, 'result')).toEqual({
      state: 'active',
      since: expect.stringMatching(/^\d{4}-.*Z$/),
      organizationId: customer.request.organizationId,
      customerName: 'Acme',
      plan: {
        providerRegion: 'eu-west-1',
        providerCidr: '10.200.0.0/25',
        reasons: expect.arrayContaining([expect.stringContaining('eu-west-1')]),
        advice: expect.arrayContaining([expect.any(String)]),
      },
      provider: {
        accountId: PROVIDER,
        region: 'eu-west-1',
        vpcId: expect.stringMatching(/^vpc-/),
        cidr: '10.200.0.0/25',
        subnetIds: [expect.stringMatching(/^subnet-/), expect.stringMatching(/^subnet-/)],
        routeTableId: expect.stringMatching(/^rtb-/),
        networkAclId: expect.stringMatching(/^acl-/),
        securityGroupId: expect.stringMatching(/^sg-/),
      },
      customer: {
        accountId: CUSTOMER,
        region: 'eu-central-1',
        vpcId: customer.request.vpcId,
        subnetCidrs: RANGES,
        access: [{ protocol: 'tcp', ports: [5432, '8000-8100'] }],
        dnsResolution: true,
      },
      peeringConnectionId: peeringId,
      expiresAt: expect.stringMatching(/Z$/),
      round: 1,
      reminders: 0,
      nextStep: { who: 'customer', what: expect.stringContaining('10.200.0.0/25') },
      parked: null,
      facts: {
        customerSteps: {
          route: { cidr: '10.200.0.0/25', peeringConnectionId: peeringId },
          dns: expect.stringMatching(/^(missing|unknown)$/),
        },
      },
      history: expect.arrayContaining([expect.objectContaining({ state: 'active' })]),
      failure: null,
    });
    expect(await caller.status(customer.maintainId)).toEqual(at(result.json, 'result'));
  });

  it('is found by each of its search attributes', async () => {
    const own = `CausewayOrganizationId='${customer.request.organizationId}'`;
    const values = [
      `CausewayState='active'`,
      `CausewayProviderRegion='eu-west-1'`,
      `CausewayCustomerAccountId='${CUSTOMER}'`,
      `CausewayPeeringConnectionId='${peeringId}'`,
    ];
    for (const value of values) {
      await until(`both runs are found by ${value}`, async () =>
        (await caller.list(`${own} AND ${value}`)).length === 2 ? true : undefined,
      );
      expect(await caller.list(`${own} AND ${value}`)).toEqual([customer.maintainId, customer.provisionId]);
    }
    expect(await caller.list(`${own} AND CausewayState='awaiting-acceptance'`)).toEqual([]);
  });

  it('carries the tags of the interface on everything that was created or taken over', async () => {
    const built = await builtFor(world, customer);
    const tags = (role: string): Record<string, string> => ({
      'causeway:managed-by': 'causeway',
      'causeway:deployment': 'default',
      'causeway:peering': customer.connection,
      'causeway:run': runId,
      'causeway:role': role,
      Name: `causeway Acme ${role}`,
    });
    expect({
      vpcs: built.vpcs.map((vpc) => vpc.tags),
      subnets: built.subnets.map((subnet) => subnet.tags),
      routeTables: built.routeTables.map((table) => table.tags),
      networkAcls: built.networkAcls.map((acl) => acl.tags),
      securityGroups: built.securityGroups.map((group) => group.tags),
      peerings: built.peerings.map(({ requester }) => requester.tags),
    }).toEqual({
      vpcs: [tags('vpc')],
      subnets: [tags('subnet-a'), tags('subnet-b')],
      routeTables: [tags('default')],
      networkAcls: [tags('default')],
      securityGroups: [tags('default'), tags('security-group')],
      peerings: [tags('peering')],
    });
  });

  it('routes the stated ranges to the peering, and nothing else anywhere', async () => {
    const { vpcs, routeTables } = await builtFor(world, customer);
    const { regions } = await world.control.inventory();
    const tables = regions
      .flatMap((region) => region.routeTables)
      .filter(({ vpcId }) => vpcId === vpcs[0]?.vpcId);
    expect(tables).toEqual(routeTables);
    expect(tables.map(({ main, routes }) => ({ main, routes }))).toEqual([
      {
        main: true,
        routes: [
          { destination: '10.200.0.0/25', target: 'local', state: 'active' },
          ...RANGES.map((destination) => ({ destination, target: peeringId, state: 'active' })),
        ],
      },
    ]);
  });

  it('admits by network ACL what was agreed, its replies and path MTU, and nothing else', async () => {
    const { networkAcls, subnets } = await builtFor(world, customer);
    const [a, b] = RANGES;
    const replies = { egress: false, protocol: '6', portRange: [1024, 65_535] } as const;
    const database = { egress: true, protocol: '6', portRange: [5432, 5432] } as const;
    const web = { egress: true, protocol: '6', portRange: [8000, 8100] } as const;
    const pathMtu = { protocol: '1', icmp: [3, 4] } as const;
    expect(networkAcls.map(({ subnetIds, entries }) => ({ subnetIds, entries }))).toEqual([
      {
        subnetIds: subnets.map(({ subnetId }) => subnetId),
        entries: [
          allow(100, a, replies),
          allow(110, b, replies),
          allow(120, a, { ...pathMtu, egress: false }),
          allow(130, b, { ...pathMtu, egress: false }),
          deny(false),
          allow(100, a, database),
          allow(110, b, database),
          allow(120, a, web),
          allow(130, b, web),
          allow(140, a, { ...pathMtu, egress: true }),
          allow(150, b, { ...pathMtu, egress: true }),
          deny(true),
        ],
      },
    ]);
  });

  it('admits by security group what was agreed and nothing else; the default one admits nothing', async () => {
    const { vpcs } = await builtFor(world, customer);
    const { regions } = await world.control.inventory();
    const groups = regions
      .flatMap((region) => region.securityGroups)
      .filter(({ vpcId }) => vpcId === vpcs[0]?.vpcId)
      .map(({ isDefault, ingress, egress }) => ({
        isDefault,
        ingress,
        egress: egress.map(({ protocol, fromPort, toPort, peer }) => ({ protocol, fromPort, toPort, peer })),
      }));
    const [a, b] = RANGES;
    const rule = { protocol: 'tcp', fromPort: 5432, toPort: 5432 };
    const web = { protocol: 'tcp', fromPort: 8000, toPort: 8100 };
    expect(groups).toHaveLength(2);
    expect(groups).toEqual(
      expect.arrayContaining([
        { isDefault: true, ingress: [], egress: [] },
        {
          isDefault: false,
          ingress: [],
          egress: [
            { ...rule, peer: a },
            { ...rule, peer: b },
            { ...web, peer: a },
            { ...web, peer: b },
          ],
        },
      ]),
    );
  });

  it('has its subnets in two availability zones, and covers the whole of its block', async () => {
    const { subnets } = await builtFor(world, customer);
    expect(subnets.map(({ cidrBlock }) => cidrBlock)).toEqual(['10.200.0.0/26', '10.200.0.64/26']);
    expect(new Set(subnets.map(({ availabilityZoneId }) => availabilityZoneId)).size).toBe(2);
  });

  it('is left as it is by a second request, which ends AlreadyConnected', async () => {
    const before = await everything();
    const status = await caller.status(customer.maintainId);
    await caller.start(customer);
    const second = await caller.cli('result', '--workflow-id', customer.provisionId);
    expect(second.code).not.toBe(0);
    expect(at(second.json, 'runId')).not.toBe(runId);
    const failure = ['closeEvent', 'workflowExecutionFailedEventAttributes', 'failure'];
    expect(at(second.json, ...failure, 'applicationFailureInfo', 'type')).toBe('AlreadyConnected');
    expect(at(second.json, ...failure, 'message')).toContain(customer.connection);
    expect(await everything()).toBe(before);
    expect(await caller.status(customer.maintainId)).toEqual(status);
    const { held } = await world.pool(customer.request.organizationId);
    expect(held.map(({ cidr, holder }) => ({ cidr, holder }))).toEqual([
      { cidr: '10.200.0.0/25', holder: customer.connection },
    ]);
  });
});
