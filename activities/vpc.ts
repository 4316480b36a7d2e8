import {
  CreateTagsCommand,
  CreateVpcCommand,
  DeleteVpcCommand,
  DescribeNetworkAclsCommand,
  DescribeRouteTablesCommand,
  DescribeVpcAttributeCommand,
  ModifyVpcAttributeCommand,
  paginateDescribeVpcs,
  type Vpc,
} from '@aws-sdk/client-ec2';
import type { Ownership, ResourceRole } from '../contract/tags.js';
import { isAwsCode } from './aws/call-error.js';
import type { Ec2, Ec2Clients } from './aws/ec2-clients.js';
import { lookBeforeCreateMs, pollFor, pollUntil } from './aws/poll.js';
import { awsTags, isOwnedBy, ownedBy, tagSpecification } from './aws/tagging.js';
import { conflictingResource } from './failure.js';

export interface EnsureVpcInput {
  region: string;
  owner: Ownership;
  cidr: string;
}

/** The connection's VPC, and what AWS made with it: its main route table and its default network ACL. */
export interface EnsuredVpc {
  vpcId: string;
  routeTableId: string;
  networkAclId: string;
}

export interface VpcActivities {
  ensureVpc(input: EnsureVpcInput): Promise<EnsuredVpc>;
}

export function createVpcActivities(clients: Ec2Clients): VpcActivities {
  return {
    async ensureVpc(input) {
      const ec2 = clients('provision', input.region);
      const vpcId = await ensureOneVpc(ec2, input);
      await ensureDnsHostnames(ec2, vpcId);
      const routeTableId = await findMainRouteTable(ec2, vpcId);
      const networkAclId = await findDefaultNetworkAcl(ec2, vpcId);
      await takeOver(ec2, routeTableId, { owner: input.owner, role: 'route-table' });
      await takeOver(ec2, networkAclId, { owner: input.owner, role: 'network-acl' });
      return { vpcId, routeTableId, networkAclId };
    },
  };
}

/** CreateVpc takes no client token: tags are the only way to find the VPC of a call whose reply was lost. */
async function ensureOneVpc(ec2: Ec2, { owner, cidr }: EnsureVpcInput): Promise<string> {
  const existing = await pollFor(lookBeforeCreateMs(), async () => {
    const found = await findVpcs(ec2, owner);
    return found.length > 0 ? found : undefined;
  });
  const created = existing === undefined ? await createVpc(ec2, owner, cidr) : undefined;
  const all = await pollUntil({ what: `VPC ${created ?? cidr} in ${ec2.region}` }, async () => {
    const found = await findVpcs(ec2, owner);
    return found.length > 0 && (created === undefined || found.some((vpc) => vpc.VpcId === created))
      ? found
      : undefined;
  });
  return keepOne(ec2, all, cidr);
}

async function createVpc(ec2: Ec2, owner: Ownership, cidr: string): Promise<string | undefined> {
  const { Vpc } = await ec2.write.send(
    new CreateVpcCommand({ CidrBlock: cidr, TagSpecifications: tagSpecification('vpc', owner, 'vpc') }),
  );
  return Vpc?.VpcId;
}

/** Should twins have appeared all the same, the lowest id stays and the others go. */
async function keepOne(ec2: Ec2, vpcs: readonly Vpc[], cidr: string): Promise<string> {
  const [kept, ...twins] = [...vpcs].sort((a, b) => ((a.VpcId ?? '') < (b.VpcId ?? '') ? -1 : 1));
  for (const twin of twins) {
    await ec2.write.send(new DeleteVpcCommand({ VpcId: twin.VpcId })).catch(ignoreGone);
  }
  if (kept?.VpcId === undefined || kept.CidrBlock !== cidr) {
    throw conflictingResource(
      `VPC ${kept?.VpcId ?? '?'} has ${kept?.CidrBlock ?? 'no block'}, wanted was ${cidr}`,
    );
  }
  return kept.VpcId;
}

function ignoreGone(error: unknown): void {
  if (!isAwsCode(error, 'InvalidVpcID.NotFound')) throw error;
}

/** VPCs in the role `vpc` that this run owns. */
export async function findVpcs(ec2: Ec2, owner: Ownership): Promise<Vpc[]> {
  const found: Vpc[] = [];
  for await (const page of paginateDescribeVpcs({ client: ec2.read }, { Filters: ownedBy(owner, 'vpc') })) {
    found.push(...(page.Vpcs ?? []).filter((vpc) => isOwnedBy(owner, vpc.Tags)));
  }
  return found;
}

async function ensureDnsHostnames(ec2: Ec2, vpcId: string): Promise<void> {
  const read = async (): Promise<boolean> => {
    const { EnableDnsHostnames } = await ec2.read.send(
      new DescribeVpcAttributeCommand({ VpcId: vpcId, Attribute: 'enableDnsHostnames' }),
    );
    return EnableDnsHostnames?.Value === true;
  };
  if (await read()) return;
  await ec2.write.send(new ModifyVpcAttributeCommand({ VpcId: vpcId, EnableDnsHostnames: { Value: true } }));
  await pollUntil({ what: `DNS hostnames of ${vpcId}` }, async () => ((await read()) ? true : undefined));
}

function findMainRouteTable(ec2: Ec2, vpcId: string): Promise<string> {
  return pollUntil({ what: `the main route table of ${vpcId}` }, async () => {
    const { RouteTables } = await ec2.read.send(
      new DescribeRouteTablesCommand({
        Filters: [
          { Name: 'vpc-id', Values: [vpcId] },
          { Name: 'association.main', Values: ['true'] },
        ],
      }),
    );
    return RouteTables?.find((table) => table.VpcId === vpcId)?.RouteTableId;
  });
}

function findDefaultNetworkAcl(ec2: Ec2, vpcId: string): Promise<string> {
  return pollUntil({ what: `the default network ACL of ${vpcId}` }, async () => {
    const { NetworkAcls } = await ec2.read.send(
      new DescribeNetworkAclsCommand({
        Filters: [
          { Name: 'vpc-id', Values: [vpcId] },
          { Name: 'default', Values: ['true'] },
        ],
      }),
    );
    return NetworkAcls?.find((acl) => acl.VpcId === vpcId)?.NetworkAclId;
  });
}

/** Tags are set, not added: doing it twice changes nothing. */
async function takeOver(
  ec2: Ec2,
  resourceId: string,
  as: { owner: Ownership; role: ResourceRole },
): Promise<void> {
  await ec2.write.send(new CreateTagsCommand({ Resources: [resourceId], Tags: awsTags(as.owner, as.role) }));
}
