import {
  aggregateBlocks,
  blockContains,
  formatBlock,
  parseBlock,
  splitBlock,
  type Ipv4Block,
} from '../addresses/blocks.js';
import { LARGEST_VPC_PREFIX } from '../addresses/provider-space.js';
import { coverWithFewer } from './fewer-blocks.js';
import {
  AccessLimitError,
  joinAccess,
  planAccess,
  type AccessIntent,
  type AccessPlan,
  type AskedAccess,
} from './plan-access.js';
import { closeSmallestGaps, type PortRange } from './port-ranges.js';

/** What would be taken in place of what was asked. */
interface Alternative extends AskedAccess {
  /** The wider ranges and ports in it, as people write them. */
  readonly named: readonly string[];
  /** Addresses and ports that nobody asked for and that it opens. */
  readonly added: { readonly addresses: number; readonly ports: number };
}

/** What was asked, what was exceeded by it, and which ranges may be opened besides those stated. */
interface Question {
  readonly asked: AskedAccess;
  readonly quota: AccessLimitError['quota'];
  readonly mayOpen: (block: Ipv4Block) => boolean;
  /** That a network ACL takes in each direction. */
  readonly mostEntries: number;
}

/** As many as fit into the description of a problem; of wider ports besides wider ranges there are two at most. */
const MOST_NAMED = { alone: 4, besidePorts: 2 };
/** A refusal for want of routes is short, and what is joined exactly is worth a longer list. */
const MOST_NAMED_FOR_ROUTES = 7;

/** Nothing larger than a /16 can be stated. */
function statable(block: Ipv4Block): Ipv4Block[] {
  return block.prefixLength < LARGEST_VPC_PREFIX ? splitBlock(block, LARGEST_VPC_PREFIX) : [block];
}

/** At most `most` ranges with the fewest addresses besides; fewer, where the wider ones of those are too many to name. */
function withWiderRanges(
  { asked, quota, mayOpen }: Question,
  { most, mostNamed }: { most: number; mostNamed: number },
): Alternative | null {
  const stated = asked.subnetCidrs.map(parseBlock);
  const separate = aggregateBlocks(stated).flatMap(statable);
  // Rules are made of what is joined, routes of what is stated: what counts as one already needs no other name.
  const before = quota === 'routes' ? new Set(asked.subnetCidrs) : new Set(separate.map(formatBlock));
  const wanted = quota === 'routes' ? Math.max(mostNamed, MOST_NAMED_FOR_ROUTES) : mostNamed;
  for (let count = most; count > 0; count -= 1) {
    const cover = coverWithFewer(separate, {
      most: count,
      mayOpen: (block) => block.prefixLength >= LARGEST_VPC_PREFIX && mayOpen(block),
    });
    if (cover === null) return null;
    const wider = cover.blocks.filter((block) => !before.has(formatBlock(block)));
    if (wider.length > wanted) continue;
    const kept = stated.filter((block) => !wider.some((around) => blockContains(around, block)));
    const subnetCidrs = [...kept, ...wider].map(formatBlock);
    return {
      access: asked.access,
      subnetCidrs,
      named: wider.map(formatBlock),
      added: { addresses: cover.added, ports: 0 },
    };
  }
  return null;
}

/** At most `most` ranges of ports with the fewest ports besides; fewer, where the wider ones of those are too many to name. */
function withWiderPorts({ subnetCidrs, access }: AskedAccess, most: number): Alternative | null {
  const { tcp, udp, ping } = joinAccess(access);
  const there = tcp.length + udp.length;
  for (let count = most; count > 0; count -= 1) {
    const { lists, added } = closeSmallestGaps([tcp, udp], there - count);
    const [widerTcp = [], widerUdp = []] = lists;
    if (widerTcp.length + widerUdp.length > count) return null;
    const named = [...newTexts('tcp', widerTcp, tcp), ...newTexts('udp', widerUdp, udp)];
    if (named.length > MOST_NAMED.alone) continue;
    const alternative: AccessIntent[] = [
      ...(widerTcp.length > 0 ? [{ protocol: 'tcp', ports: widerTcp } as const] : []),
      ...(widerUdp.length > 0 ? [{ protocol: 'udp', ports: widerUdp } as const] : []),
      ...(ping ? [{ protocol: 'icmp' as const, ports: [] }] : []),
    ];
    return { subnetCidrs, access: alternative, named, added: { addresses: 0, ports: added } };
  }
  return null;
}

