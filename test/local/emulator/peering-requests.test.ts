import {
  AcceptVpcPeeringConnectionCommand,
  AssociateVpcCidrBlockCommand,
  CreateTagsCommand,
  CreateVpcPeeringConnectionCommand,
  DescribeVpcPeeringConnectionsCommand,
  type Filter,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { CUSTOMER, PROVIDER, type TestEmulator } from '../../harness/emulator.js';
import { withEmulator } from '../../harness/with-emulator.js';
import {
  activePeering,
  codeOf,
  createVpc,
  describePeering,
  present,
  requestPeering,
  statusOf,
} from '../../harness/networks.js';

const DAY = 24 * 3600;
let emulator: TestEmulator;

withEmulator((lent) => {
  emulator = lent;
});

async function request(vpcId: string, peerVpcId: string, peerOwnerId = CUSTOMER): Promise<string> {
  const { VpcPeeringConnection: peering } = await emulator.ec2(PROVIDER).send(
    new CreateVpcPeeringConnectionCommand({
      VpcId: vpcId,
      PeerVpcId: peerVpcId,
      PeerOwnerId: peerOwnerId,
      PeerRegion: 'us-east-1',
      TagSpecifications: [
        { ResourceType: 'vpc-peering-connection', Tags: [{ Key: 'asked-for', Value: peerVpcId }] },
      ],
    }),
  );
  expect(peering?.Status?.Code).toBe('initiating-request');
  return present(peering?.VpcPeeringConnectionId);
}

describe('asking for a peering (1)', () => {
  it('fails, with AWS’s words, when the blocks overlap', async () => {
    const { provider, peeringId } = await requestPeering(emulator, { peerCidrBlock: '10.200.0.0/16' });
    const peering = await describePeering(provider, peeringId);
    expect(peering.Status).toEqual({
      Code: 'failed',
      Message: 'Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range',
    });
  });

  it('fails when only a secondary block overlaps', async () => {
    const provider = emulator.ec2(PROVIDER);
    const customer = emulator.ec2(CUSTOMER, 'us-east-1');
    const peerVpcId = await createVpc(customer, '172.31.0.0/16');
    await customer.send(new AssociateVpcCidrBlockCommand({ VpcId: peerVpcId, CidrBlock: '10.200.0.0/24' }));
    const peeringId = await request(await createVpc(provider, '10.200.0.0/25'), peerVpcId);
    expect(await statusOf(provider, peeringId)).toBe('failed');
  });

  it('fails, as overlap does, when the VPC or the account does not exist, and shows the accepter nothing', async () => {
    const provider = emulator.ec2(PROVIDER);
    const vpcId = await createVpc(provider, '10.200.0.0/25');
    const noVpc = await request(vpcId, 'vpc-0123456789abcdef0');
    const noAccount = await request(vpcId, 'vpc-0123456789abcdef0', '999999999999');
    expect(await statusOf(provider, noVpc)).toBe('failed');
    expect(await statusOf(provider, noAccount)).toBe('failed');
    expect(await statusOf(emulator.ec2(CUSTOMER, 'us-east-1'), noVpc)).toBe(
      'InvalidVpcPeeringConnectionID.NotFound',
    );
  });

  it('gives the same id again while one is pending or active, and a new one after it is over', async () => {
    const { provider, customer, vpcId, peerVpcId, peeringId } = await requestPeering(emulator);
    expect((await describePeering(provider, peeringId)).Status?.Code).toBe('pending-acceptance');
    const { VpcPeeringConnection: again } = await provider.send(
      new CreateVpcPeeringConnectionCommand({
        VpcId: vpcId,
        PeerVpcId: peerVpcId,
        PeerOwnerId: CUSTOMER,
        PeerRegion: 'us-east-1',
        TagSpecifications: [
          { ResourceType: 'vpc-peering-connection', Tags: [{ Key: 'second', Value: 'yes' }] },
        ],
      }),
    );
    expect(again?.VpcPeeringConnectionId).toBe(peeringId);
    expect(again?.Tags ?? []).toEqual([]);

    await customer.send(new AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId: peeringId }));
    const { VpcPeeringConnection: still } = await provider.send(
      new CreateVpcPeeringConnectionCommand({
        VpcId: vpcId,
        PeerVpcId: peerVpcId,
        PeerOwnerId: CUSTOMER,
        PeerRegion: 'us-east-1',
      }),
    );
    expect(still).toMatchObject({ VpcPeeringConnectionId: peeringId, Status: { Code: 'active' } });
  });

  it('refuses a partition or region that it cannot peer with', async () => {
    const provider = emulator.ec2(PROVIDER);
    const vpcId = await createVpc(provider, '10.200.0.0/25');
    const ask = (PeerRegion: string): Promise<unknown> =>
      provider.send(
        new CreateVpcPeeringConnectionCommand({
          VpcId: vpcId,
          PeerVpcId: 'vpc-0123456789abcdef0',
          PeerRegion,
        }),
      );
    expect(await codeOf(ask('cn-north-1'))).toBe('InvalidParameterValue');
    expect(await codeOf(ask('mars-north-1'))).toBe('InvalidParameterValue');
  });
});

