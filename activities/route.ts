import {
  CreateRouteCommand,
  DeleteRouteCommand,
  paginateDescribeRouteTables,
  ReplaceRouteCommand,
  ReplaceRouteTableAssociationCommand,
  type Filter,
  type Route,
  type RouteTable,
} from '@aws-sdk/client-ec2';
import { mismatchOf, showsBlocks, type ExpectedPeering } from '../domain/acceptance.js';
import { isOver } from '../domain/lifecycle.js';
import { ignoreAlreadyThere, isAwsCode } from './aws/call-error.js';
import type { Ec2, Ec2Clients } from './aws/ec2-clients.js';
import { allOf } from './aws/pages.js';
import { pollFor, pollUntil } from './aws/poll.js';
import { inVpc } from './aws/tagging.js';
import { failure } from './failure.js';
import type { VpcPeeringConnectionActivities } from './vpc-peering-connection.js';

const LARGEST_PAGE_OF_ROUTE_TABLES = 100;

export interface EnsureRoutesInput {
  region: string;
  routeTableId: string;
  /** The subnets that are to use the routes, by way of the VPC's main route table. */
  subnetIds: string[];
  /** The routes lead to this peering, to exactly its `subnetCidrs`. */
  peering: ExpectedPeering;
}

export interface RouteActivities {
  /**
   * Exactly these routes in the route table, and the table as the main one of the VPC. What AWS itself put there, and takes
   * away with what it belongs to, stays.
   * @returns the table that has the routes: another one where the former is gone
   * @throws ApplicationFailure `AcceptanceMismatch` when AWS shows another peering than the one that was requested,
   * `PeeringDisconnected` when there is none any more
   */
  ensureRoutes(input: EnsureRoutesInput): Promise<{ routeTableId: string }>;
}

export function createRouteActivities(
  clients: Ec2Clients,
  peerings: Pick<VpcPeeringConnectionActivities, 'describePeeringConnection'>,
): RouteActivities {
  return {
    async ensureRoutes(input) {
      const { region, peering } = input;
      await requireAgreed(peerings, { region, peering });
      const ec2 = clients('provision', region);
      const table = await ensureMainTable(ec2, input);
      const { RouteTableId: routeTableId } = table;
      const { subnetCidrs: destinations, vpcPeeringConnectionId } = peering;
      const compared = (routes: readonly Route[]): RouteDifference =>
        compareRoutes(routes, { destinations, vpcPeeringConnectionId });
      const { missing, broken, extra } = compared(routesOf(table));
      const leadTo = (DestinationCidrBlock: string | undefined) => ({
        RouteTableId: routeTableId,
        DestinationCidrBlock,
        VpcPeeringConnectionId: vpcPeeringConnectionId,
      });
      for (const destination of missing) {
        await ec2.write.send(new CreateRouteCommand(leadTo(destination))).catch(ignoreAlreadyThere);
      }
      for (const { DestinationCidrBlock } of broken) {
        await ec2.write.send(new ReplaceRouteCommand(leadTo(DestinationCidrBlock)));
      }
      for (const route of extra) await deleteRoute(ec2, routeTableId, route);
      return pollUntil(ec2, `the routes of ${routeTableId}`, async () => {
        const left = compared(await readRoutes(ec2, routeTableId));
        const isExact = left.missing.length + left.broken.length + left.extra.length === 0;
        return isExact ? { routeTableId } : undefined;
      });
    },
  };
}

/** Nothing is routed but to a peering that AWS shows as active, between the right VPCs, with the stated ranges in the customer's. */
async function requireAgreed(
  peerings: Pick<VpcPeeringConnectionActivities, 'describePeeringConnection'>,
  { region, peering }: Pick<EnsureRoutesInput, 'region' | 'peering'>,
): Promise<void> {
  const { vpcPeeringConnectionId: id, requester } = peering;
  const observed = await peerings.describePeeringConnection({
    region,
    vpcPeeringConnectionId: id,
    vpcId: requester.vpcId,
  });
  if (observed.status === 'absent' || isOver(observed.status)) {
    throw failure('PeeringDisconnected', `${id} is ${observed.status}`);
  }
  const mismatch = mismatchOf(peering, observed);
  if (mismatch !== null) throw failure('AcceptanceMismatch', mismatch);
  if (observed.status !== 'active') {
    throw failure('NotYetConsistent', `${id} is ${observed.status}, not active`);
  }
  if (!showsBlocks(observed)) {
    throw failure('NotYetConsistent', `AWS does not show the CIDR blocks of ${id}'s accepter yet`);
  }
}

