import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { planAccessChange, type AccessChangePlan } from '../../../domain/access/access-change.js';
import {
  MOST_NETWORK_ACL_ENTRIES,
  planAccess,
  type AccessPlan,
  type NetworkAclEntry,
} from '../../../domain/access/plan-access.js';
import { intent, planOf, range } from './access-arbitraries.js';

const asked = fc.record({
  subnetCidrs: fc.uniqueArray(range, { minLength: 1, maxLength: 5 }),
  access: fc.array(intent, { minLength: 1, maxLength: 3 }),
});

const change = (before: AccessPlan, wanted: AccessPlan): AccessChangePlan =>
  planAccessChange(before, wanted, MOST_NETWORK_ACL_ENTRIES);

/** What an entry allows, without the number it stands under. */
const meaning = ({ egress, protocol, cidrBlock, portRange, icmp }: NetworkAclEntry): string =>
  JSON.stringify([egress, protocol, cidrBlock, portRange, icmp]);
const meanings = (plan: AccessPlan): Set<string> => new Set(plan.networkAclEntries.map(meaning));
const place = ({ egress, ruleNumber }: NetworkAclEntry): string =>
  `${String(egress)} ${ruleNumber.toString()}`;

function withChanges(check: (before: AccessPlan, wanted: AccessPlan) => void): void {
  fc.assert(
    fc.property(asked, asked, (one, other) => {
      const before = planOf(one);
      const wanted = planOf(other);
      fc.pre(before !== undefined && wanted !== undefined);
      check(before, wanted);
    }),
  );
}

describe('a change of access', () => {
  it('ends with what is wanted, whatever was there', () => {
    withChanges((before, wanted) => {
      const { access } = change(before, wanted);
      expect(meanings(access)).toEqual(meanings(wanted));
      expect(access).toMatchObject({
        routes: wanted.routes,
        securityGroupEgress: wanted.securityGroupEgress,
      });
      expect(new Set(access.networkAclEntries.map(place)).size).toBe(access.networkAclEntries.length);
    });
  });

  it('in place, adds what is new beside all that was there, so that nothing that stays is ever missing', () => {
    withChanges((before, wanted) => {
      const { access, inPlace } = change(before, wanted);
      fc.pre(inPlace);
      const earlier = new Map(before.networkAclEntries.map((entry) => [place(entry), meaning(entry)]));
      const together = new Set(before.networkAclEntries.map(place));
      for (const entry of access.networkAclEntries) {
        // A number that was taken still means what it meant: nothing is replaced.
        expect(earlier.get(place(entry)) ?? meaning(entry)).toBe(meaning(entry));
        together.add(place(entry));
      }
      for (const egress of [true, false]) {
        const count = [...together].filter((at) => at.startsWith(String(egress))).length;
        expect(count).toBeLessThanOrEqual(MOST_NETWORK_ACL_ENTRIES);
      }
    });
  });

  it('keeps the numbers of a set that does not change', () => {
    withChanges((before) => {
      expect(change(before, before)).toEqual({ access: before, inPlace: true });
    });
  });

  it('needs a second network ACL where both sets together are too many', () => {
    const ports = (from: number): { from: number; to: number }[] =>
      Array.from({ length: 6 }, (_, index) => ({ from: from + 10 * index, to: from + 10 * index }));
    const plan = (from: number): AccessPlan =>
      planAccess({
        subnetCidrs: ['172.31.0.0/20', '172.31.32.0/20'],
        access: [{ protocol: 'tcp', ports: ports(from) }],
      });
    expect(change(plan(1000), plan(2000))).toEqual({ access: plan(2000), inPlace: false });
    expect(change(plan(1000), plan(1010)).inPlace).toBe(true);
    expect(planAccessChange(plan(1000), plan(2000), 39).inPlace).toBe(true);
  });
});
