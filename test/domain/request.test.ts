import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { planAccess } from '../../domain/access/plan-access.js';
import { parseRequest, type FieldProblem } from '../../domain/request.js';
import { context, example, validRequest, WRONG_VALUES } from './request/request-arbitraries.js';

function problemsOf(input: unknown): FieldProblem[] {
  const parsed = parseRequest(input, context);
  return parsed.ok ? [] : parsed.problems;
}

/** The top-level fields that are named. */
function wrongFields(input: unknown): string[] {
  const fields = problemsOf(input).map(({ field }) => /^[^.[]+/.exec(field)?.[0] ?? field);
  return [...new Set(fields)];
}

/** One field, one value, as the test's title shows them. */
const oneWrongField = Object.entries(WRONG_VALUES).flatMap(([field, values]) =>
  values.map((value): [string, string, unknown] => [field, JSON.stringify([value]).slice(1, 60), value]),
);

const allTcp = [{ protocol: 'tcp', ports: [{ from: 0, to: 65_535 }] }];

describe('a valid request', () => {
  it('is taken and normalised', () => {
    expect(parseRequest(example, context)).toEqual({
      ok: true,
      request: {
        ...example,
        access: [
          {
            protocol: 'tcp',
            ports: [
              { from: 5432, to: 5432 },
              { from: 8000, to: 8100 },
            ],
          },
        ],
      },
    });
  });

  it('needs six fields only; null is as good as absent', () => {
    const { customerName, organizationId, awsAccountId, region, vpcId, subnetCidrs } = example;
    const least = { customerName, organizationId, awsAccountId, region, vpcId, subnetCidrs };
    const nothing = {
      vpcCidrs: null,
      avoidCidrs: null,
      access: null,
      dnsResolution: null,
      networkGovernance: null,
    };
    const request = {
      ...least,
      vpcCidrs: [],
      avoidCidrs: [],
      access: allTcp,
      dnsResolution: true,
      networkGovernance: 'vpc',
      providerRegion: null,
      providerCidr: null,
    };
    expect(parseRequest(least, context)).toEqual({ ok: true, request });
    const withNulls = { ...least, ...nothing, providerRegion: null, providerCidr: null };
    expect(parseRequest(withNulls, context)).toEqual({ ok: true, request });
  });

  it('of any allowed shape is taken, survives JSON, and can be planned', () => {
    fc.assert(
      fc.property(validRequest, (input) => {
        const parsed = parseRequest(JSON.parse(JSON.stringify(input)), context);
        expect(parsed).toMatchObject({ ok: true });
        if (!parsed.ok) return;
        expect(parsed.request).toMatchObject({
          customerName: input.customerName,
          subnetCidrs: input.subnetCidrs,
          vpcCidrs: input.vpcCidrs ?? [],
          avoidCidrs: input.avoidCidrs ?? [],
          dnsResolution: input.dnsResolution ?? true,
          networkGovernance: input.networkGovernance ?? 'vpc',
        });
        expect(planAccess(parsed.request).routes).toEqual(input.subnetCidrs);
      }),
    );
  });

  it('may have ranges that no provider block may have, and ranges inside each other', () => {
    for (const subnetCidrs of [
      ['172.17.0.0/16'],
      ['52.1.0.0/16'],
      ['198.18.4.0/24'],
      ['10.0.0.0/16', '10.0.1.0/24'],
    ]) {
      expect(wrongFields({ ...example, vpcCidrs: null, subnetCidrs })).toEqual([]);
    }
    const spanning = {
      ...example,
      subnetCidrs: ['172.31.0.0/16'],
      vpcCidrs: ['172.31.0.0/17', '172.31.128.0/17'],
    };
    expect(wrongFields(spanning)).toEqual([]);
  });

  it.each([
    [
      [0, 65_535],
      [
        [0, 0],
        [65_535, 65_535],
      ],
    ],
    [
      ['0-65535', '7-7'],
      [
        [0, 65_535],
        [7, 7],
      ],
    ],
    [['443'], [[443, 443]]],
    [[-0], [[0, 0]]],
  ])('reads the ports %j', (ports, expected) => {
    const parsed = parseRequest({ ...example, access: [{ protocol: 'udp', ports }] }, context);
    const ranges = expected.map(([from, to]) => ({ from, to }));
    expect(parsed).toMatchObject({ ok: true, request: { access: [{ protocol: 'udp', ports: ranges }] } });
  });

  it('means all ports without ports, and ping with icmp', () => {
    const access = [{ protocol: 'udp' }, { protocol: 'icmp', ports: null }];
    expect(parseRequest({ ...example, access }, context)).toMatchObject({
      request: {
        access: [
          { protocol: 'udp', ports: [{ from: 0, to: 65_535 }] },
          { protocol: 'icmp', ports: [] },
        ],
      },
    });
  });
});

describe('one wrong field', () => {
  it.each(oneWrongField)('is named, alone: %s = %s', (field, _title, value) => {
    // Declared blocks of the VPC would make a range outside of them a second problem.
    const named = wrongFields({ ...example, vpcCidrs: null, [field]: value });
    expect(named).toEqual([field]);
  });

  it('is named in any valid request', () => {
    const mutation = fc.constantFrom(...oneWrongField);
    fc.assert(
      fc.property(validRequest, mutation, (input, [field, , value]) => {
        expect(wrongFields({ ...input, [field]: value })).toContain(field);
      }),
    );
  });

  it('is named by its place', () => {
    const input = {
      ...example,
      subnetCidrs: ['172.31.0.0/20', '172.31.16.1/20'],
      access: [
        { protocol: 'tcp', ports: [1, 2] },
        { protocol: 'tcp', ports: [3, 70_000], portz: 1 },
      ],
    };
    expect(problemsOf(input)).toEqual([
      { field: 'subnetCidrs[1]', problem: '172.31.16.1/20 has host bits; the block is 172.31.16.0/20' },
      { field: 'access[1].portz', problem: 'is not a known field' },
      { field: 'access[1].ports[1]', problem: '70000 is outside 0–65535' },
    ]);
  });
});

describe('several wrong fields', () => {
  it('are all named at once, in order', () => {
    const wrong = fc
      .uniqueArray(fc.constantFrom(...Object.keys(WRONG_VALUES)), { minLength: 2 })
      .chain((fields) =>
        fc.record(
          Object.fromEntries(fields.map((field) => [field, fc.constantFrom(...(WRONG_VALUES[field] ?? []))])),
        ),
      );
    fc.assert(
      fc.property(validRequest, wrong, (input, changes) => {
        const named = wrongFields({ ...input, ...changes });
        expect(named).toEqual(expect.arrayContaining(Object.keys(changes)));
        const order = Object.keys(WRONG_VALUES).filter((field) => named.includes(field));
        expect(named.filter((field) => field in WRONG_VALUES)).toEqual(order);
      }),
    );
  });

  it('are compared with each other where they are valid themselves', () => {
    const input = {
      ...example,
      customerName: '',
      awsAccountId: context.providerAccountId,
      subnetCidrs: ['172.31.0.0/20', '10.0.0.0/24'],
      access: [{ protocol: 'tcp', ports: Array.from({ length: 30 }, (_, index) => index * 2) }],
      providerRegion: 'eu-west-2',
      providerCidr: '172.31.0.0/25',
    };
    expect(problemsOf(input).map(({ field }) => field)).toEqual([
      'customerName',
      'awsAccountId',
      'subnetCidrs[1]',
      'access',
      'providerRegion',
      'providerCidr',
    ]);
  });

  it('include too many separate ranges for the network ACL', () => {
    const subnetCidrs = Array.from({ length: 11 }, (_, index) => `172.31.${String(index * 2)}.0/24`);
    const access = [{ protocol: 'tcp', ports: [443] }];
    expect(problemsOf({ ...example, subnetCidrs, access })).toEqual([
      { field: 'subnetCidrs', problem: expect.stringContaining('needs 22 network ACL entries') },
    ]);
    expect(wrongFields({ ...example, subnetCidrs, access: 'all' })).toEqual(['subnetCidrs', 'access']);
  });

  it('refuse a provider block over the ranges of the customer, be they nested either way', () => {
    for (const providerCidr of ['172.31.0.0/16', '172.31.255.240/28']) {
      expect(wrongFields({ ...example, providerCidr })).toEqual(['providerCidr']);
    }
    expect(wrongFields({ ...example, vpcCidrs: null, providerCidr: '172.31.0.0/25' })).toEqual([
      'providerCidr',
    ]);
    expect(wrongFields({ ...example, vpcCidrs: null, providerCidr: '172.31.32.0/25' })).toEqual([]);
    expect(wrongFields({ ...example, providerCidr: '10.111.255.0/25' })).toEqual(['providerCidr']);
  });
});

describe('an unknown field', () => {
  it.each(['vpcID', 'extra', 'toString', 'constructor', 'hasOwnProperty', '__proto__'])(
    'is named: %s',
    (key) => {
      const text = JSON.stringify(example).replace('{', `{"${key}":1,`);
      expect(problemsOf(JSON.parse(text))).toEqual([{ field: key, problem: 'is not a known field' }]);
    },
  );

  it('is named safely whatever it is called', () => {
    for (const key of ['a\u0000b', 'x'.repeat(1_000_000), 'a.b[0]', '', '\u202e']) {
      const [problem, ...others] = problemsOf({ ...example, [key]: 1 });
      expect(others).toEqual([]);
      expect(problem?.problem).toBe('is not a known field');
      expect(problem?.field).toMatch(/^"[^\p{Cc}\p{Cf}]{0,80}"$/u);
    }
  });

  it('is counted beyond fifty', () => {
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`f${String(index)}`, 1]));
    const problems = problemsOf({ ...example, ...many });
    expect(problems).toHaveLength(51);
    expect(problems.at(-1)).toEqual({ field: 'request', problem: 'has 9950 more unknown fields' });
  });
});

