import { CancellationScope } from '@temporalio/workflow';
import type { PeeringStatus } from '../contract/status.js';
import { blockReleaseOf } from '../domain/plan.js';
import { temporal } from './activity-proxies.js';
import { keepEnd } from './keep-end.js';
import { ParkingLot } from './parking.js';
import type { PeeringRecord } from './peering-record.js';
import type { RequestedPeering } from './stages.js';

/** Nothing may stop it half-way: what it could not remove parks it, named, and it goes on from there. */
export function releaseConnection(
  { owner, providerRegion: region, poolScope, shard, settings }: RequestedPeering,
  { record, end, why }: { record: PeeringRecord; end: 'released' | 'disconnected'; why: string },
): Promise<PeeringStatus> {
  const parking = new ParkingLot(record, settings.acceptance.observeEvery);
  return CancellationScope.nonCancellable(async () => {
    record.release(why);
    const { deleted } = await parking.insist((aws) => aws.releaseNetwork({ region, owner, inDoubt: false }));
    record.note(`deleted ${deleted.join(', ')}`);
    await temporal.releaseBlock(
      blockReleaseOf(settings, { poolScope, connection: owner.connection, shard, wasActive: true }),
    );
    record.end(end, why, null);
    await keepEnd(record);
    return record.status;
  });
}
