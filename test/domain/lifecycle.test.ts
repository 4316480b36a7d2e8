import { describe, expect, it } from '@jest/globals';
import {
  assertTransition,
  END_STATES,
  isAccepted,
  isDeletable,
  isEndState,
  isOver,
  isPending,
  isVpcPeeringStatus,
  LifecycleError,
  TRANSITIONS,
  VPC_PEERING_STATUSES,
  type PeeringState,
} from '../../domain/lifecycle.js';

/** The states of the interface, written out a second time on purpose: a lost one is a broken promise. */
const STATES: readonly PeeringState[] = [
  'planning',
  'building-network',
  'requesting',
  'awaiting-acceptance',
  'parked',
  'configuring',
  'active',
  'releasing',
  'released',
  'declined',
  'expired',
  'failed',
  'cancelled',
  'disconnected',
];
const ENDS: readonly PeeringState[] = [
  'released',
  'declined',
  'expired',
  'failed',
  'cancelled',
  'disconnected',
];

/** Every state that can be reached from this one. */
function reachable(from: PeeringState): Set<PeeringState> {
  const seen = new Set<PeeringState>([from]);
  for (const state of seen) for (const next of TRANSITIONS[state]) seen.add(next);
  return seen;
}

describe('the lifecycle', () => {
  it('has the states of the interface, and its ends', () => {
    expect(Object.keys(TRANSITIONS).sort()).toEqual([...STATES].sort());
    expect([...END_STATES].sort()).toEqual([...ENDS].sort());
    for (const state of STATES) expect(isEndState(state)).toBe(ENDS.includes(state));
  });

  it('accepts exactly the moves of its table, and staying', () => {
    for (const from of STATES) {
      expect(new Set(TRANSITIONS[from]).size).toBe(TRANSITIONS[from].length);
      expect(TRANSITIONS[from]).not.toContain(from);
      for (const to of STATES) {
        const move = (): void => assertTransition(from, to);
        if (from === to || TRANSITIONS[from].includes(to)) expect(move).not.toThrow();
        else expect(move).toThrow(LifecycleError);
      }
    }
  });

  it('reaches every state from planning, and some end from every state', () => {
    expect(reachable('planning')).toEqual(new Set(STATES));
    for (const state of STATES) expect([...reachable(state)].some(isEndState)).toBe(true);
  });

  it('tells the main story', () => {
    const story: PeeringState[] = [
      'planning',
      'building-network',
      'requesting',
      'awaiting-acceptance',
      'configuring',
      'active',
      'releasing',
      'released',
    ];
    for (const [index, to] of story.slice(1).entries()) {
      const from = story[index];
      if (from !== undefined) expect(TRANSITIONS[from]).toContain(to);
    }
  });

  it('can park in every state that works or waits, and go back there', () => {
    for (const state of STATES.filter((one) => !isEndState(one) && one !== 'parked')) {
      expect(TRANSITIONS[state]).toContain('parked');
      expect(TRANSITIONS.parked).toContain(state);
    }
  });

  it('never becomes active without being configured, nor comes back from releasing', () => {
    const beforeActive = STATES.filter((state) => TRANSITIONS[state].includes('active'));
    expect(beforeActive.sort()).toEqual(['configuring', 'parked']);
    for (const next of TRANSITIONS.releasing) expect(next === 'parked' || isEndState(next)).toBe(true);
  });

  it('never asks again once the customer has accepted', () => {
    for (const accepted of ['configuring', 'active'] as const) {
      for (const before of ['planning', 'building-network', 'requesting', 'awaiting-acceptance'] as const) {
        expect(TRANSITIONS[accepted]).not.toContain(before);
      }
    }
  });

  it('says which move was wrong', () => {
    expect(() => assertTransition('released', 'active')).toThrow('from released to active (nothing follows)');
  });
});

describe("AWS's status of a peering", () => {
  it('belongs to exactly one of pending, accepted and over', () => {
    for (const status of VPC_PEERING_STATUSES) {
      const families = [isPending, isAccepted, isOver].filter((predicate) => predicate(status));
      expect(families).toHaveLength(1);
    }
    expect(VPC_PEERING_STATUSES.filter(isOver)).toEqual([
      'rejected',
      'expired',
      'failed',
      'deleting',
      'deleted',
    ]);
  });

  it('lets the requester delete what is pending or accepted only', () => {
    expect(VPC_PEERING_STATUSES.filter(isDeletable)).toEqual([
      'initiating-request',
      'pending-acceptance',
      'provisioning',
      'active',
    ]);
  });

  it('is told from other texts', () => {
    for (const status of VPC_PEERING_STATUSES) expect(isVpcPeeringStatus(status)).toBe(true);
    for (const text of ['', 'Active', 'toString']) expect(isVpcPeeringStatus(text)).toBe(false);
  });
});
