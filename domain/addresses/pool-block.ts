import { blockAt, formatBlock, type Ipv4Block } from './blocks.js';

/** A block that somebody holds, or held last. */
export interface PoolBlock {
  readonly first: number;
  readonly prefixLength: number;
  readonly holder: string;
  /** In ms since the epoch: since when it is held, or until when it rests. */
  readonly time: number;
  readonly resting: boolean;
}

export function ipv4Of({ first, prefixLength }: PoolBlock): Ipv4Block {
  return blockAt(first, prefixLength);
}

export function cidrOf(block: PoolBlock): string {
  return formatBlock(ipv4Of(block));
}
