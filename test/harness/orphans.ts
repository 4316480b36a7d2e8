import { randomUUID } from 'node:crypto';
import {
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  type ResourceType,
  type TagSpecification,
} from '@aws-sdk/client-ec2';
import type { Ownership, ResourceRole } from '../../contract/tags.js';
import { awsTags } from '../../activities/aws/tagging.js';
import { PROVIDER, type TestEmulator } from './emulator.js';
import { defaultsOf, present } from './networks.js';

/** Resources of one run, made without any workflow. */
export interface MadeByHand {
  readonly region: string;
  readonly owner: Ownership;
  readonly vpcId: string;
  /** All that carries the run's tags, sorted. */
  readonly resourceIds: string[];
}

/** A connection that nobody has asked for. */
export function unusedConnection(): string {
  const unique = randomUUID().replaceAll('-', '');
  return `org-${unique.slice(0, 8)}/vpc-${unique.slice(0, 17)}`;
}

/** A VPC, a subnet and a security group, tagged as a run tags what it makes. */
export async function makeByHand(
  aws: TestEmulator,
  wanted: Partial<Ownership> & { region?: string } = {},
): Promise<MadeByHand> {
  const { region = 'eu-west-1', ...tags } = wanted;
  const owner: Ownership = {
    deployment: 'default',
    connection: unusedConnection(),
    run: randomUUID(),
    customerName: 'Acme',
    ...tags,
  };
  const client = aws.ec2(PROVIDER, region);
  const tagged = (ResourceType: ResourceType, role: ResourceRole): TagSpecification[] => [
    { ResourceType, Tags: awsTags(owner, role) },
  ];
  const { Vpc } = await client.send(
    new CreateVpcCommand({ CidrBlock: '10.200.0.0/25', TagSpecifications: tagged('vpc', 'vpc') }),
  );
  const VpcId = present(Vpc?.VpcId);
  const { Subnet } = await client.send(
    new CreateSubnetCommand({
      VpcId,
      CidrBlock: '10.200.0.0/26',
      TagSpecifications: tagged('subnet', 'subnet-a'),
    }),
  );
  const { GroupId } = await client.send(
    new CreateSecurityGroupCommand({
      VpcId,
      GroupName: 'causeway-connectors',
      Description: 'made by a test',
      TagSpecifications: tagged('security-group', 'security-group'),
    }),
  );
  const { routeTableId } = await defaultsOf(client, VpcId);
  await client.send(new CreateTagsCommand({ Resources: [routeTableId], Tags: awsTags(owner, 'subnet-b') }));
  return {
    region,
    owner,
    vpcId: VpcId,
    resourceIds: [VpcId, present(Subnet?.SubnetId), present(GroupId), routeTableId].sort(),
  };
}
