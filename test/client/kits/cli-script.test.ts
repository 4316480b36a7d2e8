import {
  AssociateVpcCidrBlockCommand,
  AuthorizeSecurityGroupEgressCommand,
  CreateNetworkAclCommand,
  CreateNetworkAclEntryCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcPeeringConnectionCommand,
  DeleteVpcPeeringConnectionCommand,
  DescribeNetworkAclsCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcAttributeCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PeeringStatus } from '../../../contract/status.js';
import { renderKit } from '../../../client/kits/formats.js';
import { kitFor } from '../../../client/kits/kit.js';
import type { SampleCustomer } from '../../../local/sample-customer.js';
import { startAwsCli, type AwsCli, type Ran } from '../../harness/aws-cli.js';
import { CUSTOMER, PROVIDER, startTestEmulator, type TestEmulator } from '../../harness/emulator.js';
import { peeringRoutes, requestKit, type RequestedKit } from '../../harness/kits.js';
import { describePeering, present, statusOf } from '../../harness/networks.js';

let aws: TestEmulator;
let cli: AwsCli;
beforeAll(async () => {
  aws = await startTestEmulator();
  cli = await startAwsCli(aws.endpoint);
});
afterAll(async () => {
  await cli.stop();
  await aws.stop();
});

interface Wanted {
  readonly args?: string[];
  readonly account?: string;
  readonly env?: NodeJS.ProcessEnv;
}

function runScript(
  status: PeeringStatus,
  { args = [], account = CUSTOMER, env = {} }: Wanted = {},
): Promise<Ran> {
  return cli.bash(renderKit(kitFor(status), 'cli').text, { account, args, env });
}

/** Calls since the last time, but for those that only look. */
async function changes(): Promise<string[]> {
  const calls = await aws.control.calls();
  await aws.control.clearCalls();
  return calls
    .filter(({ service, action }) => service === 'ec2' && !action.startsWith('Describe'))
    .map(({ action }) => action);
}

const peeringIn = ({ customer, peeringId }: RequestedKit): Promise<string> =>
  statusOf(customer.ec2, peeringId);

describe('the script, run by the customer', () => {
  let requested: RequestedKit;
  beforeAll(async () => {
    requested = await requestKit(aws);
    await aws.control.clearCalls();
  });

  it('changes nothing with --dry-run, and says what it would do', async () => {
    const { status, stdout, stderr } = await runScript(requested.status, { args: ['--dry-run'] });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain(`would: accept ${requested.peeringId}`);
    expect(stdout).toContain(`would: add the route to 10.200.0.0/25 in ${requested.network.routeTableId}`);
    expect(await changes()).toEqual([]);
  });

  it('makes the peering active, with one route and private names', async () => {
    const { status, stdout, stderr } = await runScript(requested.status);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/done: accept pcx-.*\n(.*\n)*finished\n$/);
    expect(await peeringRoutes(requested)).toEqual([
      `${requested.network.routeTableId} 10.200.0.0/25 ${requested.peeringId} active`,
    ]);
    const { Status, AccepterVpcInfo } = await describePeering(requested.customer.ec2, requested.peeringId);
    expect(Status?.Code).toBe('active');
    expect(AccepterVpcInfo?.PeeringOptions?.AllowDnsResolutionFromRemoteVpc).toBe(true);
    const { EnableDnsHostnames } = await requested.customer.ec2.send(
      new DescribeVpcAttributeCommand({ VpcId: requested.network.vpcId, Attribute: 'enableDnsHostnames' }),
    );
    expect(EnableDnsHostnames?.Value).toBe(true);
  });

  it('finds everything there when it is run again', async () => {
    await changes();
    const { status, stdout } = await runScript(requested.status);
    expect(status).toBe(0);
    expect(stdout).not.toMatch(/^(done|would): /m);
    expect(await changes()).toEqual([]);
  });

  it('narrows the access where it is told to, once', async () => {
    const { ec2 } = requested.customer;
    const { vpcId } = requested.network;
    const { NetworkAcl } = await ec2.send(new CreateNetworkAclCommand({ VpcId: vpcId }));
    const acl = present(NetworkAcl?.NetworkAclId);
    const args = ['--security-group', '--network-acl', acl];
    expect(await runScript(requested.status, { args })).toMatchObject({ status: 0, stderr: '' });

    const groups = await ec2.send(
      new DescribeSecurityGroupsCommand({
        Filters: [{ Name: 'group-name', Values: [`causeway-${requested.peeringId}`] }],
      }),
    );
    const rules = (groups.SecurityGroups ?? []).flatMap(({ IpPermissions = [] }) =>
      IpPermissions.map(({ IpProtocol, FromPort, ToPort, IpRanges = [] }) =>
        [IpProtocol, FromPort, ToPort, ...IpRanges.map(({ CidrIp }) => CidrIp)].join(' '),
      ),
    );
    expect(rules.sort()).toEqual([
      'icmp 8 -1 10.200.0.0/25',
      'tcp 5432 5432 10.200.0.0/25',
      'tcp 8000 8100 10.200.0.0/25',
    ]);
    expect((groups.SecurityGroups ?? []).map(({ IpPermissionsEgress }) => IpPermissionsEgress)).toEqual([[]]);

    const acls = await ec2.send(new DescribeNetworkAclsCommand({ NetworkAclIds: [acl] }));
    const entries = (acls.NetworkAcls?.[0]?.Entries ?? []).filter(({ RuleNumber = 0 }) => RuleNumber < 100);
    const textOf = ({
      Egress,
      RuleNumber,
      Protocol,
      RuleAction,
      PortRange,
      IcmpTypeCode,
    }: (typeof entries)[number]): string =>
      [
        ...[Egress === true ? 'out' : 'in', RuleNumber, RuleAction, Protocol],
        ...[PortRange?.From, PortRange?.To, IcmpTypeCode?.Type, IcmpTypeCode?.Code].filter(
          (n) => n !== undefined,
        ),
      ].join(' ');
    expect(entries.map(textOf).sort()).toEqual([
      'in 50 allow 6 5432 5432',
      'in 51 allow 6 8000 8100',
      'in 52 allow 1 8 -1',
      'in 53 allow 1 3 4',
      'in 54 deny -1',
      'out 50 allow 6 1024 65535',
      'out 51 allow 1 0 -1',
      'out 52 allow 1 3 4',
      'out 53 deny -1',
    ]);

    await changes();
    expect((await runScript(requested.status, { args })).status).toBe(0);
    expect(await changes()).toEqual([]);
    const taken = await runScript(requested.status, { args: [...args, '--first-rule', '51'] });
    expect(taken).toMatchObject({ status: 1, stderr: expect.stringMatching(/rule 51 of acl-.* is taken/) });
    expect(await changes()).toEqual([]);
  });
});

