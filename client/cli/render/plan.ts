import type { PeeringPlan } from '../../../contract/plan.js';
import type { NetworkAclEntry, SecurityGroupRule } from '../../../domain/access/plan-access.js';
import type { Look } from './look.js';
import { plainText } from './plain-text.js';
import { bulletList, table, titled } from './table.js';

/** Protocol numbers of network ACLs, by IANA. */
const PROTOCOLS: Record<NetworkAclEntry['protocol'], string> = { '6': 'tcp', '17': 'udp', '1': 'icmp' };

/** Whose plan it is, as the request says. */
export interface PlannedFor {
  customerName: string;
  organizationId: string;
  vpcId: string;
  region: string;
}

/** What a request would build, for people. */
export function renderPlan(look: Look, plan: PeeringPlan, subject: PlannedFor): string {
  const { bold } = look.colors;
  const connection = plainText(`${subject.organizationId}/${subject.vpcId}`);
  const parts = [
    `${bold('Plan for')} ${connection}, ${plainText(subject.customerName)} in ${plainText(subject.region)}; nothing is made by planning`,
    table(look, {
      rows: [
        ['Region', `${plan.providerRegion}, ${milliseconds(plan.roundTripMs)} round trip`],
        ['Block', plan.providerCidr],
        ['Subnets', plan.providerSubnetCidrs.join(', ')],
      ],
    }),
    bulletList(look, 'Reasons', plan.reasons),
    titled(look, 'Regions, nearest first', ranking(look, plan)),
  ];
  if (plan.runnersUp.length > 0)
    parts.push(titled(look, 'Blocks that would come next', runnersUp(look, plan)));
  if (plan.rejected.length > 0) parts.push(titled(look, 'Blocks passed over', rejected(look, plan)));
  parts.push(
    titled(look, 'Routes to the peering', table(look, { rows: plan.access.routes.map((cidr) => [cidr]) })),
    titled(look, 'Network ACL, all else denied', aclTable(look, plan.access.networkAclEntries)),
    titled(
      look,
      'Security group of the connectors, no other egress',
      egressTable(look, plan.access.securityGroupEgress),
    ),
  );
  if (plan.advice.length > 0) parts.push(bulletList(look, 'Advice', plan.advice));
  return parts.join('\n\n');
}

function ranking(look: Look, plan: PeeringPlan): string {
  return table(look, {
    head: ['REGION', 'ROUND TRIP', ''],
    rows: plan.ranking.map(({ region, roundTripMs, measured }) => [
      region,
      measured === true ? `${milliseconds(roundTripMs)}, own` : milliseconds(roundTripMs),
      region === plan.providerRegion ? { text: 'chosen', paint: look.colors.green } : '',
    ]),
  });
}

function runnersUp(look: Look, plan: PeeringPlan): string {
  return table(look, {
    head: ['BLOCK', 'WHY'],
    rows: plan.runnersUp.map(({ cidr, reason }) => [cidr, reason]),
  });
}

function rejected(look: Look, plan: PeeringPlan): string {
  return table(look, {
    head: ['BLOCK', 'WHY NOT'],
    rows: plan.rejected.map(({ cidr, reason }) => [cidr, reason]),
  });
}

function aclTable(look: Look, entries: readonly NetworkAclEntry[]): string {
  return table(look, {
    head: ['DIRECTION', 'RULE', 'PROTOCOL', 'PORTS', 'RANGE'],
    rows: entries.map((entry) => [
      entry.egress ? 'out' : 'in',
      entry.ruleNumber.toString(),
      PROTOCOLS[entry.protocol],
      entry.icmp === null ? portsText(entry.portRange) : icmpText(entry.icmp),
      entry.cidrBlock,
    ]),
  });
}

function egressTable(look: Look, rules: readonly SecurityGroupRule[]): string {
  return table(look, {
    head: ['PROTOCOL', 'PORTS', 'RANGE'],
    rows: rules.map(({ ipProtocol, fromPort, toPort, cidr }) => [
      ipProtocol,
      ipProtocol === 'icmp'
        ? icmpText({ type: fromPort, code: toPort })
        : portsText({ from: fromPort, to: toPort }),
      cidr,
    ]),
  });
}

function portsText(range: { from: number; to: number } | null): string {
  if (range === null) return 'all';
  return range.from === range.to ? range.from.toString() : `${range.from}-${range.to}`;
}

function icmpText({ type, code }: { type: number; code: number }): string {
  return code === -1 ? `type ${type}` : `type ${type} code ${code}`;
}

function milliseconds(ms: number): string {
  return `${ms} ms`;
}
