import {
  DescribeNetworkAclsCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcPeeringConnectionsCommand,
  type EC2Client,
  type NetworkAclEntry,
} from '@aws-sdk/client-ec2';
import type { PeeringStatus } from '../../client/index.js';
import type { DemoConnection } from './story.js';
import type { Narrator } from './narrator.js';

/** Prints what AWS holds for one connection, as each side sees it. */
export async function showBothSides(
  narrator: Narrator,
  { customer, network }: DemoConnection,
  side: { ec2: EC2Client; status: PeeringStatus },
): Promise<void> {
  const { provider, peeringConnectionId } = side.status;
  const id = peeringConnectionId ?? '';
  await showPeering(narrator, [
    { name: 'provider', ec2: side.ec2, id },
    { name: 'customer', ec2: customer.ec2, id },
  ]);
  await showRoutes(narrator, 'Route table, provider', { ec2: side.ec2, id: provider?.routeTableId ?? '' });
  await showRoutes(narrator, 'Route table, customer', { ec2: customer.ec2, id: network.routeTableId });
  await showNetworkAcl(narrator, { ec2: side.ec2, id: provider?.networkAclId ?? '' });
  await showSecurityGroup(narrator, { ec2: side.ec2, id: provider?.securityGroupId ?? '' });
}

interface Resource {
  ec2: EC2Client;
  id: string;
}

async function showPeering(
  narrator: Narrator,
  sides: readonly (Resource & { name: string })[],
): Promise<void> {
  const rows: string[][] = [];
  for (const { name, ec2, id } of sides) {
    const { VpcPeeringConnections } = await ec2.send(
      new DescribeVpcPeeringConnectionsCommand({ VpcPeeringConnectionIds: [id] }),
    );
    for (const { Status, RequesterVpcInfo: from, AccepterVpcInfo: to } of VpcPeeringConnections ?? []) {
      const vpc = (info: typeof from): string =>
        `${info?.OwnerId ?? ''} ${info?.Region ?? ''}\n${info?.VpcId ?? ''} ${info?.CidrBlock ?? ''}`;
      rows.push([name, id, Status?.Code ?? '', vpc(from), vpc(to)]);
    }
  }
  narrator.table('VPC peering connection', ['seen by', 'id', 'status', 'requester', 'accepter'], rows);
}

async function showRoutes(narrator: Narrator, title: string, { ec2, id }: Resource): Promise<void> {
  const { RouteTables } = await ec2.send(new DescribeRouteTablesCommand({ RouteTableIds: [id] }));
  const routes = RouteTables?.flatMap((table) => table.Routes ?? []) ?? [];
  narrator.table(
    `${title} ${id}`,
    ['destination', 'target', 'state'],
    routes.map((route) => [
      route.DestinationCidrBlock ?? '',
      route.VpcPeeringConnectionId ?? route.GatewayId ?? '',
      route.State ?? '',
    ]),
  );
}

const PROTOCOLS: Record<string, string> = { '6': 'tcp', '17': 'udp', '1': 'icmp', '-1': 'all' };

async function showNetworkAcl(narrator: Narrator, { ec2, id }: Resource): Promise<void> {
  const { NetworkAcls } = await ec2.send(new DescribeNetworkAclsCommand({ NetworkAclIds: [id] }));
  const entries = NetworkAcls?.flatMap((acl) => acl.Entries ?? []) ?? [];
  const inOrder = entries.sort(
    (a, b) => Number(a.Egress) - Number(b.Egress) || (a.RuleNumber ?? 0) - (b.RuleNumber ?? 0),
  );
  narrator.table(
    `Network ACL, provider ${id}`,
    ['direction', 'rule', 'action', 'protocol', 'ports', 'range'],
    inOrder.map((entry) => [
      entry.Egress === true ? 'out' : 'in',
      entry.RuleNumber === 32767 ? '*' : String(entry.RuleNumber),
      entry.RuleAction ?? '',
      PROTOCOLS[entry.Protocol ?? ''] ?? entry.Protocol ?? '',
      portsOf(entry),
      entry.CidrBlock ?? '',
    ]),
  );
}

function portsOf({ Protocol, PortRange, IcmpTypeCode }: NetworkAclEntry): string {
  if (Protocol === '1') return `type ${String(IcmpTypeCode?.Type)} code ${String(IcmpTypeCode?.Code)}`;
  return PortRange === undefined ? 'all' : rangeText(PortRange.From, PortRange.To);
}

function rangeText(from: number | undefined, to: number | undefined): string {
  return from === to ? String(from) : `${String(from)}-${String(to)}`;
}

async function showSecurityGroup(narrator: Narrator, { ec2, id }: Resource): Promise<void> {
  const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [id] }));
  const rows = (SecurityGroups ?? []).flatMap((group) => [
    ...(group.IpPermissions ?? []).map((rule) => ({ direction: 'in', rule })),
    ...(group.IpPermissionsEgress ?? []).map((rule) => ({ direction: 'out', rule })),
  ]);
  narrator.table(
    `Security group of the connectors ${id}`,
    ['direction', 'protocol', 'ports', 'ranges'],
    rows.map(({ direction, rule }) => [
      direction,
      rule.IpProtocol ?? '',
      rangeText(rule.FromPort, rule.ToPort),
      (rule.IpRanges ?? []).map((range) => range.CidrIp ?? '').join(', '),
    ]),
  );
}