describe('time (2)', () => {
  it('says when a request expires', async () => {
    const { provider, peeringId } = await requestPeering(emulator);
    const expires = present(
      (await describePeering(provider, peeringId)).ExpirationTime,
      'an expiration time',
    );
    expect(Math.abs(expires.getTime() - Date.now() - 7 * DAY * 1000)).toBeLessThan(60_000);
  });

  it('lets a request expire after seven days, and forgets it two days later', async () => {
    const { provider, customer, vpcId, peerVpcId, peeringId } = await requestPeering(emulator);
    await emulator.control.advance(7 * DAY - 120);
    expect(await statusOf(customer, peeringId)).toBe('pending-acceptance');
    await emulator.control.advance(180);
    expect(await statusOf(provider, peeringId)).toBe('expired');
    expect(await statusOf(customer, peeringId)).toBe('expired');
    const accept = customer.send(
      new AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId: peeringId }),
    );
    expect(await codeOf(accept)).toBe('InvalidStateTransition');
    expect(await request(vpcId, peerVpcId)).not.toBe(peeringId);
    await emulator.control.advance(2 * DAY);
    expect(await statusOf(provider, peeringId)).toBe('InvalidVpcPeeringConnectionID.NotFound');
  });

  it('forgets a failed request after two hours', async () => {
    const { provider, peeringId } = await requestPeering(emulator, { peerCidrBlock: '10.200.0.0/25' });
    await emulator.control.advance(7000);
    expect(await statusOf(provider, peeringId)).toBe('failed');
    await emulator.control.advance(300);
    expect(await statusOf(provider, peeringId)).toBe('InvalidVpcPeeringConnectionID.NotFound');
  });

  it('provisions for as long as was set, and the other side learns later', async () => {
    await emulator.control.settings({
      initiatingSeconds: 5,
      provisioningSeconds: 60,
      propagationSeconds: 20,
    });
    const { provider, customer, peeringId } = await requestPeering(emulator);
    expect(await statusOf(provider, peeringId)).toBe('initiating-request');
    expect(await statusOf(customer, peeringId)).toBe('InvalidVpcPeeringConnectionID.NotFound');
    await emulator.control.advance(30);
    expect(await statusOf(provider, peeringId)).toBe('pending-acceptance');
    const accepted = await customer.send(
      new AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId: peeringId }),
    );
    expect(accepted.VpcPeeringConnection?.Status?.Code).toBe('provisioning');
    expect(await statusOf(customer, peeringId)).toBe('provisioning');
    expect(await statusOf(provider, peeringId)).toBe('pending-acceptance');
    await emulator.control.advance(65);
    expect(await statusOf(customer, peeringId)).toBe('active');
    expect(await statusOf(provider, peeringId)).toBe('provisioning');
    await emulator.control.advance(20);
    expect(await statusOf(provider, peeringId)).toBe('active');
  });
});

