/** An `AddressPool` as JSON. The columns of `held` and `resting` are encoded by `pool-snapshot.ts` alone. */
export interface PoolSnapshot {
  readonly version: 1;
  readonly held: BlockColumns;
  readonly resting: BlockColumns;
  readonly reserved: readonly { cidr: string; why: string; since: number }[];
}

/** As many blocks as `holders`, in the order in which they came. */
export interface BlockColumns {
  readonly holders: readonly string[];
  readonly blocks: string;
  readonly times: string;
}
