import {
  AcceptVpcPeeringConnectionCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateNetworkAclEntryCommand,
  CreateVpcPeeringConnectionCommand,
  DeleteVpcPeeringConnectionCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcsCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { CUSTOMER, PROVIDER, type TestEmulator } from '../../harness/emulator.js';
import { withEmulator } from '../../harness/with-emulator.js';
import {
  activePeering,
  codeOf,
  createVpc,
  defaultsOf,
  present,
  requestPeering,
} from '../../harness/networks.js';

let emulator: TestEmulator;
let client: EC2Client;

withEmulator((lent) => {
  emulator = lent;
  client = emulator.ec2(PROVIDER);
});

describe('quotas (10)', () => {
  it('limit VPCs, the default one included, per account and region', async () => {
    await emulator.control.settings({ quotaOverrides: { [`${PROVIDER}/eu-west-1`]: { vpcsPerRegion: 2 } } });
    await createVpc(client, '10.0.0.0/24');
    expect(await codeOf(createVpc(client, '10.0.1.0/24'))).toBe('VpcLimitExceeded');
    expect(await codeOf(createVpc(emulator.ec2(PROVIDER, 'us-east-1'), '10.0.1.0/24'))).toBe('no error');
    expect(await codeOf(createVpc(emulator.ec2(CUSTOMER), '10.0.1.0/24'))).toBe('no error');
  });

  it('limit the requests that wait to 25, and make room when one is withdrawn', async () => {
    const vpcId = await createVpc(client, '10.200.0.0/25');
    const customer = emulator.ec2(CUSTOMER, 'us-east-1');
    const ask = async (index: number): Promise<string> => {
      const { VpcPeeringConnection: peering } = await client.send(
        new CreateVpcPeeringConnectionCommand({
          VpcId: vpcId,
          PeerVpcId: await createVpc(customer, `172.${16 + (index % 16)}.0.0/${16 + Math.floor(index / 16)}`),
          PeerOwnerId: CUSTOMER,
          PeerRegion: 'us-east-1',
        }),
      );
      return present(peering?.VpcPeeringConnectionId);
    };
    const first = await ask(0);
    for (let index = 1; index < 25; index++) await ask(index);
    expect(await codeOf(ask(25))).toBe('OutstandingVpcPeeringConnectionLimitExceeded');
    await client.send(new DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId: first }));
    expect(await codeOf(ask(26))).toBe('no error');
  });

  it('limit the active peerings of a VPC', async () => {
    await emulator.control.settings({ quotas: { activePeeringsPerVpc: 1 } });
    const { provider, customer, peerVpcId } = await activePeering(emulator);
    const second = await provider.send(
      new CreateVpcPeeringConnectionCommand({
        VpcId: await createVpc(provider, '10.201.0.0/25'),
        PeerVpcId: peerVpcId,
        PeerOwnerId: CUSTOMER,
        PeerRegion: 'us-east-1',
      }),
    );
    const accept = customer.send(
      new AcceptVpcPeeringConnectionCommand({
        VpcPeeringConnectionId: second.VpcPeeringConnection?.VpcPeeringConnectionId,
      }),
    );
    expect(await codeOf(accept)).toBe('ActiveVpcPeeringConnectionPerVpcLimitExceeded');
    const other = await requestPeering(emulator);
    await other.customer.send(
      new AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId: other.peeringId }),
    );
  });

  it('limit the rules of an ACL to 20 in each direction, the closing deny among them', async () => {
    const { networkAclId } = await defaultsOf(client, await createVpc(client, '10.0.0.0/24'));
    const add = (RuleNumber: number, Egress: boolean): Promise<unknown> =>
      client.send(
        new CreateNetworkAclEntryCommand({
          NetworkAclId: networkAclId,
          RuleNumber,
          Egress,
          Protocol: '-1',
          RuleAction: 'deny',
          CidrBlock: '10.1.0.0/16',
        }),
      );
    for (let number = 1; number <= 18; number++) await add(number, false);
    expect(await codeOf(add(19, false))).toBe('NetworkAclEntryLimitExceeded');
    expect(await codeOf(add(19, true))).toBe('no error');
  });

  it('limit the rules of a security group, and then add none of a call', async () => {
    await emulator.control.settings({ quotas: { securityGroupRulesPerDirection: 3 } });
    const { groupId } = await defaultsOf(client, await createVpc(client, '10.0.0.0/24'));
    const add = client.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: groupId,
        IpPermissions: [1, 2, 3].map((port) => ({
          IpProtocol: 'tcp',
          FromPort: port,
          ToPort: port,
          IpRanges: [{ CidrIp: '10.1.0.0/16' }],
        })),
      }),
    );
    expect(await codeOf(add)).toBe('RulesPerSecurityGroupLimitExceeded');
    const { SecurityGroups: groups } = await client.send(
      new DescribeSecurityGroupsCommand({ GroupIds: [groupId] }),
    );
    expect(groups?.[0]?.IpPermissions).toHaveLength(1);
  });
});

describe('throttling (10)', () => {
  it('answers RequestLimitExceeded with status 503 when the bucket is empty, per action', async () => {
    await emulator.control.settings({ throttling: { describe: { burst: 3, refill: 0 } } });
    for (let count = 0; count < 3; count++) await client.send(new DescribeVpcsCommand({}));
    await expect(client.send(new DescribeVpcsCommand({}))).rejects.toMatchObject({
      name: 'RequestLimitExceeded',
      $metadata: { httpStatusCode: 503 },
    });
    expect(await codeOf(client.send(new DescribeSecurityGroupsCommand({})))).toBe('no error');
    expect(await codeOf(createVpc(client, '10.0.0.0/24'))).toBe('no error');
    await emulator.control.settings({ throttling: null });
    expect(await codeOf(client.send(new DescribeVpcsCommand({})))).toBe('no error');
  });

  it('falls back from the bucket of peerings to that of all changes', async () => {
    await emulator.control.settings({ throttling: { mutating: { burst: 1, refill: 0 } } });
    await createVpc(client, '10.0.0.0/24');
    expect(await codeOf(createVpc(client, '10.0.1.0/24'))).toBe('RequestLimitExceeded');
    const gone = (): Promise<string> =>
      codeOf(
        client.send(
          new DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId: 'pcx-0123456789abcdef0' }),
        ),
      );
    expect(await gone()).toBe('InvalidVpcPeeringConnectionID.NotFound');
    expect(await gone()).toBe('RequestLimitExceeded');
  });
});