/** Where the group's rules let traffic out to, sorted. */
async function waysOut(customer: SampleCustomer, groupId: string | undefined): Promise<string[]> {
  const { SecurityGroups = [] } = await customer.ec2.send(
    new DescribeSecurityGroupsCommand({ GroupIds: [present(groupId)] }),
  );
  return SecurityGroups.flatMap(({ IpPermissionsEgress = [] }) => IpPermissionsEgress)
    .flatMap(({ IpRanges = [], Ipv6Ranges = [] }) => [
      ...IpRanges.map(({ CidrIp }) => present(CidrIp)),
      ...Ipv6Ranges.map(({ CidrIpv6 }) => present(CidrIpv6)),
    ])
    .sort();
}

describe('the script, where the network is not as usual', () => {
  it('closes a group that an interrupted run left open, to everywhere in IPv4 and IPv6, and leaves other rules', async () => {
    const { customer, network, peeringId, status } = await requestKit(aws);
    await customer.ec2.send(
      new AssociateVpcCidrBlockCommand({ VpcId: network.vpcId, AmazonProvidedIpv6CidrBlock: true }),
    );
    const { GroupId } = await customer.ec2.send(
      new CreateSecurityGroupCommand({
        VpcId: network.vpcId,
        GroupName: `causeway-${peeringId}`,
        Description: 'half made',
      }),
    );
    const https = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '172.31.0.0/16' }] };
    await customer.ec2.send(
      new AuthorizeSecurityGroupEgressCommand({
        GroupId,
        IpPermissions: [https],
      }),
    );
    expect(await waysOut(customer, GroupId)).toEqual(['0.0.0.0/0', '172.31.0.0/16', '::/0']);
    expect(await runScript(status, { args: ['--security-group'] })).toMatchObject({ status: 0, stderr: '' });
    expect(await waysOut(customer, GroupId)).toEqual(['172.31.0.0/16']);
  });

  it('counts the entries of a network ACL before it changes anything, the closing denial included', async () => {
    const requested = await requestKit(aws);
    const { ec2 } = requested.customer;
    const { NetworkAcl } = await ec2.send(new CreateNetworkAclCommand({ VpcId: requested.network.vpcId }));
    const NetworkAclId = present(NetworkAcl?.NetworkAclId);
    const fill = async (RuleNumber: number): Promise<void> => {
      const rule = {
        Protocol: '-1',
        RuleAction: 'allow',
        Egress: false,
        CidrBlock: '172.31.0.0/16',
      } as const;
      await ec2.send(new CreateNetworkAclEntryCommand({ NetworkAclId, RuleNumber, ...rule }));
    };
    // Five of the kit's, these and the closing one are 20.
    for (let number = 1; number <= 14; number += 1) await fill(number);
    const args = ['--dry-run', '--network-acl', NetworkAclId];
    expect(await runScript(requested.status, { args })).toMatchObject({ status: 0, stderr: '' });
    await fill(15);
    await aws.control.clearCalls();
    expect(await runScript(requested.status, { args: args.slice(1) })).toMatchObject({
      status: 1,
      stderr: `stopped: ${NetworkAclId} takes 20 ingress entries and has no room for 1 of the kit's; nothing was changed: remove entries, or have the quota raised and say --acl-quota N\n`,
    });
    expect(await changes()).toEqual([]);
    expect(await runScript(requested.status, { args: [...args, '--acl-quota', '21'] })).toMatchObject({
      status: 0,
      stderr: '',
    });
  });

  it('takes the main route table for a subnet that has none of its own', async () => {
    const { customer, network, status } = await requestKit(aws);
    await customer.ec2.send(new CreateSubnetCommand({ VpcId: network.vpcId, CidrBlock: '172.31.64.0/20' }));
    const { RouteTables } = await customer.ec2.send(
      new DescribeRouteTablesCommand({
        Filters: [
          { Name: 'vpc-id', Values: [network.vpcId] },
          { Name: 'association.main', Values: ['true'] },
        ],
      }),
    );
    const main = present(RouteTables?.[0]?.RouteTableId);
    const wanted = { ...status, customer: { ...status.customer, subnetCidrs: ['172.31.64.0/24'] } };
    const { stdout } = await runScript(wanted, { args: ['--dry-run'] });
    expect(stdout.match(/add the route .*/g)).toEqual([`add the route to 10.200.0.0/25 in ${main}`]);
  });

  it('replaces the route that an earlier peering left, and no other', async () => {
    const requested = await requestKit(aws);
    const { customer, network, status } = requested;
    await customer.accept(requested.peeringId);
    const route = { routeTableId: network.routeTableId, to: '10.200.0.0/25' };
    await customer.addRoute({ ...route, vpcPeeringConnectionId: requested.peeringId });
    const other = { ...status, peeringConnectionId: await askAgain(requested) };
    expect(await runScript(other)).toMatchObject({ status: 0, stderr: '' });
    expect(await peeringRoutes(requested)).toEqual([
      `${network.routeTableId} 10.200.0.0/25 ${other.peeringConnectionId} active`,
    ]);
  });
});

