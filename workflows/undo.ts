import { blockReleaseOf } from '../domain/plan.js';
import type { RunSettings } from '../domain/settings.js';
import { temporal } from './activity-proxies.js';
import { releaseNetwork } from './release-network.js';
import { plannedIn, useSettings, type Journey, type PlannedPeering, type Run } from './stages.js';

/** The undo of a block: given back when nothing in AWS can be using it any more. */
export function registerBlock(
  { poolScope, connection, settings }: { poolScope: string; connection: string; settings: RunSettings },
  { record, undo }: Run,
): void {
  undo.register('the address block', async () => {
    // Registered before there is a block: any shard may have given one whose reply was lost.
    await temporal.releaseBlock(blockReleaseOf(settings, { poolScope, connection, wasActive: false }));
    record.note('the address block is free again');
  });
}

/** The undo of everything in AWS, by tags: it finds also what was made by a call whose reply was lost. */
export function registerNetwork(planned: PlannedPeering, run: Run): void {
  const { record, undo } = run;
  undo.register('the network', async () => {
    const deleted = await releaseNetwork(planned, run, { inDoubt: true });
    record.note(deleted.length === 0 ? 'AWS held nothing of this run' : `deleted ${deleted.join(', ')}`);
  });
}

/** After continue-as-new the undos are registered again: they stand in no history of this execution. */
export function registerAgain(journey: Journey, run: Run): void {
  if (journey.at === 'start') return;
  const planned = plannedIn(journey);
  const { poolScope, owner, settings } = planned;
  useSettings(run, settings);
  registerBlock({ poolScope, connection: owner.connection, settings }, run);
  registerNetwork(planned, run);
}
