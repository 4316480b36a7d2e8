import { aggregateCidrs } from '../addresses/blocks.js';
import { mergePorts, type PortRange } from './port-ranges.js';

/** What the connectors may open towards the customer; `ports` is empty for `icmp`, which means ping. */
export interface AccessIntent {
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  readonly ports: PortRange[];
}

/** The ranges of the customer that connectors are to reach, and what they may open there. */
export interface AskedAccess {
  readonly subnetCidrs: readonly string[];
  readonly access: readonly AccessIntent[];
}

/**
 * An allow entry of a network ACL. `protocol` is the IANA number: 6 TCP, 17 UDP, 1 ICMP. An ICMP code of -1 is
 * every code.
 */
export interface NetworkAclEntry {
  readonly ruleNumber: number;
  readonly egress: boolean;
  readonly protocol: '6' | '17' | '1';
  readonly cidrBlock: string;
  readonly portRange: PortRange | null;
  readonly icmp: { readonly type: number; readonly code: number } | null;
}

/** An egress rule of a security group. For `icmp` the "ports" are type and code, -1 being every code. */
export interface SecurityGroupRule {
  readonly ipProtocol: 'tcp' | 'udp' | 'icmp';
  readonly fromPort: number;
  readonly toPort: number;
  readonly cidr: string;
}

/** What is opened on the provider's side. */
export interface AccessPlan {
  /** Destinations of the routes to the peering: the stated ranges as given, in order, each once. */
  routes: string[];
  /** Egress entries first, each direction by rule number. */
  networkAclEntries: NetworkAclEntry[];
  securityGroupEgress: SecurityGroupRule[];
}

/**
 * Rules of a network ACL per direction, as AWS counts them: its default, and the most that this is raised to (Amazon VPC quotas).
 * The 60 rules of a security group cannot be reached first: it has a rule for each outgoing entry but those for path MTU.
 */
export const NETWORK_ACL_RULES = { default: 20, most: 40 } as const;

/** Of a quota of rules, how many may be one's own in each direction: AWS counts its closing deny (rule 32767) among them. */
export function ownEntriesOf(rules: number): number {
  return rules - 1;
}

/** Where nothing is known of a raised quota. */
export const MOST_NETWORK_ACL_ENTRIES = ownEntriesOf(NETWORK_ACL_RULES.default);

/** AWS's default for a route table (Amazon VPC quotas); its local route is not one of them. */
export const MOST_ROUTES = 500;

/** Which quota, how much of it is needed, how much there is, and the request's field where less would help most. */
interface ExceededLimit {
  readonly quota: 'routes' | 'network ACL entries';
  readonly field: 'access' | 'subnetCidrs';
  readonly needed: number;
  readonly limit: number;
}

/** The access asked for needs more than AWS takes. */
export class AccessLimitError extends Error implements ExceededLimit {
  override readonly name = 'AccessLimitError';
  readonly quota: ExceededLimit['quota'];
  readonly field: ExceededLimit['field'];
  readonly needed: number;
  readonly limit: number;

  constructor(made: string, { quota, field, needed, limit }: ExceededLimit) {
    super(`needs ${needed} ${quota} where AWS takes ${limit}: ${made}`);
    this.quota = quota;
    this.field = field;
    this.needed = needed;
    this.limit = limit;
  }
}

export const FIRST_RULE_NUMBER = 100;
export const RULE_NUMBER_STEP = 10;

/** Where replies arrive: the ports a connector's own side of a connection may have (facts: "NACLs"). */
const RETURN_PORTS: PortRange = { from: 1024, to: 65_535 };

/** ICMP types and codes, RFC 792. */
const PING = { type: 8, code: -1 };
const PING_REPLY = { type: 0, code: -1 };
/** "Fragmentation needed": without it large packets vanish on paths of a smaller MTU (RFC 1191). */
const PATH_MTU = { type: 3, code: 4 };

type EntryKind = Pick<NetworkAclEntry, 'protocol' | 'portRange' | 'icmp'>;
const icmpEntry = (icmp: { type: number; code: number }): EntryKind => ({
  protocol: '1',
  portRange: null,
  icmp,
});

/** The intents joined: one per protocol in a fixed order, so that equal access gives equal rules. */
export interface JoinedAccess {
  readonly tcp: readonly PortRange[];
  readonly udp: readonly PortRange[];
  readonly ping: boolean;
}

