import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  NETWORK_ACL_RULES,
  ownEntriesOf,
  planAccess,
  type AccessIntent,
} from '../../../domain/access/plan-access.js';
import { mergePorts, type PortRange } from '../../../domain/access/port-ranges.js';
import { intent, planOf, range } from './access-arbitraries.js';

describe('the rules of a plan', () => {
  it('stay within the limits of AWS, are numbered once per direction, and routes are the stated ranges', () => {
    const wild = fc.record({
      subnetCidrs: fc.uniqueArray(range, { minLength: 1, maxLength: 12 }),
      access: fc.array(intent, { minLength: 1, maxLength: 6 }),
    });
    fc.assert(
      fc.property(wild, (asked) => {
        const plan = planOf(asked);
        if (plan === undefined) return;
        expect(plan.routes).toEqual(asked.subnetCidrs);
        expect(plan.securityGroupEgress.length).toBeLessThanOrEqual(60);
        for (const egress of [true, false]) {
          const entries = plan.networkAclEntries.filter((entry) => entry.egress === egress);
          expect(entries.length).toBeLessThanOrEqual(19);
          expect(entries.map(({ ruleNumber }) => ruleNumber)).toEqual(
            entries.map((_, index) => 100 + 10 * index),
          );
          const isPathMtu = entries.map(({ icmp }) => icmp?.type === 3);
          expect(isPathMtu).toEqual([...isPathMtu].sort());
          expect(isPathMtu[0]).toBe(false);
        }
      }),
    );
  });

  it('are the same however equal access is written', () => {
    const split = planAccess({
      subnetCidrs: ['172.31.0.0/25', '172.31.0.128/25', '172.31.0.0/28'],
      access: [
        { protocol: 'udp', ports: [{ from: 53, to: 53 }] },
        { protocol: 'tcp', ports: [{ from: 8051, to: 8100 }] },
        {
          protocol: 'tcp',
          ports: [
            { from: 8000, to: 8050 },
            { from: 8010, to: 8020 },
          ],
        },
      ],
    });
    const whole = planAccess({
      subnetCidrs: ['172.31.0.0/24'],
      access: [
        { protocol: 'tcp', ports: [{ from: 8000, to: 8100 }] },
        { protocol: 'udp', ports: [{ from: 53, to: 53 }] },
      ],
    });
    expect(split.networkAclEntries).toEqual(whole.networkAclEntries);
    expect(split.securityGroupEgress).toEqual(whole.securityGroupEgress);
    expect(split.routes).toHaveLength(3);
  });

  it('are these for one range and one port', () => {
    const plan = planAccess({
      subnetCidrs: ['172.31.0.0/20'],
      access: [{ protocol: 'tcp', ports: [{ from: 5432, to: 5432 }] }],
    });
    const to = { cidrBlock: '172.31.0.0/20' };
    const mtu = { ...to, protocol: '1', portRange: null, icmp: { type: 3, code: 4 }, ruleNumber: 110 };
    const main = { ...to, protocol: '6', icmp: null, ruleNumber: 100 };
    expect(plan).toEqual({
      routes: ['172.31.0.0/20'],
      networkAclEntries: [
        { ...main, egress: true, portRange: { from: 5432, to: 5432 } },
        { ...mtu, egress: true },
        { ...main, egress: false, portRange: { from: 1024, to: 65_535 } },
        { ...mtu, egress: false },
      ],
      securityGroupEgress: [{ ipProtocol: 'tcp', fromPort: 5432, toPort: 5432, cidr: '172.31.0.0/20' }],
    });
  });

  it('are echo request and reply for ping alone', () => {
    const plan = planAccess({ subnetCidrs: ['172.31.0.0/20'], access: [{ protocol: 'icmp', ports: [] }] });
    expect(
      plan.networkAclEntries.map(({ egress, ruleNumber, icmp }) => [egress, ruleNumber, icmp?.type]),
    ).toEqual([
      [true, 100, 8],
      [true, 110, 3],
      [false, 100, 0],
      [false, 110, 3],
    ]);
    expect(plan.securityGroupEgress).toEqual([
      { ipProtocol: 'icmp', fromPort: 8, toPort: -1, cidr: '172.31.0.0/20' },
    ]);
  });
});

