import { CancellationScope } from '@temporalio/workflow';
import type { PeeringStatus } from '../contract/status.js';
import { blockReleaseOf } from '../domain/plan.js';
import { temporal } from './activity-proxies.js';
import { keepEnd } from './keep-end.js';
import { releaseNetwork } from './release-network.js';
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
  requested: RequestedPeering,
  { end, why }: Release,
  acting: Acting,
): Promise<PeeringStatus> {
  const { owner, poolScope, shard, settings } = requested;
  const { record } = acting;
  return CancellationScope.nonCancellable(async () => {
    record.release(why);
    const deleted = await releaseNetwork(requested, acting, { inDoubt: false });
    record.note(deleted.length === 0 ? 'AWS held nothing of it' : `deleted ${deleted.join(', ')}`);
    const { connection } = owner;
    const block = blockReleaseOf(settings, { poolScope, connection, shard, wasActive: true });
    await temporal.releaseBlock(block);
    record.end(end, why, null);
    await keepEnd(record);
    return record.status;
  });
}
