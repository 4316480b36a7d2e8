import type { AvoidedRanges } from './avoided-ranges.js';
import type { BlockLedger } from './block-ledger.js';
import { cidrOf } from './pool-block.js';
import type { BlockGrant } from './block-order.js';
import { obstructionText, type Obstruction } from './block-reasons.js';
import { blockAt, blockContains, blocksOverlap, formatBlock, type Ipv4Block } from './blocks.js';
import { isVpcPrefixLength, providerBlockProblem } from './provider-space.js';
import { providerBlockOf, type PreparedPolicy } from './prepared-policy.js';
import type { Rejection } from './rejections.js';

/** What a block has to keep clear of, apart from the blocks of the ledger. */
export interface Wanted {
  readonly requested: string | null;
  readonly avoid: readonly Ipv4Block[];
  /** By the operator. */
  readonly reserved: ReadonlyMap<string, { readonly block: Ipv4Block }>;
  /** `avoid`, `reserved` and what the policy reserves, in one. */
  readonly unavailable: AvoidedRanges;
}

export interface Found {
  readonly block: Ipv4Block | null;
  readonly grant: BlockGrant;
}

/** The block for an order, which is not yet taken; or none, with what stood in the way. */
export function findBlock(ledger: BlockLedger, prepared: PreparedPolicy, wanted: Wanted): Found {
  const search = { ledger, prepared, wanted };
  const { requested } = wanted;
  const { policy, preferred } = prepared;
  if (requested !== null) return findRequested(requested, search);

  const obstruction = preferred === null ? null : obstructionOf(preferred, search);
  if (preferred !== null && obstruction === null) {
    return { block: preferred, grant: { cidr: policy.preferred, because: 'preferred' } };
  }
  const passedOver = passedOverOf(obstruction, policy.preferred);
  const { prefixLength } = policy;
  if (isVpcPrefixLength(prefixLength)) {
    for (const [index, range] of prepared.ranges.entries()) {
      if (!range.ok) continue;
      const first = ledger.space.firstFit(range.block, prefixLength, wanted.unavailable);
      if (first === null) continue;
      const block = blockAt(first, prefixLength);
      const cidr = formatBlock(block);
      return { block, grant: { cidr, because: 'first-free', range: index, passedOver } };
    }
  }
  const rejected = rejectionsOf(search, obstruction);
  return { block: null, grant: { cidr: null, because: 'none-free', passedOver, rejected } };
}

interface Search {
  readonly ledger: BlockLedger;
  readonly prepared: PreparedPolicy;
  readonly wanted: Wanted;
}

function findRequested(requested: string, search: Search): Found {
  const block = providerBlockOf(requested);
  const obstruction = block === null ? null : obstructionOf(block, search);
  if (block !== null && obstruction === null) {
    return { block, grant: { cidr: requested, because: 'requested' } };
  }
  const reason =
    obstruction === null ? (providerBlockProblem(requested) ?? 'is not free') : obstructionText(obstruction);
  return {
    block: null,
    grant: { cidr: null, because: 'requested-taken', rejected: [{ cidr: requested, reason }] },
  };
}

/** The first thing in the way of a block that a provider's VPC could have, or null. */
function obstructionOf(block: Ipv4Block, { ledger, prepared, wanted }: Search): Obstruction | null {
  const overlaps = (other: Ipv4Block): boolean => blocksOverlap(other, block);
  const avoided = wanted.avoid.find(overlaps);
  if (avoided !== undefined) return { by: 'avoided', cidr: formatBlock(avoided) };
  if (!ledger.space.isFree(block.first, block.prefixLength)) {
    for (const other of ledger.blocksIn(block)) {
      return { by: other.resting ? 'resting' : 'held', cidr: cidrOf(other) };
    }
  }
  const configured = prepared.reserved.find(overlaps);
  if (configured !== undefined) return { by: 'configured', cidr: formatBlock(configured) };
  for (const [cidr, reserved] of wanted.reserved)
    if (overlaps(reserved.block)) return { by: 'reserved', cidr };
  return null;
}

function passedOverOf(
  obstruction: Obstruction | null,
  preferred: string,
): NonNullable<BlockGrant['passedOver']> {
  if (obstruction === null) return 'unusable';
  return obstruction.cidr === preferred ? obstruction.by : `${obstruction.by} ${obstruction.cidr}`;
}

/** The preferred block and each range, without a walk over what is in them: there may be thousands, and thousands may ask. */
function rejectionsOf(search: Search, obstruction: Obstruction | null): Rejection[] {
  const { policy, ranges } = search.prepared;
  const why =
    obstruction === null
      ? (providerBlockProblem(policy.preferred) ?? 'is not free')
      : obstructionText(obstruction);
  const rejected = [{ cidr: policy.preferred, reason: why }];
  if (!isVpcPrefixLength(policy.prefixLength)) return rejected;
  for (const [index, range] of ranges.entries()) {
    const cidr = policy.ranges[index] ?? '';
    rejected.push({ cidr, reason: range.ok ? whyFull(range.block, search) : range.problem });
  }
  return rejected;
}

function whyFull(range: Ipv4Block, { prepared, wanted }: Search): string {
  const { prefixLength } = prepared.policy;
  if (range.prefixLength > prefixLength) return `is smaller than a /${prefixLength}`;
  const cover = wanted.avoid.find((block) => blockContains(block, range));
  return cover === undefined
    ? `no /${prefixLength} of it is free`
    : obstructionText({ by: 'avoided', cidr: formatBlock(cover) });
}
