import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseRequest, type PeeringRequest } from '../../../domain/request.js';
import { parseAccessChange, type ParsedChange } from '../../../domain/request/access-change.js';

const CONTEXT = { providerAccountId: '111122223333', providerRegions: ['eu-west-1'] };

function requestAsItIs(): PeeringRequest {
  const parsed = parseRequest(
    {
      customerName: 'Acme',
      organizationId: 'org-42',
      awsAccountId: '444455556666',
      region: 'eu-west-1',
      vpcId: 'vpc-0a1b2c3d4e5f60718',
      subnetCidrs: ['172.31.0.0/20'],
      vpcCidrs: ['172.31.0.0/16', '10.200.1.0/24'],
      access: [{ protocol: 'tcp', ports: [5432] }],
    },
    CONTEXT,
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.request;
}

const parse = (input: unknown): ParsedChange =>
  parseAccessChange(input, { ...CONTEXT, request: requestAsItIs(), providerCidr: '10.200.0.0/25' });

function fieldsOf(input: unknown): string[] {
  const parsed = parse(input);
  return parsed.ok ? [] : parsed.problems.map(({ field }) => field);
}

describe('a change of access', () => {
  it('replaces what it states and leaves the rest', () => {
    const request = requestAsItIs();
    expect(parse({ subnetCidrs: ['172.31.16.0/20'] })).toEqual({
      ok: true,
      request: { ...request, subnetCidrs: ['172.31.16.0/20'] },
      by: null,
    });
    expect(parse({ access: [{ protocol: 'udp', ports: [53] }], by: 'bob' })).toEqual({
      ok: true,
      request: { ...request, access: [{ protocol: 'udp', ports: [{ from: 53, to: 53 }] }] },
      by: 'bob',
    });
  });

  it.each<[unknown, string[]]>([
    [null, ['change']],
    ['172.31.0.0/20', ['change']],
    [{}, ['change']],
    [{ by: 'bob' }, ['change']],
    [{ subnetCidrs: [] }, ['subnetCidrs']],
    [{ subnetCidrs: ['172.31.0.1/20'] }, ['subnetCidrs[0]']],
    [{ subnetCidrs: ['0.0.0.0/0'] }, ['subnetCidrs[0]']],
    [{ access: [{ protocol: 'tcp', ports: [70_000] }] }, ['access[0].ports[0]']],
    [{ subnetCidrs: ['172.31.0.0/20'], vpcId: 'vpc-11111111' }, ['vpcId']],
    [{ subnetCidrs: ['172.31.0.0/20'], by: 7 }, ['by']],
    [{ subnetCidrs: ['172.31.0.0/20'], by: 'x'.repeat(257) }, ['by']],
  ])('is refused, naming the field: %j', (input, fields) => {
    expect(fieldsOf(input)).toEqual(fields);
  });

  it('may name a range outside the declared blocks of the VPC, which AWS judges: the VPC may have grown', () => {
    expect(fieldsOf({ subnetCidrs: ['172.30.0.0/20'] })).toEqual([]);
  });

  it("may not reach the provider's own block", () => {
    const request = { ...requestAsItIs(), vpcCidrs: [] };
    const parsed = parseAccessChange(
      { subnetCidrs: ['10.200.0.0/24'] },
      { ...CONTEXT, request, providerCidr: '10.200.0.0/25' },
    );
    expect(parsed).toMatchObject({ ok: false, problems: [{ field: 'providerCidr' }] });
  });

  it('may not need more rules than a network ACL takes', () => {
    const ports = Array.from({ length: 20 }, (_, index) => 1000 + 10 * index);
    expect(fieldsOf({ access: [{ protocol: 'tcp', ports }] })).toEqual(['access']);
  });

  it('never breaks, whatever is handed in', () => {
    fc.assert(
      fc.property(fc.anything(), (input) => {
        expect(typeof parse(input).ok).toBe('boolean');
      }),
    );
  });
});
