import { describe, expect, it } from '@jest/globals';
import {
  adviceFor,
  customerBlocks,
  poolScopeOf,
  regionFor,
  transitGatewayAdvice,
} from '../../domain/plan.js';
import { parseRequest, type PeeringRequest } from '../../domain/request.js';
import { parseSettings, runSettingsOf, type RunSettings } from '../../domain/settings.js';

const PROVIDER = '111122223333';
const REGIONS = ['eu-west-1', 'us-east-1'];

function request(more: Record<string, unknown> = {}): PeeringRequest {
  const parsed = parseRequest(
    {
      customerName: 'Acme',
      organizationId: 'org-42',
      awsAccountId: '444455556666',
      region: 'eu-west-1',
      vpcId: 'vpc-0a1b2c3d4e5f60718',
      subnetCidrs: ['172.31.0.0/20', '172.31.16.0/20'],
      ...more,
    },
    { providerAccountId: PROVIDER, providerRegions: REGIONS },
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.request;
}

function settings(
  more: { uniqueness?: string; transitGatewayUrl?: string; roundTripMs?: object } = {},
): RunSettings {
  const { uniqueness = 'per-organization', transitGatewayUrl = null, ...measured } = more;
  const parsed = parseSettings(
    {
      provider: { accountId: PROVIDER, regions: REGIONS, transitGatewayUrl, ...measured },
      addresses: { uniqueness },
    },
    'default',
  );
  if (!parsed.ok) throw new Error(parsed.problems.join('; '));
  return runSettingsOf(parsed.settings);
}

const advice = (
  more: Record<string, unknown>,
  { providerRegion = 'us-east-1', ...rest }: { providerRegion?: string; transitGatewayUrl?: string } = {},
): string[] => adviceFor(request(more), { providerRegion, settings: settings(rest) });

describe('the blocks to keep away from', () => {
  it('are the subnets, and the whole VPC where it is declared', () => {
    const subnets = [
      { cidr: '172.31.0.0/20', why: "the customer's subnets" },
      { cidr: '172.31.16.0/20', why: "the customer's subnets" },
    ];
    expect(customerBlocks(request())).toEqual(subnets);
    expect(customerBlocks(request({ vpcCidrs: ['172.31.0.0/16', '10.0.0.0/16'] }))).toEqual([
      { cidr: '172.31.0.0/16', why: "the customer's VPC" },
      { cidr: '10.0.0.0/16', why: "the customer's VPC" },
      ...subnets,
    ]);
    expect(customerBlocks(request({ avoidCidrs: ['10.0.0.0/8'] }))).toEqual([
      ...subnets,
      { cidr: '10.0.0.0/8', why: "used elsewhere in the customer's network" },
    ]);
  });
});

describe('the region', () => {
  it("is the nearest by the table, and by the operator's own measurements where there are any", () => {
    const wanted = request({ region: 'eu-central-1' });
    expect(regionFor(wanted, settings()).region).toBe('eu-west-1');
    const roundTripMs = { 'eu-central-1': { 'us-east-1': 20 } };
    expect(regionFor(wanted, settings({ roundTripMs }))).toMatchObject({
      region: 'us-east-1',
      roundTripMs: 20,
      reason: expect.stringContaining('20 ms by own measurement'),
    });
  });
});

describe('the pool of a connection', () => {
  it('is the organization’s own, or one for all', () => {
    expect(poolScopeOf(settings(), request())).toBe('org-42');
    expect(poolScopeOf(settings({ uniqueness: 'global' }), request())).toBe('global');
  });
});

describe('the advice', () => {
  const TLS = /^Use TLS: both VPCs are in eu-west-1/;
  const ENCRYPTED = /^AWS encrypts the traffic between us-east-1 and eu-west-1$/;
  const STATE_VPC_CIDRS = /^State vpcCidrs/;
  const DNS = /private DNS names/;
  const TRANSIT_GATEWAY = /Transit Gateway offering/;
  const ALL = [TLS, ENCRYPTED, STATE_VPC_CIDRS, DNS, TRANSIT_GATEWAY];

  /** Which of all pieces of advice came, each once. */
  const given = (lines: readonly string[]): RegExp[] => {
    const found = ALL.filter((pattern) => lines.some((line) => pattern.test(line)));
    expect(lines).toHaveLength(found.length);
    return found;
  };

  it('is to use TLS exactly when both are in one region', () => {
    const declared = { vpcCidrs: ['172.31.0.0/16'], dnsResolution: false };
    expect(given(advice(declared, { providerRegion: 'eu-west-1' }))).toEqual([TLS]);
    expect(given(advice(declared))).toEqual([ENCRYPTED]);
  });

  it('is to state all blocks of the VPC when none is stated', () => {
    expect(given(advice({ dnsResolution: false }))).toEqual([ENCRYPTED, STATE_VPC_CIDRS]);
  });

  it('tells the customer’s part in DNS when names are to be resolved', () => {
    expect(given(advice({ dnsResolution: true, vpcCidrs: ['172.31.0.0/16'] }))).toEqual([ENCRYPTED, DNS]);
  });

  it('names the Transit Gateway offering, with its address where there is one', () => {
    const governed = {
      networkGovernance: 'transit-gateway',
      vpcCidrs: ['172.31.0.0/16'],
      dnsResolution: false,
    };
    const transitGatewayUrl = 'https://provider.example/tgw';
    expect(given(advice(governed))).toEqual([ENCRYPTED, TRANSIT_GATEWAY]);
    expect(advice(governed)).toContain(transitGatewayAdvice(settings()));
    expect(transitGatewayAdvice(settings())).toMatch(/ask the provider about it$/);
    expect(advice(governed, { transitGatewayUrl }).join()).toContain(`see ${transitGatewayUrl}`);
  });
});
