import { CELL_SIZE } from './avoided-ranges.js';
import { blockSize } from './blocks.js';
import type { PoolBlock } from './pool-block.js';

/** An `AddressPool` as JSON, about 70 bytes for each block of a holder whose name has 58 characters. */
export interface PoolSnapshot {
  readonly version: 1;
  readonly held: BlockColumns;
  readonly resting: BlockColumns;
  /** `since` in ms since the epoch. */
  readonly reserved: readonly { cidr: string; why: string; since: number }[];
}

/** Blocks in columns, one entry for each holder: numbers in base 36, as differences, separated by commas. */
export interface BlockColumns {
  readonly holders: readonly string[];
  /** How many /28s after the end of the block before; `/` and the prefix length where it is another than before. */
  readonly blocks: string;
  /** How many ms after the time before. */
  readonly times: string;
}

const RADIX = 36;

export function columnsOf(blocks: readonly PoolBlock[]): BlockColumns {
  const places: string[] = [];
  const times: string[] = [];
  let expected = 0;
  let prefixLength = 0;
  let time = 0;
  for (const block of blocks) {
    const gap = ((block.first - expected) / CELL_SIZE).toString(RADIX);
    places.push(block.prefixLength === prefixLength ? gap : `${gap}/${block.prefixLength.toString(RADIX)}`);
    times.push((block.time - time).toString(RADIX));
    ({ prefixLength, time } = block);
    expected = block.first + blockSize(prefixLength);
  }
  return {
    holders: blocks.map(({ holder }) => holder),
    blocks: places.join(','),
    times: times.join(','),
  };
}

export function blocksOf(columns: BlockColumns, resting: boolean): PoolBlock[] {
  const places = columns.blocks.split(',');
  const times = columns.times.split(',');
  let expected = 0;
  let prefixLength = 0;
  let time = 0;
  return columns.holders.map((holder, index) => {
    const [gap = '', changed] = (places[index] ?? '').split('/');
    if (changed !== undefined) prefixLength = parseInt(changed, RADIX);
    const first = expected + parseInt(gap, RADIX) * CELL_SIZE;
    time += parseInt(times[index] ?? '', RADIX);
    expected = first + blockSize(prefixLength);
    return { first, prefixLength, holder, time, resting };
  });
}
