import { isCancellation } from '@temporalio/workflow';
import type { SpareNetworkAclInput } from '../activities/network-acl.js';
import { mismatchOf, type ObservedPeering } from '../domain/acceptance.js';
import { planAccessChange } from '../domain/access/access-change.js';
import { planAccess } from '../domain/access/plan-access.js';
import { mostEntriesOf } from '../domain/plan.js';
import type { PeeringRequest } from '../domain/request.js';
import { aws } from './activity-proxies.js';
import { stepAfterActivation } from './configure-network.js';
import { causeOf, ending } from './failure.js';
import { ensureAccess } from './network-access.js';
import type { PeeringRecord } from './peering-record.js';
import type { RequestedPeering } from './stages.js';

interface WantedChange {
  request: PeeringRequest;
  /** Who asked for it, for the history. */
  by: string;
}

/**
 * Opens another set of ranges or ports on a living connection. It never parks: what cannot be done within a few minutes is
 * taken back, and the old set stands.
 *
 * @throws ApplicationFailure with the code of what went wrong
 */
export async function changeAccess(
  kept: RequestedPeering,
  { request, by }: WantedChange,
  record: PeeringRecord,
): Promise<RequestedPeering> {
  const { state } = record;
  if (state !== 'active') throw ending('NotActive', `the connection is ${state}`);
  const asked = `${request.subnetCidrs.join(', ')}, as ${by} asked`;
  record.move('configuring', `changing access to ${asked}`);
  const { wanted, inPlace } = planChange(kept, request);
  try {
    await requireRangesInVpc(wanted);
    const changed = inPlace
      ? { ...wanted, network: await ensureAccess(aws, wanted) }
      : await swapNetworkAcl(wanted);
    record.changed(request, changed.network);
    const observed = await lookAtPeering(changed);
    record.move('active', `access is open to ${asked}`, stepAfterActivation(changed, observed));
    return changed;
  } catch (error) {
    if (isCancellation(error)) throw error;
    const cause = causeOf(error);
    await restore(kept, { record, inPlace });
    record.move('active', `access is as before: ${cause.message}`);
    throw ending(cause.code, cause.message);
  }
}

/** The order desk has parsed the request already: it fits AWS's limits. */
function planChange(
  kept: RequestedPeering,
  request: PeeringRequest,
): { wanted: RequestedPeering; inPlace: boolean } {
  const { subnetCidrs, access: intents } = request;
  const mostEntries = mostEntriesOf(kept.settings);
  const plan = planAccess({ subnetCidrs, access: intents }, mostEntries);
  const { access, inPlace } = planAccessChange(kept.access, plan, mostEntries);
  return { wanted: { ...kept, request, access, expected: { ...kept.expected, subnetCidrs } }, inPlace };
}

function lookAtPeering({ providerRegion: region, expected }: RequestedPeering): Promise<ObservedPeering> {
  const { vpcPeeringConnectionId } = expected;
  return aws.describePeeringConnection({ region, vpcPeeringConnectionId });
}

/** Before anything is opened: what the customer's VPC does not hold is never routed to it. */
async function requireRangesInVpc(wanted: RequestedPeering): Promise<void> {
  const observed = await lookAtPeering(wanted);
  if (observed.status !== 'active') {
    throw ending('NotActive', `AWS shows ${observed.vpcPeeringConnectionId} as ${observed.status}`);
  }
  const mismatch = mismatchOf(wanted.expected, observed);
  if (mismatch !== null) throw ending('AcceptanceMismatch', mismatch);
}

/** Old and new entries do not fit into one network ACL: the new ones are built beside it, and the subnets moved over. */
async function swapNetworkAcl(wanted: RequestedPeering): Promise<RequestedPeering> {
  const { network } = wanted;
  const { networkAclId } = await aws.ensureSpareNetworkAcl(networkAclsOf(wanted));
  const swapped = { ...wanted, network: { ...network, networkAclId } };
  const built = { ...swapped, network: await ensureAccess(aws, swapped) };
  await aws.retireNetworkAcl(networkAclsOf(built));
  return built;
}

function networkAclsOf({ providerRegion: region, owner, network }: RequestedPeering): SpareNetworkAclInput {
  return { region, owner, vpcId: network.vpcId, inUse: network.networkAclId };
}

/** What cannot be put back at once is drift, and is put right as such. */
async function restore(
  kept: RequestedPeering,
  { record, inPlace }: { record: PeeringRecord; inPlace: boolean },
): Promise<void> {
  try {
    await ensureAccess(aws, kept);
    if (!inPlace) await aws.retireNetworkAcl(networkAclsOf(kept));
  } catch (error) {
    if (isCancellation(error)) throw error;
    record.drifted(`the former access could not be put back at once: ${causeOf(error).message}`);
  }
}
