import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { AccessIntent, AccessPlan, NetworkAclEntry } from '../../../domain/access/plan-access.js';
import { formatBlock, parseBlock } from '../../../domain/addresses/blocks.js';
import { closeBlock, intent, planOf, range } from './access-arbitraries.js';

/** A packet as a filter sees it; `remote` is the customer's address, `port` the destination's. */
interface Packet {
  readonly outgoing: boolean;
  readonly remote: number;
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  readonly port: number;
  readonly icmp: { readonly type: number; readonly code: number };
}

const NUMBERS = { tcp: '6', udp: '17', icmp: '1' } as const;
const NO_ICMP = { type: -1, code: -1 };

function holds(cidr: string, address: number): boolean {
  const { first, last } = parseBlock(cidr);
  return first <= address && address <= last;
}

function entryAllows(entry: NetworkAclEntry, packet: Packet): boolean {
  if (entry.egress !== packet.outgoing || entry.protocol !== NUMBERS[packet.protocol]) return false;
  if (!holds(entry.cidrBlock, packet.remote)) return false;
  if (packet.protocol === 'icmp') {
    const { icmp } = entry;
    return (
      icmp !== null && icmp.type === packet.icmp.type && (icmp.code === -1 || icmp.code === packet.icmp.code)
    );
  }
  return entry.portRange !== null && entry.portRange.from <= packet.port && packet.port <= entry.portRange.to;
}

const aclAllows = (plan: AccessPlan, packet: Packet): boolean =>
  plan.networkAclEntries.some((entry) => entryAllows(entry, packet));

/** A security group is stateful: only what opens a connection is asked. */
function groupOpens(plan: AccessPlan, packet: Packet): boolean {
  return plan.securityGroupEgress.some((rule) => {
    if (rule.ipProtocol !== packet.protocol || !holds(rule.cidr, packet.remote)) return false;
    if (rule.ipProtocol === 'icmp') return rule.fromPort === packet.icmp.type;
    return rule.fromPort <= packet.port && packet.port <= rule.toPort;
  });
}

const opens = (plan: AccessPlan, packet: Packet): boolean =>
  aclAllows(plan, packet) && groupOpens(plan, packet);

const ping = { type: 8, code: 0 };
const pingReply = { type: 0, code: 0 };
const tooBig = { type: 3, code: 4 };

const question = fc.record({
  subnetCidrs: fc.oneof(
    fc.uniqueArray(range, { minLength: 1, maxLength: 3 }),
    fc.uniqueArray(closeBlock.map(formatBlock), { minLength: 2, maxLength: 8 }),
  ),
  access: fc.array(intent, { minLength: 1, maxLength: 2 }),
});

/** Addresses and ports at and around every edge of what was asked, where an off-by-one would show. */
function edges(asked: { subnetCidrs: readonly string[]; access: readonly AccessIntent[] }): {
  addresses: number[];
  ports: number[];
} {
  const addresses = asked.subnetCidrs
    .map(parseBlock)
    .flatMap(({ first, last }) => [first - 1, first, last, last + 1]);
  const ports = asked.access
    .flatMap((one) => one.ports)
    .flatMap(({ from, to }) => [from - 1, from, to, to + 1])
    .filter((port) => port >= 0 && port <= 65_535);
  return { addresses, ports: [...ports, 0, 1023, 1024, 65_535] };
}

describe('the packet filter that a plan makes', () => {
  it('opens exactly what was asked, and lets the answers in', () => {
    fc.assert(
      fc.property(question, (asked) => {
        const plan = planOf(asked);
        fc.pre(plan !== undefined);
        const { addresses, ports } = edges(asked);
        for (const remote of addresses) {
          const reachable = asked.subnetCidrs.some((cidr) => holds(cidr, remote));
          for (const protocol of ['tcp', 'udp'] as const) {
            for (const port of ports) {
              const agreed =
                reachable &&
                asked.access.some(
                  (one) =>
                    one.protocol === protocol && one.ports.some(({ from, to }) => from <= port && port <= to),
                );
              const packet: Packet = { outgoing: true, remote, protocol, port, icmp: NO_ICMP };
              expect(opens(plan, packet)).toBe(agreed);
              expect(aclAllows(plan, packet)).toBe(agreed);
              if (!agreed) continue;
              for (const ephemeral of [1024, 32_768, 65_535]) {
                expect(aclAllows(plan, { ...packet, outgoing: false, port: ephemeral })).toBe(true);
              }
            }
            const inward: Packet = { outgoing: false, remote, protocol, port: 1023, icmp: NO_ICMP };
            expect(aclAllows(plan, inward)).toBe(false);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('lets ping out only where it was asked, its reply in, path MTU errors both ways, no other ICMP', () => {
    fc.assert(
      fc.property(question, (asked) => {
        const plan = planOf(asked);
        fc.pre(plan !== undefined);
        const pings = asked.access.some(({ protocol }) => protocol === 'icmp');
        for (const remote of edges(asked).addresses) {
          const reachable = asked.subnetCidrs.some((cidr) => holds(cidr, remote));
          const icmp = (outgoing: boolean, message: Packet['icmp']): Packet => ({
            outgoing,
            remote,
            protocol: 'icmp',
            port: -1,
            icmp: message,
          });
          expect(opens(plan, icmp(true, ping))).toBe(reachable && pings);
          expect(aclAllows(plan, icmp(false, pingReply))).toBe(reachable && pings);
          expect(aclAllows(plan, icmp(false, tooBig))).toBe(reachable);
          expect(aclAllows(plan, icmp(true, tooBig))).toBe(reachable);
          for (const other of [
            { type: 5, code: 0 },
            { type: 3, code: 1 },
            { type: 13, code: 0 },
          ]) {
            expect(aclAllows(plan, icmp(true, other)) || aclAllows(plan, icmp(false, other))).toBe(false);
          }
          expect(aclAllows(plan, icmp(false, ping))).toBe(false);
          expect(groupOpens(plan, icmp(true, tooBig))).toBe(false);
        }
      }),
      { numRuns: 60 },
    );
  });
});
