import { describe, expect, it } from '@jest/globals';
import { KIT_FORMATS, renderKit } from '../../../client/kits/formats.js';
import { kitFor } from '../../../client/kits/kit.js';
import { permissionsFor } from '../../../client/kits/permissions.js';
import type { PeeringStatus } from '../../../contract/status.js';
import { END_STATES } from '../../../domain/lifecycle.js';
import { waitingStatus } from '../../harness/kits.js';
import { pageOf } from '../../docs/markdown.js';
import { present } from '../../harness/networks.js';

describe('a kit', () => {
  const kit = kitFor(waitingStatus());

  it('is about exactly this connection, in every format', () => {
    const facts = [
      'pcx-04d639e22111e878c',
      'vpc-8b1afac60dfbd1ed1',
      '444455556666',
      'eu-central-1',
      '10.200.0.0/25',
    ];
    for (const format of KIT_FORMATS) {
      const { text, fileName } = renderKit(kit, format);
      for (const fact of facts) expect([format, text.includes(fact)]).toEqual([format, true]);
      // CloudFormation cannot look at a request; whoever asks stands in its metadata.
      for (const fact of ['111122223333', 'vpc-0a1b2c3d4e5f60718']) expect(text).toContain(fact);
      expect(fileName).toMatch(/^causeway-pcx-04d639e22111e878c\.(md|sh|tf|json)$/);
    }
  });

  it('lets in what was agreed, and denies the rest of the block last in each direction', () => {
    expect(
      kit.ingress.map(({ ipProtocol, fromPort, toPort, cidr }) => [ipProtocol, fromPort, toPort, cidr]),
    ).toEqual([
      ['tcp', 5432, 5432, '10.200.0.0/25'],
      ['tcp', 8000, 8100, '10.200.0.0/25'],
      ['icmp', 8, -1, '10.200.0.0/25'],
    ]);
    for (const egress of [false, true]) {
      const rules = kit.networkAclRules.filter((rule) => rule.egress === egress);
      expect(rules.map(({ offset }) => offset)).toEqual(rules.map((_, index) => index));
      expect(rules.findIndex(({ action }) => action === 'deny')).toBe(rules.length - 1);
    }
  });

  it('has the DNS step only where the request asked for it', () => {
    const { customer } = waitingStatus();
    const without = kitFor(waitingStatus({ customer: { ...customer, dnsResolution: false } }));
    expect(renderKit(kit, 'console').text).toContain('Enable DNS resolution');
    expect(renderKit(without, 'console').text).not.toContain('DNS');
    expect(renderKit(without, 'cli').text).toContain("DNS_RESOLUTION='no'");
    expect(renderKit(without, 'terraform').text).not.toContain('dns');
  });

  it('passes on the advice, that on the Transit Gateway offering included', () => {
    const advice = [
      'The network is governed with a Transit Gateway: see https://provider.example/transit-gateway',
    ];
    const governed = kitFor(waitingStatus({ plan: { ...present(waitingStatus().plan), advice } }));
    for (const format of KIT_FORMATS) {
      expect(renderKit(governed, format).text).toContain('see https://provider.example/transit-gateway');
    }
  });

  it('asks for permission to accept from the provider’s VPC alone', () => {
    const accepting = permissionsFor(kit).Statement.filter(({ Action }) =>
      [Action].flat().includes('ec2:AcceptVpcPeeringConnection'),
    );
    expect(accepting.map(({ Resource }) => Resource)).toEqual([
      'arn:aws:ec2:eu-central-1:444455556666:vpc-peering-connection/pcx-04d639e22111e878c',
      'arn:aws:ec2:eu-central-1:444455556666:vpc/vpc-8b1afac60dfbd1ed1',
    ]);
    expect(accepting[0]?.Condition).toEqual({
      ArnEquals: { 'ec2:RequesterVpc': 'arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-0a1b2c3d4e5f60718' },
    });
  });
});

describe('there is a kit', () => {
  it('while the customer is waited for, and as long as the connection is up', () => {
    for (const state of ['awaiting-acceptance', 'configuring', 'active'] as const) {
      expect(kitFor(waitingStatus({ state })).expiresAt === null).toBe(state !== 'awaiting-acceptance');
    }
    const parked = {
      from: 'active',
      for: 'a permission',
      who: 'provider',
      since: '2026-01-01T00:00:00.000Z',
      message: 'refused',
    } as const;
    expect(kitFor(waitingStatus({ state: 'parked', parked })).expiresAt).toBeNull();
  });

  it('only once there is a peering', () => {
    const early: Partial<PeeringStatus>[] = [
      { state: 'planning' },
      { state: 'building-network' },
      // Of an earlier round: that peering is over.
      { state: 'requesting' },
      { peeringConnectionId: null },
      { provider: null },
    ];
    for (const changes of early) {
      expect(() => kitFor(waitingStatus(changes))).toThrow(/no peering to accept yet; try again once/);
    }
  });

  it('no more when it is over', () => {
    for (const state of ['releasing', ...END_STATES] as const) {
      expect(() => kitFor(waitingStatus({ state }))).toThrow(new RegExp(`is ${state}, .*request it again`));
    }
  });

  it('not without knowing what was agreed', () => {
    const { accountId, region, vpcId, subnetCidrs } = waitingStatus().customer;
    expect(() => kitFor(waitingStatus({ customer: { accountId, region, vpcId, subnetCidrs } }))).toThrow(
      /does not say what access was agreed/,
    );
  });

  it('not with an id, region or range that AWS would not use', () => {
    const { customer, provider } = waitingStatus();
    const wrong: Partial<PeeringStatus>[] = [
      { peeringConnectionId: "pcx-04d639e2'; touch owned #" },
      { customer: { ...customer, accountId: '44445555666' } },
      { customer: { ...customer, vpcId: 'vpc-$(id)' } },
      { customer: { ...customer, region: 'mars-1' } },
      { customer: { ...customer, subnetCidrs: ['172.31.0.0/20 0.0.0.0/0'] } },
      { provider: { ...present(provider), cidr: '10.200.0.1/25' } },
      { organizationId: 'a b' },
      { expiresAt: 'tomorrow' },
    ];
    for (const changes of wrong) {
      expect(() => kitFor(waitingStatus(changes))).toThrow(/there is no kit/);
    }
  });
});

describe('the page on kits', () => {
  it('shows the permissions of the example', () => {
    const [, shown = ''] = /^```json\n([\s\S]*?)^```$/m.exec(pageOf('kits.md')) ?? [];
    expect(JSON.parse(shown)).toEqual(permissionsFor(kitFor(waitingStatus())));
  });
});
