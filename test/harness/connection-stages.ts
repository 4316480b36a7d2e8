/** A connection as far as a test needs it, built by the activities themselves. Each stage contains the one before. */
import { AcceptVpcPeeringConnectionCommand } from '@aws-sdk/client-ec2';
import type { FindDriftInput } from '../../activities/drift.js';
import type { EnsureNetworkAclInput, SpareNetworkAclInput } from '../../activities/network-acl.js';
import type { EnsureRoutesInput } from '../../activities/route.js';
import type { EnsureSecurityGroupsInput } from '../../activities/security-group.js';
import type { EnsureSubnetsInput } from '../../activities/subnet.js';
import type { EnsuredVpc, EnsureVpcInput } from '../../activities/vpc.js';
import type { EnsurePeeringInput, PeeringInRegion } from '../../activities/vpc-peering-connection.js';
import type { Ownership } from '../../contract/tags.js';
import type { ExpectedPeering, ObservedPeering } from '../../domain/acceptance.js';
import { planAccess } from '../../domain/access/plan-access.js';
import type { ActivityWorld } from './activity-world.js';
import { CUSTOMER, PROVIDER } from './emulator.js';
import { createVpc } from './networks.js';

export const PROVIDER_REGION = 'eu-west-1';
export const CUSTOMER_REGION = 'us-east-1';
export const PROVIDER_CIDR = '10.200.0.0/25';
const SUBNET_CIDRS = ['10.200.0.0/26', '10.200.0.64/26'];
/** The one range the customer states. */
export const STATED = '172.31.0.0/20';
export const ACCESS = planAccess({
  subnetCidrs: [STATED],
  access: [{ protocol: 'tcp', ports: [{ from: 0, to: 65_535 }] }],
});

/** A customer's VPC exists, nothing of the provider's. */
export interface Begun {
  owner: Ownership;
  customerVpcId: string;
}
export type WithVpc = Begun & { vpc: EnsuredVpc };
export type WithNetwork = WithVpc & { subnetIds: string[]; securityGroupId: string };
export type Requested = WithVpc & { peering: ObservedPeering; expected: ExpectedPeering };

function ownerOf(customerVpcId: string, run = 'run-1'): Ownership {
  return {
    deployment: 'default',
    connection: `org-1/${customerVpcId}`,
    run,
    customerName: 'Acmé "A" & Söhne',
  };
}

export async function begin({ aws }: ActivityWorld, cidr = '172.31.0.0/16'): Promise<Begun> {
  const customerVpcId = await createVpc(aws.ec2(CUSTOMER, CUSTOMER_REGION), cidr);
  return { customerVpcId, owner: ownerOf(customerVpcId) };
}

export function vpcInput({ owner }: Begun): EnsureVpcInput {
  return { region: PROVIDER_REGION, owner, cidr: PROVIDER_CIDR, mayExist: false };
}

export async function buildVpc(world: ActivityWorld, begun?: Begun): Promise<WithVpc> {
  const start = begun ?? (await begin(world));
  return { ...start, vpc: await world.run((activities) => activities.ensureVpc(vpcInput(start))) };
}

export function subnetsInput({ owner, vpc }: WithVpc): EnsureSubnetsInput {
  return { region: PROVIDER_REGION, owner, vpcId: vpc.vpcId, cidrs: SUBNET_CIDRS };
}

export function networkAclInput({ owner, vpc }: WithVpc): EnsureNetworkAclInput {
  const { vpcId, networkAclId } = vpc;
  return { region: PROVIDER_REGION, owner, vpcId, networkAclId, entries: ACCESS.networkAclEntries };
}

export function securityGroupsInput({ owner, vpc }: WithVpc): EnsureSecurityGroupsInput {
  return { region: PROVIDER_REGION, owner, vpcId: vpc.vpcId, egress: ACCESS.securityGroupEgress };
}

