import type { BlockExplanation } from '../domain/addresses/block-order.js';

/** Result of `manageAddresses`: what became of the order; a refusal is an answer. */
export type AddressAnswer =
  | { kind: 'explain'; scope: string; explanation: BlockExplanation }
  | { kind: 'done'; scope: string; what: string }
  | { kind: 'refused'; scope: string; why: string };