function newTexts(
  protocol: 'tcp' | 'udp',
  ports: readonly PortRange[],
  before: readonly PortRange[],
): string[] {
  return ports
    .filter(({ from, to }) => !before.some((one) => one.from === from && one.to === to))
    .map(({ from, to }) => `${protocol} ${from}-${to}`);
}

function fitting(count: number, mostEntries: number): number {
  return Math.floor(mostEntries / count);
}

/** What the entries of one direction are counted by. Kinds of traffic: ranges of ports, ping, path MTU discovery. */
function countsOf({ subnetCidrs, access }: AskedAccess): {
  ranges: number;
  protocols: number;
  otherKinds: number;
  kinds: number;
} {
  const { tcp, udp, ping } = joinAccess(access);
  const otherKinds = ping ? 2 : 1;
  return {
    ranges: aggregateBlocks(subnetCidrs.map(parseBlock)).length,
    protocols: [tcp, udp].filter((ports) => ports.length > 0).length,
    otherKinds,
    kinds: tcp.length + udp.length + otherKinds,
  };
}

/** Wider ranges, wider ports, and both; what the refusal is about comes first. */
function alternatives(question: Question, field: AccessLimitError['field']): (Alternative | null)[] {
  const { asked, mostEntries } = question;
  const { ranges, kinds, otherKinds, protocols } = countsOf(asked);
  const byRanges = withWiderRanges(question, {
    most: fitting(kinds, mostEntries),
    mostNamed: MOST_NAMED.alone,
  });
  const byPorts = withWiderPorts(asked, fitting(ranges, mostEntries) - otherKinds);
  const fewestPorts = withWiderPorts(asked, protocols);
  const both =
    fewestPorts === null
      ? null
      : withWiderRanges(
          { ...question, asked: fewestPorts },
          { most: fitting(protocols + otherKinds, mostEntries), mostNamed: MOST_NAMED.besidePorts },
        );
  const byBoth =
    both === null || fewestPorts === null
      ? null
      : {
          ...both,
          named: [...both.named, ...fewestPorts.named],
          added: { ...both.added, ports: fewestPorts.added.ports },
        };
  return field === 'subnetCidrs' ? [byRanges, byPorts, byBoth] : [byPorts, byRanges, byBoth];
}

/** Null where it needs too many rules or routes too. */
function planOf(asked: AskedAccess, mostEntries: number): AccessPlan | null {
  try {
    return planAccess(asked, mostEntries);
  } catch (error) {
    if (error instanceof AccessLimitError) return null;
    throw error;
  }
}

function textOf({ named, added }: Alternative, needed: number): string {
  const more = [
    ...(added.addresses > 0 ? [`${added.addresses} more addresses`] : []),
    ...(added.ports > 0 ? [`${added.ports} more ports`] : []),
  ];
  const price = more.length === 0 ? 'opens nothing more' : `opens ${more.join(' and ')}`;
  return `${needed} with ${named.join(', ')} for what is inside, which ${price}`;
}

/** Access that would be taken in place of what was refused, and one line that says how. */
export interface AccessSuggestion extends AskedAccess {
  readonly text: string;
}

/**
 * What could be agreed on in place of access that needs too much: ranges or ports joined, with the fewest addresses or
 * ports besides what was asked for. Null where a range as large as AWS's largest VPC would not be enough, or where none
 * may be opened.
 */
export function suggestAccess(
  error: AccessLimitError,
  question: Omit<Question, 'quota'>,
): AccessSuggestion | null {
  for (const alternative of alternatives({ ...question, quota: error.quota }, error.field)) {
    const plan = alternative === null ? null : planOf(alternative, question.mostEntries);
    if (alternative === null || plan === null) continue;
    const { subnetCidrs, access } = alternative;
    const entries = plan.networkAclEntries.filter(({ egress }) => egress).length;
    const needed = error.quota === 'routes' ? plan.routes.length : entries;
    return { subnetCidrs, access, text: textOf(alternative, needed) };
  }
  return null;
}

/** What to do where nothing can be suggested, in numbers. */
export function fewerRangesText(asked: AskedAccess, mostEntries: number): string {
  const { kinds, protocols, otherKinds } = countsOf(asked);
  const most = fitting(kinds, mostEntries);
  return most > 0
    ? `no wider ranges can stand for them, so state at most ${most} separate ones`
    : `no wider ranges can stand for them, so state at most ${fitting(protocols + otherKinds, mostEntries)} separate ones, with one range of ports a protocol`;
}
