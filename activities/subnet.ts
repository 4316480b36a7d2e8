import {
  CreateSubnetCommand,
  DescribeAvailabilityZonesCommand,
  paginateDescribeSubnets,
  type Subnet,
} from '@aws-sdk/client-ec2';
import type { Ownership } from '../contract/tags.js';
import { cidrsOverlap } from '../domain/addresses/blocks.js';
import { ignoreAlreadyThere, isAwsCode } from './aws/call-error.js';
import type { Ec2, Ec2Clients } from './aws/ec2-clients.js';
import { allOf } from './aws/pages.js';
import { pollUntil } from './aws/poll.js';
import { inVpc, isOwnedBy, tagSpecification } from './aws/tagging.js';
import { conflictingResource, failure } from './failure.js';

export interface EnsureSubnetsInput {
  region: string;
  owner: Ownership;
  vpcId: string;
  /** One block for each subnet, at most two; each subnet gets an availability zone of its own. */
  cidrs: string[];
}

export interface SubnetActivities {
  ensureSubnets(input: EnsureSubnetsInput): Promise<{ subnetIds: string[] }>;
}

/** One for each subnet, in order. */
export const SUBNET_ROLES = ['subnet-a', 'subnet-b'] as const;

export function createSubnetActivities(clients: Ec2Clients): SubnetActivities {
  return {
    async ensureSubnets(input) {
      const ec2 = clients('provision', input.region);
      const before = await findSubnets(ec2, input.vpcId);
      if (missingFrom(before, input.cidrs).length > 0) await createSubnets(ec2, input, before);
      const subnets = await pollUntil(ec2, `subnets of ${input.vpcId}`, async () => {
        const found = await findSubnets(ec2, input.vpcId);
        refuseStrangers(found, input.cidrs);
        return missingFrom(found, input.cidrs).length === 0 ? found : undefined;
      });
      return { subnetIds: input.cidrs.map((cidr) => ownedSubnetId(subnets, { cidr, owner: input.owner })) };
    },
  };
}

async function createSubnets(ec2: Ec2, input: EnsureSubnetsInput, found: readonly Subnet[]): Promise<void> {
  const zoneIds = await availabilityZoneIds(ec2);
  const used = found.flatMap(({ AvailabilityZoneId: id }) => (id === undefined ? [] : [id]));
  const missing = missingFrom(found, input.cidrs);
  for (const [index, cidr] of input.cidrs.entries()) {
    const role = SUBNET_ROLES[index];
    if (role === undefined || !missing.includes(cidr)) continue;
    const free = zoneIds.filter((id) => !used.includes(id));
    used.push(await createSubnet(ec2, { ...input, cidr, role, zoneIds: [...free, ...used] }));
  }
}

interface WantedSubnet extends EnsureSubnetsInput {
  cidr: string;
  role: (typeof SUBNET_ROLES)[number];
  /** In the order in which they are tried. */
  zoneIds: readonly string[];
}

/** What AWS answers of a zone that takes no new subnets; only other zones can tell whether it means the zone. */
const PERHAPS_THE_ZONE = ['InvalidParameterValue', 'InvalidParameterCombination', 'Unsupported'];

/** @returns the zone that took it */
async function createSubnet(ec2: Ec2, wanted: WantedSubnet): Promise<string> {
  let refusal: Error | undefined;
  for (const zoneId of wanted.zoneIds) {
    try {
      await ec2.write
        .send(
          new CreateSubnetCommand({
            VpcId: wanted.vpcId,
            CidrBlock: wanted.cidr,
            AvailabilityZoneId: zoneId,
            TagSpecifications: tagSpecification('subnet', wanted.owner, wanted.role),
          }),
        )
        .catch(ignoreAlreadyThere);
      return zoneId;
    } catch (error) {
      if (!(error instanceof Error) || !isAwsCode(error, ...PERHAPS_THE_ZONE)) throw error;
      refusal ??= error;
    }
  }
  throw refusal ?? failure('AwsUnavailable', `AWS shows no availability zone in ${ec2.region}`);
}

/** A block of another size cannot become the wanted one, however long AWS is asked. */
function refuseStrangers(found: readonly Subnet[], cidrs: readonly string[]): void {
  for (const { SubnetId = '?', CidrBlock } of found) {
    if (CidrBlock === undefined || cidrs.includes(CidrBlock)) continue;
    const cidr = cidrs.find((wanted) => cidrsOverlap(wanted, CidrBlock));
    if (cidr !== undefined)
      throw conflictingResource(`subnet ${SubnetId} has ${CidrBlock}, wanted was ${cidr}`);
  }
}

function missingFrom(found: readonly Subnet[], cidrs: readonly string[]): string[] {
  return cidrs.filter((cidr) => !found.some((subnet) => subnet.CidrBlock === cidr));
}

function ownedSubnetId(subnets: readonly Subnet[], wanted: { cidr: string; owner: Ownership }): string {
  const subnet = subnets.find((candidate) => candidate.CidrBlock === wanted.cidr);
  if (subnet?.SubnetId === undefined || !isOwnedBy(wanted.owner, subnet.Tags)) {
    throw conflictingResource(`subnet ${subnet?.SubnetId ?? wanted.cidr} does not carry this run's tags`);
  }
  return subnet.SubnetId;
}

export async function findSubnets(ec2: Ec2, vpcId: string): Promise<Subnet[]> {
  const pages = paginateDescribeSubnets({ client: ec2.read }, { Filters: inVpc(vpcId) });
  return (await allOf(pages, (page) => page.Subnets)).filter((subnet) => subnet.VpcId === vpcId);
}

/** By zone id, not name: names differ between accounts, ids are the same places for all. Local and Wavelength zones are left out. */
async function availabilityZoneIds(ec2: Ec2): Promise<string[]> {
  const { AvailabilityZones } = await ec2.read.send(
    new DescribeAvailabilityZonesCommand({ Filters: [{ Name: 'state', Values: ['available'] }] }),
  );
  const ids = (AvailabilityZones ?? [])
    .filter((zone) => (zone.ZoneType ?? 'availability-zone') === 'availability-zone')
    .flatMap((zone) => (zone.ZoneId === undefined ? [] : [zone.ZoneId]));
  return ids.sort();
}