describe('describing peerings (3)', () => {
  it('filters by everything that AWS documents, and refuses other filters', async () => {
    const { provider, vpcId, peerVpcId, peeringId } = await activePeering(emulator);
    await provider.send(
      new CreateTagsCommand({
        Resources: [peeringId],
        Tags: [{ Key: 'causeway:peering', Value: 'org/vpc [x]' }],
      }),
    );
    const other = await createVpc(provider, '10.201.0.0/25');
    const failed = await request(other, 'vpc-0123456789abcdef0');
    const find = async (Filters: Filter[]): Promise<string[]> => {
      const answer = await provider.send(new DescribeVpcPeeringConnectionsCommand({ Filters }));
      return (answer.VpcPeeringConnections ?? []).map((peering) => present(peering.VpcPeeringConnectionId));
    };
    for (const [Name, Value] of [
      ['status-code', 'active'],
      ['status-message', 'Acti*'],
      ['requester-vpc-info.vpc-id', vpcId],
      ['requester-vpc-info.cidr-block', '10.200.0.0/25'],
      ['accepter-vpc-info.vpc-id', peerVpcId],
      ['accepter-vpc-info.cidr-block', '172.31.0.0/16'],
      ['vpc-peering-connection-id', peeringId],
      ['tag:causeway:peering', 'org/vpc [x]'],
      ['tag-key', 'causeway:*'],
    ] as const) {
      expect({ [Name]: await find([{ Name, Values: [Value] }]) }).toEqual({ [Name]: [peeringId] });
    }
    expect(await find([{ Name: 'accepter-vpc-info.owner-id', Values: [CUSTOMER] }])).toHaveLength(2);
    expect(await find([{ Name: 'status-code', Values: ['expired', 'failed'] }])).toEqual([failed]);
    expect(await codeOf(find([{ Name: 'no-such-filter', Values: ['x'] }]))).toBe('InvalidParameterValue');
  });

  it('pages, and refuses unknown ids', async () => {
    const provider = emulator.ec2(PROVIDER);
    const vpcId = await createVpc(provider, '10.200.0.0/25');
    const made = new Set<string>();
    for (let index = 0; index < 12; index++)
      made.add(await request(vpcId, `vpc-${index.toString().padStart(17, '0')}`));
    const seen: string[] = [];
    let pages = 0;
    let NextToken: string | undefined;
    do {
      const page = await provider.send(
        new DescribeVpcPeeringConnectionsCommand({ MaxResults: 5, ...(NextToken ? { NextToken } : {}) }),
      );
      seen.push(
        ...(page.VpcPeeringConnections ?? []).map((peering) => present(peering.VpcPeeringConnectionId)),
      );
      NextToken = page.NextToken;
      pages++;
    } while (NextToken);
    expect(pages).toBe(3);
    expect(seen).toHaveLength(12);
    expect(new Set(seen)).toEqual(made);
    expect(await codeOf(provider.send(new DescribeVpcPeeringConnectionsCommand({ MaxResults: 4 })))).toBe(
      'InvalidParameterValue',
    );
    expect(await statusOf(provider, 'pcx-0123456789abcdef0')).toBe('InvalidVpcPeeringConnectionID.NotFound');
    expect(await statusOf(provider, 'pcx-nonsense')).toBe('InvalidVpcPeeringConnectionId.Malformed');
  });

  it('shows each side its own tags only', async () => {
    const { provider, customer, peeringId } = await requestPeering(emulator);
    await provider.send(
      new CreateTagsCommand({ Resources: [peeringId], Tags: [{ Key: 'side', Value: 'ours' }] }),
    );
    expect((await describePeering(customer, peeringId)).Tags ?? []).toEqual([]);
    await customer.send(
      new CreateTagsCommand({ Resources: [peeringId], Tags: [{ Key: 'side', Value: 'theirs' }] }),
    );
    expect((await describePeering(provider, peeringId)).Tags).toEqual([{ Key: 'side', Value: 'ours' }]);
    expect((await describePeering(customer, peeringId)).Tags).toEqual([{ Key: 'side', Value: 'theirs' }]);
  });

  it('shows it in both accounts, each in its own region only, and the customer’s blocks only while active', async () => {
    const { provider, customer, peeringId } = await requestPeering(emulator);
    const pending = await describePeering(provider, peeringId);
    expect(pending.AccepterVpcInfo).toMatchObject({ OwnerId: CUSTOMER, Region: 'us-east-1' });
    expect(pending.AccepterVpcInfo?.CidrBlock).toBeUndefined();
    expect(await statusOf(emulator.ec2(CUSTOMER, 'eu-west-1'), peeringId)).toBe(
      'InvalidVpcPeeringConnectionID.NotFound',
    );
    await customer.send(new AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId: peeringId }));
    const active = await describePeering(provider, peeringId);
    expect(active.AccepterVpcInfo?.CidrBlockSet).toEqual([{ CidrBlock: '172.31.0.0/16' }]);
    expect(active.ExpirationTime).toBeUndefined();
  });
});
