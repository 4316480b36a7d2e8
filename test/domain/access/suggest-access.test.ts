import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  AccessLimitError,
  MOST_NETWORK_ACL_ENTRIES,
  planAccess,
  type AccessIntent,
  type AskedAccess,
} from '../../../domain/access/plan-access.js';
import {
  fewerRangesText,
  suggestAccess,
  type AccessSuggestion,
} from '../../../domain/access/suggest-access.js';
import { aggregateCidrs, cidrContains } from '../../../domain/addresses/blocks.js';
import { describeProblems, parseRequest, type FieldProblem } from '../../../domain/request.js';
import { intent, range } from './access-arbitraries.js';

const CONTEXT = { providerAccountId: '111122223333', providerRegions: ['eu-west-1'] };

const apart = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `172.31.${String(index * 2)}.0/24`);
const tcp = (...ports: number[]): AccessIntent[] => [
  { protocol: 'tcp', ports: ports.map((port) => ({ from: port, to: port })) },
];

function refusalOf(asked: AskedAccess): AccessLimitError | null {
  try {
    planAccess(asked);
    return null;
  } catch (error) {
    if (error instanceof AccessLimitError) return error;
    throw error;
  }
}

function suggestionFor(asked: AskedAccess, within?: string): AccessSuggestion | null {
  const error = refusalOf(asked);
  if (error === null) throw new Error('nothing was refused');
  const wholes = within === undefined ? null : [within];
  return suggestAccess(error, {
    asked,
    mostEntries: MOST_NETWORK_ACL_ENTRIES,
    mayOpen: ({ first, last }) =>
      wholes === null ||
      wholes.some(
        (whole) => cidrContains(whole, `${dotted(first)}/32`) && cidrContains(whole, `${dotted(last)}/32`),
      ),
  });
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => String(Math.floor(address / 2 ** shift) % 256)).join('.');
}

/** As the interface has it. */
function requestOf({ subnetCidrs, access }: AskedAccess, more: object = {}): object {
  return {
    customerName: 'Acme',
    organizationId: 'org-42',
    awsAccountId: '444455556666',
    region: 'eu-west-1',
    vpcId: 'vpc-0a1b2c3d4e5f60718',
    subnetCidrs,
    access: access.map(({ protocol, ports }) =>
      protocol === 'icmp'
        ? { protocol }
        : { protocol, ports: ports.map(({ from, to }) => `${String(from)}-${String(to)}`) },
    ),
    ...more,
  };
}

function problemsOf(input: object): FieldProblem[] {
  const parsed = parseRequest(input, CONTEXT);
  return parsed.ok ? [] : parsed.problems;
}

/** A request as it would be written after the advice in the text has been followed, and nothing else. */
function followed(asked: AskedAccess, text: string): AskedAccess {
  const [, named = ''] = / with (.*) for what is inside/.exec(text) ?? [];
  const parts = named.split(', ');
  const ranges = parts.filter((part) => part.includes('/'));
  const wider = parts.flatMap((part): AccessIntent[] => {
    const [, protocol, from, to] = /^(tcp|udp) (\d+)-(\d+)$/.exec(part) ?? [];
    if (protocol !== 'tcp' && protocol !== 'udp') return [];
    return [{ protocol, ports: [{ from: Number(from), to: Number(to) }] }];
  });
  const kept = asked.subnetCidrs.filter((cidr) => !ranges.some((wider) => cidrContains(wider, cidr)));
  return { subnetCidrs: [...kept, ...ranges], access: [...asked.access, ...wider] };
}

