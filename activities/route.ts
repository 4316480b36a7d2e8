import {
  CreateRouteCommand,
  DeleteRouteCommand,
  paginateDescribeRouteTables,
  ReplaceRouteCommand,
  type Filter,
  type Route,
  type RouteTable,
} from '@aws-sdk/client-ec2';
import { mismatchOf, type ExpectedPeering } from '../domain/acceptance.js';
import { isOver } from '../domain/lifecycle.js';
import { ignoreAlreadyThere, isAwsCode } from './aws/call-error.js';
import type { Ec2, Ec2Clients } from './aws/ec2-clients.js';
import { pollUntil } from './aws/poll.js';
import { failure } from './failure.js';
import type { VpcPeeringConnectionActivities } from './vpc-peering-connection.js';

const LARGEST_PAGE_OF_ROUTE_TABLES = 100;

export interface EnsureRoutesInput {
  region: string;
  routeTableId: string;
  /** The routes lead to this peering, to exactly its `subnetCidrs`. */
  peering: ExpectedPeering;
}

export interface RouteActivities {
  /** @throws ApplicationFailure `AcceptanceMismatch` when AWS does not show exactly the peering that was requested */
  ensureRoutes(input: EnsureRoutesInput): Promise<void>;
}

export function createRouteActivities(
  clients: Ec2Clients,
  peerings: Pick<VpcPeeringConnectionActivities, 'describePeeringConnection'>,
): RouteActivities {
  return {
    async ensureRoutes(input) {
      const { region, routeTableId, peering } = input;
      const observed = await peerings.describePeeringConnection({ region, ...peering });
      if (observed.status === 'absent' || isOver(observed.status)) {
        throw failure('PeeringDeleted', `${peering.vpcPeeringConnectionId} is ${observed.status}`);
      }
      if (observed.status !== 'active') {
        throw failure(
          'NotYetConsistent',
          `${peering.vpcPeeringConnectionId} is ${observed.status}, not active`,
        );
      }
      const mismatch = mismatchOf(peering, observed);
      if (mismatch !== null) throw failure('AcceptanceMismatch', mismatch);

      const ec2 = clients('provision', region);
      const { subnetCidrs: destinations, vpcPeeringConnectionId } = peering;
      const look = async (): Promise<RouteDifference> =>
        compareRoutes(await readRoutes(ec2, routeTableId), { destinations, vpcPeeringConnectionId });
      const { missing, broken, extra } = await look();
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
      await pollUntil(ec2, `the routes of ${routeTableId}`, async () => {
        const left = await look();
        return left.missing.length + left.broken.length + left.extra.length === 0 ? true : undefined;
      });
    },
  };
}

/** What has to happen to the routes of a route table until they lead to exactly the agreed ranges. */
export interface RouteDifference {
  missing: string[];
  /** To an agreed range, but elsewhere, or into a black hole. */
  broken: Route[];
  extra: Route[];
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
    extra: present.filter((route) => !isAgreed(route)),
  };
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
  const found: RouteTable[] = [];
  for await (const page of paginateDescribeRouteTables(
    { client: ec2.read, pageSize: LARGEST_PAGE_OF_ROUTE_TABLES },
    { Filters: filters },
  )) {
    found.push(...(page.RouteTables ?? []));
  }
  return found;
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
