import {
  AdvertiseByoipCidrCommand,
  CreateNetworkAclCommand,
  CreateNetworkAclEntryCommand,
  CreateSubnetCommand,
  DeleteNetworkAclCommand,
  DeleteNetworkAclEntryCommand,
  DescribeNetworkAclsCommand,
  DescribeVpcsCommand,
  type EC2Client,
  type NetworkAclEntry,
  ReplaceNetworkAclAssociationCommand,
  ReplaceNetworkAclEntryCommand,
} from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { PROVIDER, type TestEmulator } from '../../harness/emulator.js';
import { withEmulator } from '../../harness/with-emulator.js';
import { codeOf, createVpc, defaultsOf, present } from '../../harness/networks.js';

let emulator: TestEmulator;
let client: EC2Client;
let networkAclId: string;
let vpcId: string;

withEmulator((lent) => {
  emulator = lent;
  client = emulator.ec2(PROVIDER);
});
beforeEach(async () => {
  vpcId = await createVpc(client, '10.0.0.0/24');
  ({ networkAclId } = await defaultsOf(client, vpcId));
});

interface Entry {
  readonly RuleNumber: number;
  readonly Egress?: boolean;
  readonly Protocol?: string;
  readonly CidrBlock?: string;
  readonly PortRange?: { From: number; To: number };
  readonly IcmpTypeCode?: { Type: number; Code: number };
}

const whole = (entry: Entry) => ({
  NetworkAclId: networkAclId,
  Egress: false,
  Protocol: '-1',
  CidrBlock: '172.31.0.0/16',
  RuleAction: 'allow' as const,
  ...entry,
});
const create = (entry: Entry): Promise<unknown> =>
  client.send(new CreateNetworkAclEntryCommand(whole(entry)));
const replace = (entry: Entry): Promise<unknown> =>
  client.send(new ReplaceNetworkAclEntryCommand(whole(entry)));
const remove = (RuleNumber: number): Promise<unknown> =>
  client.send(new DeleteNetworkAclEntryCommand({ NetworkAclId: networkAclId, RuleNumber, Egress: false }));

async function inbound(): Promise<NetworkAclEntry[]> {
  const { NetworkAcls: acls } = await client.send(
    new DescribeNetworkAclsCommand({ NetworkAclIds: [networkAclId] }),
  );
  return (acls?.[0]?.Entries ?? []).filter((entry) => entry.Egress === false);
}