describe('a suggestion in place of access that needs too much', () => {
  const wild = fc.record({
    subnetCidrs: fc.uniqueArray(range, { minLength: 1, maxLength: 40 }),
    access: fc.array(intent, { minLength: 1, maxLength: 12 }),
  });

  it('would be taken, opens all that was asked for, and says in its text what to state', () => {
    fc.assert(
      fc.property(wild, (asked) => {
        fc.pre(refusalOf(asked) !== null);
        const suggestion = suggestionFor(asked);
        // All ranges lie in one /16, so that there always is one.
        if (suggestion === null) throw new Error('nothing was suggested');
        expect(problemsOf(requestOf(suggestion))).toEqual([]);
        for (const cidr of asked.subnetCidrs) {
          expect(suggestion.subnetCidrs.some((wider) => cidrContains(wider, cidr))).toBe(true);
        }
        for (const { protocol, ports } of asked.access) {
          const opened = suggestion.access.filter((one) => one.protocol === protocol);
          expect(opened).not.toEqual([]);
          for (const { from, to } of ports) {
            const holds = (one: { from: number; to: number }): boolean => one.from <= from && to <= one.to;
            expect(opened.some((one) => one.ports.some(holds))).toBe(true);
          }
        }
        const byText = planAccess(followed(asked, suggestion.text));
        expect(byText.networkAclEntries).toEqual(planAccess(suggestion).networkAclEntries);
        const needed = byText.networkAclEntries.filter(({ egress }) => egress).length;
        expect(suggestion.text).toMatch(new RegExp(`^${String(needed)} with `));
      }),
    );
  });

  it('is told in full with the refusal of the request, which names the field and the numbers', () => {
    fc.assert(
      fc.property(wild, (asked) => {
        const error = refusalOf(asked);
        if (error === null) return;
        const problems = problemsOf(requestOf(asked));
        expect(problems).toEqual([
          { field: error.field, problem: `${error.message}; ${suggestionFor(asked)?.text ?? ''}` },
        ]);
        expect(describeProblems(problems)).not.toContain('…');
      }),
    );
  });

  it('joins the nearest ranges, and counts what that would open besides', () => {
    expect(suggestionFor({ subnetCidrs: apart(10), access: tcp(443) })?.text).toBe(
      '18 with 172.31.0.0/22 for what is inside, which opens 512 more addresses',
    );
  });

  it('goes by the quota that the provider has', () => {
    const asked = { subnetCidrs: apart(20), access: tcp(443) };
    const textBy = (mostNetworkAclEntries: number): string => {
      const parsed = parseRequest(requestOf(asked), { ...CONTEXT, mostNetworkAclEntries });
      return parsed.ok ? 'taken' : (parsed.problems[0]?.problem ?? '');
    };
    expect(textBy(39)).toMatch(/^needs 40 .* takes 39: .*; 38 with 172\.31\.0\.0\/22 for what is inside/);
    expect(textBy(40)).toBe('taken');
  });

  it('joins the nearest ports where those are the more', () => {
    expect(
      suggestionFor({ subnetCidrs: apart(2), access: tcp(1, 100, 200, 300, 400, 410, 500, 600, 700) })?.text,
    ).toBe('18 with tcp 400-410 for what is inside, which opens 9 more ports');
  });

  it('counts ping and path MTU discovery among what has to fit', () => {
    const access: AccessIntent[] = [
      ...tcp(1, 100, 200, 300, 400, 500, 600, 608),
      { protocol: 'icmp', ports: [] },
    ];
    expect(suggestionFor({ subnetCidrs: apart(2), access })?.text).toBe(
      '18 with tcp 600-608 for what is inside, which opens 7 more ports',
    );
  });

  it('joins both where neither is enough', () => {
    const access = tcp(...Array.from({ length: 40 }, (_, index) => index * 10));
    expect(suggestionFor({ subnetCidrs: apart(30), access })?.text).toMatch(
      /^\d+ with 172\.31\.\S+, .*tcp 0-390 for what is inside, which opens \d+ more addresses and 351 more ports$/,
    );
  });

  it('joins exactly what is too much for a route table', () => {
    const addresses = Array.from(
      { length: 1000 },
      (_, index) => `172.31.${String(index >> 8)}.${String(index % 256)}/32`,
    );
    const asked = { subnetCidrs: addresses.slice(0, 768), access: tcp(443) };
    const suggestion = suggestionFor(asked);
    expect(suggestion).toMatchObject({
      subnetCidrs: ['172.31.0.0/23', '172.31.2.0/24'],
      text: '2 with 172.31.0.0/23, 172.31.2.0/24 for what is inside, which opens nothing more',
    });
    expect(problemsOf(requestOf(asked))).toEqual([
      {
        field: 'subnetCidrs',
        problem: expect.stringMatching(/^needs 768 routes where AWS takes 500: .*; 2 with /),
      },
    ]);
    expect(problemsOf(requestOf({ ...asked, subnetCidrs: [...addresses, '10.0.0.0/24'] }))).toEqual([
      { field: 'subnetCidrs', problem: 'has 1001 ranges; at most 500 are allowed' },
    ]);
  });

  it('stays inside the declared VPC, and off the block that the provider was asked to take', () => {
    const asked = { subnetCidrs: apart(10), access: tcp(443) };
    const textOf = (more: object): string => problemsOf(requestOf(asked, more))[0]?.problem ?? '';
    expect(textOf({ vpcCidrs: ['172.31.0.0/16'] })).toContain('18 with 172.31.0.0/22');
    // 172.31.1.0/24 is no part of this VPC, so that the first two cannot be joined.
    const parts = ['172.31.0.0/24', '172.31.2.0/23', '172.31.4.0/22', '172.31.8.0/21', '172.31.16.0/21'];
    expect(textOf({ vpcCidrs: parts })).toContain('18 with 172.31.4.0/22');
    expect(textOf({ providerCidr: '172.31.1.0/24' })).toContain('18 with 172.31.4.0/22');
  });

  it('is none where no wider range may be stated; the refusal then says how many may', () => {
    const scattered = Array.from({ length: 11 }, (_, index) => `10.${String(index * 2)}.0.0/24`);
    const asked = { subnetCidrs: scattered, access: tcp(443) };
    expect(suggestionFor(asked)).toBeNull();
    expect(problemsOf(requestOf(asked))[0]?.problem).toMatch(
      /takes 19: .*; no wider .* state at most 9 separate ones$/,
    );
    expect(planAccess({ ...asked, subnetCidrs: scattered.slice(0, 9) }).routes).toHaveLength(9);

    const many = tcp(...Array.from({ length: 20 }, (_, index) => index * 10));
    expect(fewerRangesText({ ...asked, access: many }, MOST_NETWORK_ACL_ENTRIES)).toMatch(
      /at most 9 separate ones, with one range of ports/,
    );
    expect(suggestionFor({ ...asked, subnetCidrs: apart(11) }, '172.31.0.0/24')).toBeNull();
    expect(aggregateCidrs(apart(11))).toHaveLength(11);
  });
});
