/** Requests for a peering that earlier runs of the same connection left open. */
import { DeleteVpcPeeringConnectionCommand, type VpcPeeringConnection } from '@aws-sdk/client-ec2';
import { log } from '@temporalio/activity';
import { TAG, type Ownership } from '../contract/tags.js';
import { isOver } from '../domain/lifecycle.js';
import type { Ec2, Ec2Clients } from './aws/ec2-clients.js';
import { pollUntil } from './aws/poll.js';
import { carries, filtersOf, isOwnedBy, tagValue } from './aws/tagging.js';
import { failure } from './failure.js';
import { isOwned } from './open-workflows.js';
import { findPeering, findPeerings, statusOf } from './peerings.js';

/** Between whom: the connection, and the customer's VPC. */
export interface Asked {
  owner: Ownership;
  accepter: { vpcId: string };
}

/** A request, and the provider's region that it was made in. */
export interface OpenRequest {
  region: string;
  peering: VpcPeeringConnection;
}

/** The open requests of a connection in one region, whichever run has made them. */
export async function findOpenRequests(
  ec2: Ec2,
  { owner, accepter }: Asked,
): Promise<VpcPeeringConnection[]> {
  const query = { deployment: owner.deployment, connection: owner.connection };
  return (await findPeerings(ec2, filtersOf(query))).filter(
    (peering) =>
      carries(peering.Tags, query) &&
      !isOver(statusOf(peering)) &&
      peering.AccepterVpcInfo?.VpcId === accepter.vpcId,
  );
}

/** The same in several regions. One that does not answer keeps nobody from asking: what is left there is the sweep's. */
export async function findOpenRequestsIn(
  clients: Ec2Clients,
  regions: readonly string[],
  asked: Asked,
): Promise<OpenRequest[]> {
  const found = await Promise.all(
    regions.map(async (region) => {
      try {
        return inRegion(region, await findOpenRequests(clients('provision', region), asked));
      } catch (error) {
        log.warn('could not look for earlier requests', { region, error });
        return [];
      }
    }),
  );
  return found.flat();
}

export function inRegion(region: string, peerings: readonly VpcPeeringConnection[]): OpenRequest[] {
  return peerings.map((peering) => ({ region, peering }));
}

/**
 * Withdraws those of other runs, which nobody will ever end: the customer is to be asked by one alone.
 *
 * @throws ApplicationFailure `ConflictingResource` naming one that the customer has accepted, or that an open workflow owns
 */
export async function withdrawOthers(
  clients: Ec2Clients,
  owner: Ownership,
  open: readonly OpenRequest[],
): Promise<void> {
  for (const { region, peering } of open.filter((one) => !isOwnedBy(owner, one.peering.Tags))) {
    const release = clients('release', region);
    const id = peering.VpcPeeringConnectionId ?? '?';
    const status = statusOf(peering);
    const connection = tagValue(peering.Tags, TAG.peering) ?? '';
    const run = tagValue(peering.Tags, TAG.run) ?? '';
    if (status !== 'pending-acceptance' || (await isOwned({ connection, run }))) {
      throw failure('ConflictingResource', `${id} of run ${run} is ${status}, for the same customer VPC`, {
        waitsFor: `the end of ${id} in ${region}, which run ${run} left behind`,
      });
    }
    await release.write.send(new DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId: id }));
    await pollUntil(release, `the end of ${id}`, async () => {
      const shown = await findPeering(release, id);
      return shown === undefined || isOver(statusOf(shown)) ? true : undefined;
    });
  }
}