/** A table that is gone is not mourned: the one that AWS made the main one instead is taken. */
async function ensureMainTable(
  ec2: Ec2,
  { routeTableId, subnetIds, peering }: EnsureRoutesInput,
): Promise<RouteTable & { RouteTableId: string }> {
  const { vpcId } = peering.requester;
  const look = () => findRouteTables(ec2, inVpc(vpcId));
  const isThere = async (): Promise<RouteTable[] | undefined> => {
    const shown = await look();
    return shown.some((table) => table.RouteTableId === routeTableId) ? shown : undefined;
  };
  const tables = (await pollFor(ec2, ec2.timing.secondLookMs, isThere)) ?? (await look());
  const own = tables.find((table) => table.RouteTableId === routeTableId) ?? tables.find(isMain);
  const id = own?.RouteTableId;
  if (id === undefined) throw failure('NotYetConsistent', `AWS does not show route table ${routeTableId}`);
  for (const { Associations = [] } of tables.filter((table) => table !== own)) {
    for (const { RouteTableAssociationId: AssociationId, Main, SubnetId = '' } of Associations) {
      if (Main !== true && !subnetIds.includes(SubnetId)) continue;
      await ec2.write.send(new ReplaceRouteTableAssociationCommand({ AssociationId, RouteTableId: id }));
    }
  }
  return { ...own, RouteTableId: id };
}

export function isMain({ Associations = [] }: RouteTable): boolean {
  return Associations.some(({ Main }) => Main === true);
}

/** What has to happen to the routes of a route table until they lead to exactly the agreed ranges. */
export interface RouteDifference {
  missing: string[];
  /** To an agreed range, but elsewhere, or into a black hole. */
  broken: Route[];
  extra: Route[];
  /** Put there by AWS together with something else, and not to be deleted but with that. */
  awsOwn: Route[];
}

export interface AgreedRoutes {
  destinations: readonly string[];
  vpcPeeringConnectionId: string;
}

export function compareRoutes(
  present: readonly Route[],
  { destinations, vpcPeeringConnectionId }: AgreedRoutes,
): RouteDifference {
  const isAgreed = (route: Route): boolean => destinations.includes(route.DestinationCidrBlock ?? '');
  const isLive = (route: Route): boolean =>
    route.VpcPeeringConnectionId === vpcPeeringConnectionId && route.State === 'active';
  return {
    missing: destinations.filter(
      (destination) => !present.some((route) => route.DestinationCidrBlock === destination),
    ),
    broken: present.filter((route) => isAgreed(route) && !isLive(route)),
    extra: present.filter((route) => !isAgreed(route) && !isAwsOwn(route)),
    awsOwn: present.filter((route) => !isAgreed(route) && isAwsOwn(route)),
  };
}

/**
 * Of a gateway endpoint, or propagated by a virtual private gateway: `DeleteRoute` refuses both.
 * @source https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
 */
function isAwsOwn({ GatewayId = '', Origin }: Route): boolean {
  return GatewayId.startsWith('vpce-') || Origin === 'EnableVgwRoutePropagation';
}

export function destinationOf(route: Route): string {
  const { DestinationCidrBlock, DestinationIpv6CidrBlock, DestinationPrefixListId } = route;
  return DestinationCidrBlock ?? DestinationIpv6CidrBlock ?? DestinationPrefixListId ?? '?';
}

/** Id of what the route leads to. */
export function targetOf(route: Route): string {
  const { VpcPeeringConnectionId, GatewayId, NatGatewayId, TransitGatewayId, NetworkInterfaceId } = route;
  return (
    VpcPeeringConnectionId ??
    GatewayId ??
    NatGatewayId ??
    TransitGatewayId ??
    NetworkInterfaceId ??
    'elsewhere'
  );
}

/** All routes but the VPC's own local one, which AWS keeps. */
export function routesOf({ Routes = [] }: RouteTable): Route[] {
  return Routes.filter((route) => route.GatewayId !== 'local');
}

/** Every route table that a filter gives, in pages. */
export async function findRouteTables(ec2: Ec2, filters: Filter[]): Promise<RouteTable[]> {
  const pages = paginateDescribeRouteTables(
    { client: ec2.read, pageSize: LARGEST_PAGE_OF_ROUTE_TABLES },
    { Filters: filters },
  );
  return allOf(pages, (page) => page.RouteTables);
}

async function readRoutes(ec2: Ec2, routeTableId: string): Promise<Route[]> {
  const tables = await findRouteTables(ec2, [{ Name: 'route-table-id', Values: [routeTableId] }]);
  const table = tables.find((candidate) => candidate.RouteTableId === routeTableId);
  if (table === undefined) throw failure('NotYetConsistent', `AWS does not show route table ${routeTableId}`);
  return routesOf(table);
}

async function deleteRoute(ec2: Ec2, routeTableId: string, route: Route): Promise<void> {
  const { DestinationCidrBlock, DestinationIpv6CidrBlock, DestinationPrefixListId } = route;
  await ec2.write
    .send(
      new DeleteRouteCommand({
        RouteTableId: routeTableId,
        DestinationCidrBlock,
        DestinationIpv6CidrBlock,
        DestinationPrefixListId,
      }),
    )
    .catch((error: unknown) => {
      if (!isAwsCode(error, 'InvalidRoute.NotFound')) throw error;
    });
}
