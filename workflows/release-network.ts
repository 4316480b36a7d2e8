import { sleep } from '@temporalio/workflow';
import type { RememberedNetwork } from '../activities/remembered-network.js';
import type { PeeringStatus } from '../contract/status.js';
import { durationMs } from '../domain/durations.js';
import type { Acting, PlannedPeering } from './stages.js';

/**
 * Removes all that the run has in AWS. Where AWS does not show the VPC that the run remembers, that has to last before it is
 * believed: then nobody uses the block any more, and it may be given to others.
 *
 * @param inDoubt whether a create call may have taken effect without our knowing it
 * @returns ids of what was deleted
 */
export async function releaseNetwork(
  { owner, providerRegion: region, settings }: Pick<PlannedPeering, 'owner' | 'providerRegion' | 'settings'>,
  { record, parking }: Acting,
  { inDoubt }: { inDoubt: boolean },
): Promise<string[]> {
  const remembered = rememberedIn(record.status);
  const release = () => parking.run((aws) => aws.releaseNetwork({ region, owner, inDoubt, remembered }));
  const { deleted, unseen } = await release();
  if (unseen.length === 0) return deleted;
  const { absentAfter } = settings.maintenance;
  record.note(`AWS shows nothing of ${unseen.join(', ')}; that is believed when it lasts ${absentAfter}`);
  await sleep(durationMs(absentAfter), { summary: 'whether AWS still shows nothing' });
  return (await release()).deleted;
}

function rememberedIn({ provider, peeringConnectionId }: PeeringStatus): RememberedNetwork {
  return {
    vpcId: provider?.vpcId ?? null,
    subnetIds: provider?.subnetIds ?? [],
    routeTableId: provider?.routeTableId ?? null,
    networkAclId: provider?.networkAclId ?? null,
    securityGroupId: provider?.securityGroupId ?? null,
    vpcPeeringConnectionId: peeringConnectionId,
  };
}
