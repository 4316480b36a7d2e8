import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { describeProblems, parseRequest, type FieldProblem } from '../../../domain/request.js';
import { context, example, WRONG_VALUES } from './request-arbitraries.js';

const FIELDS = Object.keys(WRONG_VALUES);

describe('the description of problems', () => {
  it('is one line with field and problem', () => {
    const problems = [
      { field: 'region', problem: 'is required' },
      { field: 'subnetCidrs[3]', problem: '10.0.0.1/24 has host bits' },
    ];
    expect(describeProblems(problems)).toBe('region: is required; subnetCidrs[3]: 10.0.0.1/24 has host bits');
    expect(describeProblems([])).toBe('');
  });

  it('lists five of a field and counts the rest', () => {
    const problems = Array.from({ length: 10_000 }, (_, index) => ({
      field: `subnetCidrs[${String(index)}]`,
      problem: 'is wrong',
    }));
    const text = describeProblems([...problems, { field: 'vpcId', problem: 'is required' }]);
    expect(text).toContain('subnetCidrs[4]: is wrong; subnetCidrs: and 9995 more; vpcId: is required');
    expect(text).not.toContain('subnetCidrs[5]');
  });

  it('names every wrong field within 4,000 characters, however many and long the problems are', () => {
    const anyProblem: fc.Arbitrary<FieldProblem> = fc.record({
      field: fc
        .tuple(fc.constantFrom(...FIELDS), fc.constantFrom('', '[0]', '[49].ports[99]', '[3].protocol'))
        .map((parts) => parts.join('')),
      problem: fc.constantFrom('is wrong', 'x'.repeat(200), 'y'.repeat(5_000)),
    });
    fc.assert(
      fc.property(fc.array(anyProblem, { maxLength: 200 }), (problems) => {
        const text = describeProblems(problems);
        expect(text.length).toBeLessThanOrEqual(4_000);
        for (const { field } of problems) expect(text).toContain(/^\w+/.exec(field)?.[0]);
      }),
    );
  });

  it('names every field even where each has many long problems', () => {
    const problems = FIELDS.flatMap((field) =>
      Array.from({ length: 10 }, (_, index) => ({
        field: `${field}[${String(index)}]`,
        problem: 'x'.repeat(5_000),
      })),
    );
    const text = describeProblems(problems);
    expect(text.length).toBeLessThanOrEqual(4_000);
    for (const field of FIELDS) {
      expect(text).toContain(`${field}[0]: xxx`);
      expect(text).toContain(`${field}: and 9 more`);
    }
  });

  it('counts unknown fields where there is no room to name them', () => {
    const unknown = Array.from({ length: 500 }, (_, index) => ({
      field: `unknown-${'x'.repeat(40)}-${String(index)}`,
      problem: 'is not a known field',
    }));
    const text = describeProblems([{ field: 'vpcId', problem: 'is required' }, ...unknown]);
    expect(text.length).toBeLessThanOrEqual(4_000);
    expect(text).toMatch(/^vpcId: is required; unknown-.*; and 4\d\d more fields$/);
  });

  it('holds no control character of the request, and names all that is wrong in the worst one', () => {
    const nasty = '\u0000\n\r\u2028\u202e\u001b[31m'.repeat(1_000);
    const worst = {
      customerName: nasty,
      organizationId: nasty,
      awsAccountId: nasty,
      region: nasty,
      vpcId: nasty,
      subnetCidrs: Array.from({ length: 200 }, () => nasty),
      vpcCidrs: Array.from({ length: 200 }, () => nasty),
      avoidCidrs: Array.from({ length: 100 }, () => nasty),
      access: Array.from({ length: 50 }, () => ({
        protocol: nasty,
        ports: Array.from({ length: 100 }, () => nasty),
        [nasty]: 1,
      })),
      dnsResolution: nasty,
      networkGovernance: nasty,
      providerRegion: nasty,
      providerCidr: nasty,
      ...Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`${nasty}${String(index)}`, 1])),
    };
    const parsed = parseRequest(worst, context);
    const text = parsed.ok ? '' : describeProblems(parsed.problems);
    expect(text.length).toBeLessThanOrEqual(4_000);
    expect(text).toMatch(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u);
    for (const field of FIELDS) expect(text).toContain(field);
    expect(parseRequest(example, context).ok).toBe(true);
  });
});
