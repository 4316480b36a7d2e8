import type { PeeringState } from '../../../domain/lifecycle.js';
import type { PlannedFault } from '../fault-activities.js';
import type { PlannedCallFault } from '../fault-calls.js';
import type { Mutate } from '../fault-worker.js';
import type { Edit } from '../mutant-bundle.js';

/** Where a mutant is to be revealed: a story, what goes wrong in it, and what comes of it in the real code. */
export interface RevealingPoint {
  readonly story: string;
  /** Something else than a fault: what the customer does right before the first call of an activity. */
  readonly fault: PlannedFault | readonly PlannedCallFault[] | { readonly peeringDeletedBefore: string };
  readonly end: string;
  /** A state that the real code goes through. */
  readonly by?: string;
  /** So many looks do not show a new VPC; 0 unless told. */
  readonly vpcUnseenFor?: number;
}

/** The code with one compensation or one check taken out. */
export interface Mutant {
  /** What is missing. */
  readonly name: string;
  readonly point: RevealingPoint;
  /** What the oracle says of it, or where the run stays for good. */
  readonly shows: RegExp | { readonly staysIn: PeeringState };
  /** It comes to no end, besides. */
  readonly hangs?: true;
  readonly code: { readonly activities: Mutate } | { readonly workflows: readonly Edit[] };
}