describe('too many rules', () => {
  const apart = (count: number): string[] =>
    Array.from({ length: count }, (_, index) => `172.31.${String(index * 2)}.0/24`);
  const ports = (count: number): PortRange[] =>
    Array.from({ length: count }, (_, index) => ({ from: index * 10, to: index * 10 }));
  const tcp = (count: number): AccessIntent[] => [{ protocol: 'tcp', ports: ports(count) }];

  it('is refused just above what fits, naming limit, need and field', () => {
    expect(planAccess({ subnetCidrs: apart(9), access: tcp(1) }).networkAclEntries).toHaveLength(36);
    expect(planAccess({ subnetCidrs: apart(1), access: tcp(18) }).networkAclEntries).toHaveLength(21);
    expect(() => planAccess({ subnetCidrs: apart(1), access: tcp(19) })).toThrow();
    expect(() => planAccess({ subnetCidrs: apart(10), access: tcp(1) })).toThrow(
      expect.objectContaining({
        name: 'AccessLimitError',
        quota: 'network ACL entries',
        field: 'subnetCidrs',
        needed: 20,
        limit: 19,
        message: expect.stringMatching(/^needs 20 .* takes 19: 10 separate ranges times 2 kinds of traffic/),
      }),
    );
    expect(() => planAccess({ subnetCidrs: apart(2), access: tcp(10) })).toThrow(
      expect.objectContaining({ field: 'access', needed: 22 }),
    );
  });

  it('is refused above a raised quota only, where one is given', () => {
    const rules = ownEntriesOf(NETWORK_ACL_RULES.most);
    expect(rules).toBe(39);
    expect(planAccess({ subnetCidrs: apart(19), access: tcp(1) }, rules).networkAclEntries).toHaveLength(76);
    expect(() => planAccess({ subnetCidrs: apart(20), access: tcp(1) }, rules)).toThrow(
      expect.objectContaining({ needed: 40, limit: 39 }),
    );
  });

  it('is refused above 500 routes, one for each stated range, whatever they come to when joined', () => {
    const addresses = Array.from(
      { length: 501 },
      (_, index) => `10.0.${String(index >> 8)}.${String(index % 256)}/32`,
    );
    expect(() => planAccess({ subnetCidrs: addresses, access: tcp(1) })).toThrow(
      expect.objectContaining({
        quota: 'routes',
        field: 'subnetCidrs',
        needed: 501,
        limit: 500,
        message: 'needs 501 routes where AWS takes 500: one for each stated range',
      }),
    );
    const some = addresses.slice(0, 500);
    expect(planAccess({ subnetCidrs: [...some, ...some], access: tcp(1) }).routes).toEqual(some);
  });

  it('counts ranges and ports after they are merged', () => {
    const neighbours = Array.from({ length: 16 }, (_, index) => `172.31.${String(index)}.0/24`);
    const plan = planAccess({ subnetCidrs: neighbours, access: tcp(1) });
    expect(plan.networkAclEntries).toHaveLength(4);
    expect(plan.routes).toEqual(neighbours);
  });
});

describe('merging ports', () => {
  it('keeps exactly the same ports, apart and in order', () => {
    const low = fc
      .tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 9 }))
      .map(([from, more]) => ({ from, to: from + more }));
    fc.assert(
      fc.property(fc.array(low), (ranges) => {
        const merged = mergePorts(ranges);
        for (let port = 0; port <= 70; port += 1) {
          const within = ({ from, to }: PortRange): boolean => from <= port && port <= to;
          expect(merged.some(within)).toBe(ranges.some(within));
        }
        for (const [index, next] of merged.slice(1).entries()) {
          expect(next.from).toBeGreaterThan((merged[index]?.to ?? Infinity) + 1);
        }
      }),
    );
  });
});
