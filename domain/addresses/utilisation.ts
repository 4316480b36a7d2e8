import { CELL_SIZE, type AvoidedRanges } from './avoided-ranges.js';
import type { BlockLedger } from './block-ledger.js';
import type { RangeUtilisation } from './block-order.js';
import { blockAt, blockSize, formatBlock, type Ipv4Block } from './blocks.js';
import { LARGEST_VPC_PREFIX, SMALLEST_VPC_PREFIX } from './provider-space.js';

/** How much of a range is in use, and the largest block it still has. */
export function utilisationOf(
  range: Ipv4Block,
  ledger: BlockLedger,
  unavailable: AvoidedRanges,
): RangeUtilisation {
  const addresses = blockSize(range.prefixLength);
  let held = 0;
  let resting = 0;
  for (const { prefixLength, resting: rests } of ledger.blocksIn(range)) {
    const size = Math.min(blockSize(prefixLength), addresses);
    if (rests) resting += size;
    else held += size;
  }
  // A range smaller than the smallest block has room for none.
  let free = range.prefixLength > SMALLEST_VPC_PREFIX ? 0 : ledger.space.free(range);
  const firstCell = Math.floor(range.first / CELL_SIZE);
  const lastCell = Math.floor(range.last / CELL_SIZE);
  for (const run of unavailable.runsWithin(firstCell, lastCell)) {
    if (free === 0) break;
    free -= ledger.space.free({ first: run.first * CELL_SIZE, last: run.last * CELL_SIZE + CELL_SIZE - 1 });
  }
  return {
    cidr: formatBlock(range),
    addresses,
    free,
    held,
    resting,
    reserved: addresses - free - held - resting,
    largestFree: largestFree(range, ledger, unavailable),
  };
}

function largestFree(range: Ipv4Block, ledger: BlockLedger, unavailable: AvoidedRanges): string | null {
  for (
    let length = Math.max(LARGEST_VPC_PREFIX, range.prefixLength);
    length <= SMALLEST_VPC_PREFIX;
    length += 1
  ) {
    const first = ledger.space.firstFit(range, length, unavailable);
    if (first !== null) return formatBlock(blockAt(first, length));
  }
  return null;
}