export function joinAccess(access: readonly AccessIntent[]): JoinedAccess {
  const portsOf = (protocol: 'tcp' | 'udp'): PortRange[] =>
    mergePorts(access.filter((intent) => intent.protocol === protocol).flatMap((intent) => intent.ports));
  return {
    tcp: portsOf('tcp'),
    udp: portsOf('udp'),
    ping: access.some(({ protocol }) => protocol === 'icmp'),
  };
}

/** Path MTU comes last in both, so that rule 100 of each direction is one that traffic depends on. */
function outgoingKinds({ tcp, udp, ping }: JoinedAccess): EntryKind[] {
  return [
    ...tcp.map((portRange): EntryKind => ({ protocol: '6', portRange, icmp: null })),
    ...udp.map((portRange): EntryKind => ({ protocol: '17', portRange, icmp: null })),
    ...(ping ? [icmpEntry(PING)] : []),
    icmpEntry(PATH_MTU),
  ];
}

/** Network ACLs are stateless: what answers the outgoing entries has to be let in by entries of its own. */
function returningKinds({ tcp, udp, ping }: JoinedAccess): EntryKind[] {
  return [
    ...(tcp.length > 0 ? [{ protocol: '6', portRange: RETURN_PORTS, icmp: null } satisfies EntryKind] : []),
    ...(udp.length > 0 ? [{ protocol: '17', portRange: RETURN_PORTS, icmp: null } satisfies EntryKind] : []),
    ...(ping ? [icmpEntry(PING_REPLY)] : []),
    icmpEntry(PATH_MTU),
  ];
}

function entriesOf(
  kinds: readonly EntryKind[],
  ranges: readonly string[],
  egress: boolean,
): NetworkAclEntry[] {
  return kinds
    .flatMap((kind) => ranges.map((cidrBlock) => ({ ...kind, cidrBlock })))
    .map((entry, index) => ({ ...entry, egress, ruleNumber: FIRST_RULE_NUMBER + index * RULE_NUMBER_STEP }));
}

function securityGroupRules(
  { tcp, udp, ping }: JoinedAccess,
  ranges: readonly string[],
): SecurityGroupRule[] {
  const kinds = [
    ...tcp.map(({ from, to }) => ({ ipProtocol: 'tcp' as const, fromPort: from, toPort: to })),
    ...udp.map(({ from, to }) => ({ ipProtocol: 'udp' as const, fromPort: from, toPort: to })),
    ...(ping ? [{ ipProtocol: 'icmp' as const, fromPort: PING.type, toPort: PING.code }] : []),
  ];
  return kinds.flatMap((kind) => ranges.map((cidr) => ({ ...kind, cidr })));
}

function assertRoutesSuffice(needed: number): void {
  if (needed <= MOST_ROUTES) return;
  const facts = { quota: 'routes', field: 'subnetCidrs', needed, limit: MOST_ROUTES } as const;
  throw new AccessLimitError('one for each stated range', facts);
}

/** Counts before the rules are made, so that a refusal costs nothing. */
function assertEntriesSuffice(kinds: number, ranges: number, limit: number): void {
  const needed = kinds * ranges;
  if (needed <= limit) return;
  const made = `${ranges} separate ranges times ${kinds} kinds of traffic (path MTU discovery is one)`;
  throw new AccessLimitError(made, {
    quota: 'network ACL entries',
    field: ranges >= kinds ? 'subnetCidrs' : 'access',
    needed,
    limit,
  });
}

/**
 * Access intent to the provider's routes, network ACL and security group. The connectors open connections, the
 * customer never does. Ranges are aggregated exactly and ports merged before rules are made of them; routes are not, so that they can be
 * found by what was agreed. Throws `AccessLimitError` where over 500 routes or over `mostEntries` network ACL entries a direction
 * would be needed, and `BlockError` for a malformed range.
 */
export function planAccess(input: AskedAccess, mostEntries = MOST_NETWORK_ACL_ENTRIES): AccessPlan {
  const ranges = aggregateCidrs(input.subnetCidrs);
  const routes = [...new Set(input.subnetCidrs)];
  const joined = joinAccess(input.access);
  const outgoing = outgoingKinds(joined);
  const returning = returningKinds(joined);
  assertRoutesSuffice(routes.length);
  // The returning kinds are never more, and the security group's are one less.
  assertEntriesSuffice(outgoing.length, ranges.length, mostEntries);
  return {
    routes,
    networkAclEntries: [...entriesOf(outgoing, ranges, true), ...entriesOf(returning, ranges, false)],
    securityGroupEgress: securityGroupRules(joined, ranges),
  };
}