describe('what is no request at all', () => {
  it.each([[undefined], [null], [7], [true], ['{}'], [[]], [[example]], [10n], [Symbol('x')], [() => 1]])(
    'is refused: %p',
    (input) => {
      expect(problemsOf(input)).toEqual([
        { field: 'request', problem: expect.stringContaining('must be an object with customerName') },
      ]);
    },
  );

  it('never throws, whatever it is', () => {
    const named = fc.record(
      Object.fromEntries(Object.keys(WRONG_VALUES).map((field) => [field, fc.anything({ maxDepth: 3 })])),
      { requiredKeys: [] },
    );
    fc.assert(fc.property(fc.oneof(fc.anything(), named), (input) => void parseRequest(input, context)));
  });

  it('names every required field of an empty one', () => {
    expect(problemsOf({})).toEqual(
      ['customerName', 'organizationId', 'awsAccountId', 'region', 'vpcId', 'subnetCidrs'].map((field) => ({
        field,
        problem: 'is required',
      })),
    );
  });

  it('keeps nothing large of a large one', () => {
    const input = {
      ...example,
      customerName: 'x'.repeat(2_000_000),
      organizationId: '\u0000'.repeat(2_000_000),
      region: ':'.repeat(2_000_000),
      vpcId: 'v'.repeat(2_000_000),
      subnetCidrs: Array.from({ length: 10_000 }, (_, index) => `10.0.0.${String(index)}/32`),
      vpcCidrs: Array.from({ length: 200 }, () => ':'.repeat(100_000)),
      access: Array.from({ length: 50 }, () => ({
        protocol: '\n'.repeat(10_000),
        ports: Array.from({ length: 100 }, () => '9'.repeat(1000)),
      })),
      providerCidr: '1.'.repeat(1_000_000),
    };
    const problems = problemsOf(input);
    expect(wrongFields(input)).toHaveLength(8);
    expect(Math.max(...problems.map(({ problem }) => problem.length))).toBeLessThan(600);
    expect(problems.find(({ field }) => field === 'subnetCidrs')?.problem).toContain(
      'has 10000 ranges; at most 500',
    );
  });
});