/** Locked down, without a route. */
export async function buildNetwork(world: ActivityWorld, begun?: Begun): Promise<WithNetwork> {
  const built = await buildVpc(world, begun);
  await world.run((activities) => activities.ensureNetworkAclEntries(networkAclInput(built)));
  const { subnetIds } = await world.run((activities) => activities.ensureSubnets(subnetsInput(built)));
  const { securityGroupId } = await world.run((activities) =>
    activities.ensureSecurityGroups(securityGroupsInput(built)),
  );
  return { ...built, subnetIds, securityGroupId };
}

export function peeringInput({ owner, vpc, customerVpcId }: WithVpc): EnsurePeeringInput {
  const accepter = { accountId: CUSTOMER, region: CUSTOMER_REGION, vpcId: customerVpcId };
  const regions = [PROVIDER_REGION];
  return { region: PROVIDER_REGION, regions, owner, vpcId: vpc.vpcId, accepter, mayExist: false };
}

/** Asked for, not accepted. */
export async function requestFrom<T extends WithVpc>(world: ActivityWorld, built: T): Promise<T & Requested> {
  const input = peeringInput(built);
  const peering = await world.run((activities) => activities.ensurePeeringConnection(input));
  const { vpcPeeringConnectionId, expiresAt } = peering;
  const requester = { accountId: PROVIDER, region: PROVIDER_REGION, vpcId: built.vpc.vpcId };
  const expected = {
    vpcPeeringConnectionId,
    requester,
    accepter: input.accepter,
    subnetCidrs: [STATED],
    expiresAt,
  };
  return { ...built, peering, expected };
}

/** As the customer's network administrator does it. */
export async function accept({ aws }: ActivityWorld, { peering }: Requested): Promise<void> {
  const command = new AcceptVpcPeeringConnectionCommand({
    VpcPeeringConnectionId: peering.vpcPeeringConnectionId,
  });
  await aws.ec2(CUSTOMER, CUSTOMER_REGION).send(command);
}

/** Accepted, no route yet. */
export async function acceptedPeering(world: ActivityWorld): Promise<Requested> {
  const requested = await requestFrom(world, await buildVpc(world));
  await accept(world, requested);
  return requested;
}

export function routesInput({ vpc, expected }: Requested): EnsureRoutesInput {
  return { region: PROVIDER_REGION, routeTableId: vpc.routeTableId, subnetIds: [], peering: expected };
}

export function peeringInRegion({ vpc, peering }: Requested): PeeringInRegion {
  const { vpcPeeringConnectionId } = peering;
  return { region: PROVIDER_REGION, vpcPeeringConnectionId, vpcId: vpc.vpcId };
}

/** As `findDrift` is asked about a whole connection. */
export function driftInput({
  owner,
  vpc,
  subnetIds,
  securityGroupId,
  peering,
}: WithNetwork & Requested): FindDriftInput {
  return {
    region: PROVIDER_REGION,
    owner,
    network: { ...vpc, subnetIds, securityGroupId },
    access: ACCESS,
    isDnsOptionWanted: false,
    vpcPeeringConnectionId: peering.vpcPeeringConnectionId,
  };
}

/** As `ensureSpareNetworkAcl` is asked while the VPC's default one is in use. */
export function spareInput({ owner, vpc }: WithVpc): SpareNetworkAclInput {
  return { region: PROVIDER_REGION, owner, vpcId: vpc.vpcId, inUse: vpc.networkAclId };
}

/** A network with a second network ACL, which nothing uses yet. */
export async function buildSpare(world: ActivityWorld): Promise<WithNetwork & { spareId: string }> {
  const built = await buildNetwork(world);
  const { networkAclId } = await world.run((activities) =>
    activities.ensureSpareNetworkAcl(spareInput(built)),
  );
  return { ...built, spareId: networkAclId };
}

/** The whole of it: network, accepted peering, DNS option, routes. */
export async function connect(world: ActivityWorld, begun?: Begun): Promise<WithNetwork & Requested> {
  const requested = await requestFrom(world, await buildNetwork(world, begun));
  await accept(world, requested);
  await world.run((activities) => activities.ensureRoutes(routesInput(requested)));
  await world.run((activities) => activities.ensureDnsResolution(peeringInRegion(requested)));
  return requested;
}