describe('network ACL entries (11)', () => {
  it('have numbers from 1 to 32766', async () => {
    for (const number of [0, -1, 32767, 99999]) {
      expect(await codeOf(create({ RuleNumber: number }))).toBe('InvalidParameterValue');
      expect(await codeOf(replace({ RuleNumber: number }))).toBe('InvalidParameterValue');
      expect(await codeOf(remove(number))).toBe('InvalidParameterValue');
    }
    expect(await codeOf(create({ RuleNumber: 32766 }))).toBe('no error');
    expect(await codeOf(create({ RuleNumber: 32766 }))).toBe('NetworkAclEntryAlreadyExists');
  });

  it('must exist to be replaced or deleted', async () => {
    expect(await codeOf(replace({ RuleNumber: 7 }))).toBe('InvalidNetworkAclEntry.NotFound');
    expect(await codeOf(remove(7))).toBe('InvalidNetworkAclEntry.NotFound');
  });

  it('are replaced whole, and kept when the new one is wrong', async () => {
    await replace({
      RuleNumber: 100,
      Protocol: '6',
      PortRange: { From: 443, To: 443 },
      CidrBlock: '172.31.0.9/20',
    });
    const replaced = (await inbound()).find((entry) => entry.RuleNumber === 100);
    expect(replaced).toMatchObject({
      Protocol: '6',
      PortRange: { From: 443, To: 443 },
      CidrBlock: '172.31.0.0/20',
      RuleAction: 'allow',
    });
    expect(await codeOf(replace({ RuleNumber: 100, Protocol: '6' }))).toBe('MissingParameter');
    expect(await inbound()).toHaveLength(2);
    await remove(100);
    expect((await inbound()).map((entry) => entry.RuleNumber)).toEqual([32767]);
  });

  it('carry ICMP types, and protocols by number', async () => {
    await create({ RuleNumber: 120, Protocol: 'icmp', IcmpTypeCode: { Type: 3, Code: 4 } });
    await create({ RuleNumber: 130, Protocol: 'udp', PortRange: { From: 1024, To: 65535 } });
    expect((await inbound()).find((entry) => entry.RuleNumber === 120)).toMatchObject({
      Protocol: '1',
      IcmpTypeCode: { Type: 3, Code: 4 },
    });
    expect((await inbound()).find((entry) => entry.RuleNumber === 130)?.Protocol).toBe('17');
    expect(await codeOf(create({ RuleNumber: 140, Protocol: '1' }))).toBe('MissingParameter');
    const reversed = create({ RuleNumber: 140, Protocol: '6', PortRange: { From: 9, To: 1 } });
    expect(await codeOf(reversed)).toBe('InvalidParameterValue');
    expect(await codeOf(create({ RuleNumber: 140, CidrBlock: '10.0.0.300/8' }))).toBe(
      'InvalidParameterValue',
    );
  });

  it('end with a catch-all in every ACL', async () => {
    const { NetworkAcl: acl } = await client.send(new CreateNetworkAclCommand({ VpcId: vpcId }));
    expect(acl?.Entries?.map((entry) => [entry.RuleNumber, entry.RuleAction, entry.Egress])).toEqual([
      [32767, 'deny', true],
      [32767, 'deny', false],
    ]);
  });

  it('apply to subnets that are moved from one ACL to another', async () => {
    const subnet = await client.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock: '10.0.0.0/25' }));
    const { NetworkAcl: acl } = await client.send(new CreateNetworkAclCommand({ VpcId: vpcId }));
    const { NetworkAcls: acls } = await client.send(
      new DescribeNetworkAclsCommand({ NetworkAclIds: [networkAclId] }),
    );
    const AssociationId = present(acls?.[0]?.Associations?.[0]?.NetworkAclAssociationId);
    const nowhere = client.send(
      new ReplaceNetworkAclAssociationCommand({ AssociationId, NetworkAclId: 'acl-0123456789abcdef0' }),
    );
    expect(await codeOf(nowhere)).toBe('InvalidNetworkAclID.NotFound');
    const elsewhere = await defaultsOf(client, await createVpc(client, '10.1.0.0/24'));
    const toAnotherVpc = client.send(
      new ReplaceNetworkAclAssociationCommand({ AssociationId, NetworkAclId: elsewhere.networkAclId }),
    );
    expect(await codeOf(toAnotherVpc)).toBe('InvalidParameterValue');
    await client.send(
      new ReplaceNetworkAclAssociationCommand({ AssociationId, NetworkAclId: acl?.NetworkAclId }),
    );
    const used = client.send(new DeleteNetworkAclCommand({ NetworkAclId: acl?.NetworkAclId }));
    expect(await codeOf(used)).toBe('DependencyViolation');
    const { regions } = await emulator.control.inventory();
    const moved = regions[0]?.networkAcls.find((one) => one.networkAclId === acl?.NetworkAclId);
    expect(moved?.subnetIds).toEqual([subnet.Subnet?.SubnetId]);
    const again = client.send(
      new ReplaceNetworkAclAssociationCommand({ AssociationId, NetworkAclId: networkAclId }),
    );
    expect(await codeOf(again)).toBe('InvalidAssociationID.NotFound');
  });
});

describe('errors (11)', () => {
  async function raw(
    action: string,
    service: string,
  ): Promise<{ status: number; type: string | null; text: string }> {
    const response = await fetch(emulator.endpoint, {
      method: 'POST',
      body: new URLSearchParams({ Action: action, Version: '2016-11-15' }),
      headers: {
        authorization:
          `AWS4-HMAC-SHA256 Credential=AKIAEMUL${PROVIDER}/20260101/eu-west-1/${service}/aws4_request, ` +
          'SignedHeaders=host, Signature=0',
      },
    });
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      text: await response.text(),
    };
  }

  it('are XML for what AWS does not know and for what the emulator does not do', async () => {
    const unknown = await raw('MakeCoffee', 'ec2');
    expect(unknown).toMatchObject({
      status: 400,
      text: expect.stringContaining('<Code>InvalidAction</Code>'),
    });
    expect(unknown.type).toContain('xml');
    expect(await raw('MakeCoffee', 'sts')).toMatchObject({
      status: 400,
      text: expect.stringContaining('<Code>InvalidAction</Code>'),
    });
    const unsupported = client.send(new AdvertiseByoipCidrCommand({ Cidr: '192.0.2.0/24' }));
    expect(await codeOf(unsupported)).toBe('Unsupported');
  });

  it('name ids that are malformed or unknown, and filters that do not exist', async () => {
    const byId = (id: string): Promise<string> =>
      codeOf(client.send(new DescribeVpcsCommand({ VpcIds: [id] })));
    expect(await byId('vpc-x')).toBe('InvalidVpcID.Malformed');
    expect(await byId('vpc-0123456789abcdef0')).toBe('InvalidVpcID.NotFound');
    const acl = client.send(new DescribeNetworkAclsCommand({ NetworkAclIds: ['acl-0123456789abcdef0'] }));
    expect(await codeOf(acl)).toBe('InvalidNetworkAclID.NotFound');
    const filter = client.send(new DescribeVpcsCommand({ Filters: [{ Name: 'colour', Values: ['red'] }] }));
    expect(await codeOf(filter)).toBe('InvalidParameterValue');
  });
});
