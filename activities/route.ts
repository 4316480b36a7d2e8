import {
  CreateRouteCommand,
  DeleteRouteCommand,
  DescribeRouteTablesCommand,
  ReplaceRouteCommand,
  type Route,
} from '@aws-sdk/client-ec2';
import { mismatchOf, type ExpectedPeering } from '../domain/acceptance.js';
import { isOver } from '../domain/lifecycle.js';
import { ignoreAlreadyThere, isAwsCode } from './aws/call-error.js';
import type { Ec2, Ec2Clients } from './aws/ec2-clients.js';
import { pollUntil } from './aws/poll.js';
import { failure } from './failure.js';
import type { VpcPeeringConnectionActivities } from './vpc-peering-connection.js';

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
      const present = await readRoutes(ec2, routeTableId);
      for (const destination of peering.subnetCidrs) await ensureRoute(ec2, { input, destination, present });
      for (const extra of present.filter((route) => !isAgreed(peering, route))) {
        await deleteRoute(ec2, routeTableId, extra);
      }
      await pollUntil(ec2, `the routes of ${routeTableId}`, async () => {
        const now = await readRoutes(ec2, routeTableId);
        const exact =
          now.length === peering.subnetCidrs.length && now.every((route) => isLive(peering, route));
        return exact ? true : undefined;
      });
    },
  };
}

interface RouteStep {
  input: EnsureRoutesInput;
  destination: string;
  present: readonly Route[];
}

async function ensureRoute(ec2: Ec2, { input, destination, present }: RouteStep): Promise<void> {
  const parameters = {
    RouteTableId: input.routeTableId,
    DestinationCidrBlock: destination,
    VpcPeeringConnectionId: input.peering.vpcPeeringConnectionId,
  };
  const existing = present.find((route) => route.DestinationCidrBlock === destination);
  if (existing === undefined) {
    await ec2.write.send(new CreateRouteCommand(parameters)).catch(ignoreAlreadyThere);
  } else if (!isLive(input.peering, existing)) {
    await ec2.write.send(new ReplaceRouteCommand(parameters));
  }
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

/** All routes but the VPC's own local one, which AWS keeps. */
async function readRoutes(ec2: Ec2, routeTableId: string): Promise<Route[]> {
  const { RouteTables } = await ec2.read.send(
    new DescribeRouteTablesCommand({ RouteTableIds: [routeTableId] }),
  );
  const table = RouteTables?.find((candidate) => candidate.RouteTableId === routeTableId);
  if (table === undefined) throw failure('NotYetConsistent', `AWS does not show route table ${routeTableId}`);
  return (table.Routes ?? []).filter((route) => route.GatewayId !== 'local');
}

function isAgreed(peering: ExpectedPeering, route: Route): boolean {
  return peering.subnetCidrs.includes(route.DestinationCidrBlock ?? '');
}

function isLive(peering: ExpectedPeering, route: Route): boolean {
  return (
    isAgreed(peering, route) &&
    route.VpcPeeringConnectionId === peering.vpcPeeringConnectionId &&
    route.State === 'active'
  );
}
