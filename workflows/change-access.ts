import { isCancellation, sleep } from '@temporalio/workflow';
import type { SpareNetworkAclInput } from '../activities/network-acl.js';
import { mismatchOf, showsBlocks } from '../domain/acceptance.js';
import { planAccessChange } from '../domain/access/access-change.js';
import { planAccess } from '../domain/access/plan-access.js';
import { SECOND_MS } from '../domain/durations.js';
import { mostEntriesOf } from '../domain/plan.js';
import type { PeeringRequest } from '../domain/request.js';
import { aws } from './activity-proxies.js';
import { stepsLeft, withOpened } from './configure-network.js';
import { causeOf, ending } from './failure.js';
import { ensureAccess, peeringIn } from './network-access.js';
import type { PeeringRecord } from './peering-record.js';
import type { RequestedPeering } from './stages.js';

/** AWS promises no moment at which it shows the blocks; whoever asked for the change is waiting. */
const MOST_LOOKS = 4;
const LOOK_AGAIN_AFTER_MS = 5 * SECOND_MS;

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
      ? withOpened(wanted, await ensureAccess(aws, wanted))
      : await swapNetworkAcl(wanted);
    record.changed(request, changed.network);
    const observed = await aws.describePeeringConnection(peeringIn(changed));
    record.move('active', `access is open to ${asked}`);
    record.customerSteps(stepsLeft(changed, observed));
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

/** Before anything is opened: what the customer's VPC does not hold, as AWS shows it now, is never routed to it. */
async function requireRangesInVpc(wanted: RequestedPeering): Promise<void> {
  for (let looks = 1; ; looks += 1) {
    const observed = await aws.describePeeringConnection(peeringIn(wanted));
    const { vpcPeeringConnectionId: id, status } = observed;
    if (status !== 'active') throw ending('NotActive', `AWS shows ${id} as ${status}`);
    const mismatch = mismatchOf(wanted.expected, observed);
    if (mismatch !== null) throw ending('AcceptanceMismatch', mismatch);
    if (showsBlocks(observed)) return;
    if (looks === MOST_LOOKS) {
      throw ending('NotYetConsistent', `AWS does not show the CIDR blocks of ${id}'s accepter; try again`);
    }
    await sleep(LOOK_AGAIN_AFTER_MS, { summary: 'AWS does not show the CIDR blocks yet' });
  }
}

/** Old and new entries do not fit into one network ACL: the new ones are built beside it, and the subnets moved over. */
async function swapNetworkAcl(wanted: RequestedPeering): Promise<RequestedPeering> {
  const { network } = wanted;
  const { networkAclId } = await aws.ensureSpareNetworkAcl(networkAclsOf(wanted));
  const swapped = { ...wanted, network: { ...network, networkAclId } };
  const built = withOpened(swapped, await ensureAccess(aws, swapped));
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