/** The provider deletes the peering and requests another. */
async function askAgain({ peeringId, network, status }: RequestedKit): Promise<string> {
  const provider = aws.ec2(PROVIDER, 'eu-west-1');
  await provider.send(new DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId: peeringId }));
  const { VpcPeeringConnection: peering } = await provider.send(
    new CreateVpcPeeringConnectionCommand({
      VpcId: present(status.provider?.vpcId),
      PeerVpcId: network.vpcId,
      PeerOwnerId: CUSTOMER,
      PeerRegion: network.region,
    }),
  );
  return present(peering?.VpcPeeringConnectionId);
}

describe('the script refuses', () => {
  let requested: RequestedKit;
  beforeAll(async () => {
    requested = await requestKit(aws);
  });

  const refusal = async (changed: Partial<PeeringStatus>, wanted: Wanted = {}): Promise<string> => {
    const { status, stderr } = await runScript({ ...requested.status, ...changed }, wanted);
    expect(status).toBe(1);
    expect(await peeringIn(requested)).toBe('pending-acceptance');
    return stderr;
  };

  it("another account's credentials", async () => {
    expect(await refusal({}, { account: PROVIDER })).toMatch(
      `stopped: these credentials belong to account ${PROVIDER}; use those of ${CUSTOMER}`,
    );
  });

  it('a request that comes from another VPC than the provider’s', async () => {
    const provider = { ...present(requested.status.provider), vpcId: 'vpc-0123456789abcdef0' };
    expect(await refusal({ provider })).toMatch(
      /was requested by .* should be by .*vpc-0123456789abcdef0.*do not accept/,
    );
  });

  it('route tables of another VPC, before it accepts', async () => {
    expect(await refusal({}, { env: { ROUTE_TABLE_IDS: 'rtb-0123456789abcdef0' } })).toMatch(
      /has no route table rtb-/,
    );
  });

  it('what its options do not know', async () => {
    const { status, stderr } = await runScript(requested.status, { args: ['--force'] });
    expect({ status, usage: stderr.startsWith('usage: ') }).toEqual({ status: 2, usage: true });
  });

  it('to accept what it has declined', async () => {
    expect(await runScript(requested.status, { args: ['--decline'] })).toMatchObject({
      status: 0,
      stderr: '',
    });
    expect(await peeringIn(requested)).toBe('rejected');
    const again = await runScript(requested.status);
    expect(again).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/is rejected and can no longer be accepted/),
    });
  });
});
