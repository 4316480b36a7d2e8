import { blocksOverlap, tryParseBlock, type Ipv4Block } from './blocks.js';

/** A block that the pool of a scope says is held. */
export interface PooledBlock {
  readonly scope: string;
  readonly cidr: string;
  /** `<organizationId>/<vpcId>` */
  readonly holder: string;
}

/** A VPC of the provider that carries Causeway's tags. */
export interface TaggedVpc {
  readonly region: string;
  readonly vpcId: string;
  readonly cidr: string;
  /** `<organizationId>/<vpcId>` of the tag `causeway:peering`; '' where the tag is missing. */
  readonly connection: string;
}

/** What the pools and AWS say differently. */
export type Discrepancy =
  | { readonly kind: 'block-without-vpc'; readonly block: PooledBlock }
  | {
      readonly kind: 'vpc-without-block';
      readonly vpc: TaggedVpc;
      readonly scope: string;
      /** What the connection holds instead; null is nothing. */
      readonly holds: string | null;
    }
  | { readonly kind: 'overlap'; readonly scope: string; readonly vpcs: readonly [TaggedVpc, TaggedVpc] };

/** What one comparison looks at. */
export interface Compared {
  /** What a connection holds in several pools is told of the first of them. */
  readonly blocks: readonly PooledBlock[];
  readonly vpcs: readonly TaggedVpc[];
  /** The scopes in which a connection's block has to differ from all others, the one that chooses it first. */
  readonly scopesOf: (connection: string) => readonly [string, ...string[]];
}

/**
 * Every block without a VPC, every VPC without a block in one of its pools, and every pair of VPCs of one scope that overlap; in
 * that order, and by address within each. Blocks of one pool never overlap each other, so that only AWS can show an overlap.
 */
export function compareWithAws({ blocks, vpcs, scopesOf }: Compared): Discrepancy[] {
  const heldBy = new Map(blocks.map((block) => [keyOf(block.scope, block.holder), block]));
  const inUse = new Set(vpcs.map(({ connection, cidr }) => keyOf(connection, cidr)));
  return [
    ...byAddress(firstOfEach(blocks))
      .filter(({ holder, cidr }) => !inUse.has(keyOf(holder, cidr)))
      .map((block) => ({ kind: 'block-without-vpc', block }) as const),
    ...byAddress(vpcs).flatMap((vpc) => {
      const missing = scopesOf(vpc.connection)
        .map((scope) => ({ scope, holds: heldBy.get(keyOf(scope, vpc.connection))?.cidr ?? null }))
        .find(({ holds }) => holds !== vpc.cidr);
      return missing === undefined ? [] : [{ kind: 'vpc-without-block', vpc, ...missing } as const];
    }),
    ...overlaps(vpcs, scopesOf),
  ];
}

function firstOfEach(blocks: readonly PooledBlock[]): PooledBlock[] {
  const known = new Map<string, PooledBlock>();
  for (const block of blocks) {
    const key = keyOf(block.holder, block.cidr);
    if (!known.has(key)) known.set(key, block);
  }
  return [...known.values()];
}

/** One line, which is the same for the same discrepancy. */
export function discrepancyText(discrepancy: Discrepancy): string {
  switch (discrepancy.kind) {
    case 'block-without-vpc': {
      const { scope, cidr, holder } = discrepancy.block;
      return `${cidr} is held by ${holder} in the pool ${scope}, and no VPC has it`;
    }
    case 'vpc-without-block': {
      const { vpc, scope, holds } = discrepancy;
      const instead = holds === null ? 'holds no block' : `holds ${holds}`;
      return `${vpcText(vpc)}, and that connection ${instead} in the pool ${scope}`;
    }
    case 'overlap': {
      const [one, other] = discrepancy.vpcs;
      return `${vpcText(one)} and overlaps ${vpcText(other)}`;
    }
  }
}

function vpcText({ region, vpcId, cidr, connection }: TaggedVpc): string {
  return `${vpcId} in ${region} has ${cidr} for ${connection === '' ? 'no connection' : connection}`;
}

const keyOf = (...parts: readonly string[]): string => JSON.stringify(parts);

/** A VPC has a block by AWS's own rules, so that nothing here is unreadable in earnest. */
function placed<T extends { readonly cidr: string }>(all: readonly T[]): { item: T; block: Ipv4Block }[] {
  return all.flatMap((item) => {
    const parsed = tryParseBlock(item.cidr);
    return parsed.ok ? [{ item, block: parsed.block }] : [];
  });
}

function byAddress<T extends { readonly cidr: string }>(all: readonly T[]): T[] {
  return placed(all)
    .sort((a, b) => a.block.first - b.block.first)
    .map(({ item }) => item);
}

/**
 * Of each scope, in the order of the first addresses: a VPC and those after it, as long as it reaches into them. A pair is told
 * once, of the first scope that it shares.
 */
function overlaps(vpcs: readonly TaggedVpc[], scopesOf: Compared['scopesOf']): Discrepancy[] {
  const sorted = placed(vpcs)
    .flatMap(({ item, block }) => scopesOf(item.connection).map((scope) => ({ vpc: item, block, scope })))
    .sort((a, b) => a.scope.localeCompare(b.scope) || a.block.first - b.block.first);
  const found: Discrepancy[] = [];
  for (const [index, one] of sorted.entries()) {
    for (const other of sorted.slice(index + 1)) {
      if (other.scope !== one.scope || !blocksOverlap(one.block, other.block)) break;
      const others = scopesOf(other.vpc.connection);
      const shared = scopesOf(one.vpc.connection).find((scope) => others.includes(scope));
      if (shared === one.scope) found.push({ kind: 'overlap', scope: one.scope, vpcs: [one.vpc, other.vpc] });
    }
  }
  return found;
}
