import { CancellationScope } from '@temporalio/workflow';
import type { PeeringStatus } from '../contract/status.js';
import { blockReleaseOf } from '../domain/plan.js';
import { temporal } from './activity-proxies.js';
import { keepEnd } from './keep-end.js';
import type { Acting, RequestedPeering } from './stages.js';

/** How a connection that was up ends, and why. */
export interface Release {
  end: 'released' | 'disconnected';
  why: string;
}

/**
 * Nothing may stop it half-way: what it could not remove parks it, named, and it goes on from there.
 *
 * @throws BrokenOff when its history is long; it is then gone through again
 */
export function releaseConnection(
  { owner, providerRegion: region, poolScope, shard, settings }: RequestedPeering,
  { end, why }: Release,
  { record, parking }: Acting,
): Promise<PeeringStatus> {
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
