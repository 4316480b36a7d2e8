import { isCancellation } from '@temporalio/workflow';
import type { BuiltConnection } from '../activities/network-snapshot.js';
import { judgePeering } from '../domain/acceptance.js';
import { FAILURES } from '../domain/failures.js';
import type { RunSettings } from '../domain/settings.js';
import { stepAfterActivation } from './configure-network.js';
import { causeOf } from './failure.js';
import { freshSettings } from './fresh-settings.js';
import { ensureAccess } from './network-access.js';
import { BrokenOff, type ParkingLot } from './parking.js';
import type { PeeringRecord } from './peering-record.js';
import type { RepairBudget } from './repair-budget.js';
import type { Acting, BuiltNetwork, RequestedPeering } from './stages.js';

/** What a look at AWS showed. `amiss`: something is left that is not as agreed. */
export type Seen =
  { kind: 'lost'; why: string } | { kind: 'up'; requested: RequestedPeering; amiss: boolean };

interface Looking extends Acting {
  budget: RepairBudget;
}

/** Compares AWS with what was agreed, and puts right what differs, or says that it is not put right. */
export async function lookAtConnection(requested: RequestedPeering, looking: Looking): Promise<Seen> {
  const { record, parking } = looking;
  const { providerRegion: region, expected } = requested;
  const { vpcPeeringConnectionId } = expected;
  const observed = await parking.insist((aws) =>
    aws.describePeeringConnection({ region, vpcPeeringConnectionId }),
  );
  const judgement = judgePeering(expected, observed, new Date().toISOString());
  if (judgement.kind === 'over') {
    if (judgement.code !== 'AcceptanceMismatch') return { kind: 'lost', why: judgement.note };
    record.note(judgement.note);
    record.nextStep({ who: 'provider', what: `${FAILURES.AcceptanceMismatch.operator} ${judgement.note}` });
    return { kind: 'up', requested, amiss: true };
  }
  if (judgement.kind === 'waiting') return { kind: 'up', requested, amiss: true };

  const drift = await findDrift(requested, parking);
  if (drift.length > 0) return await mendDrift(requested, drift, looking);
  record.nextStep(stepAfterActivation(requested, observed));
  return { kind: 'up', requested, amiss: false };
}

async function mendDrift(
  requested: RequestedPeering,
  drift: readonly string[],
  { record, budget, parking }: Looking,
): Promise<Seen> {
  // A replay does not add what a local activity took to the clock.
  const at = new Date().toISOString();
  const { maintenance } = await freshSettings(requested.settings, record);
  const held = whyHeld(maintenance, { budget, changes: drift.length, at });
  if (held !== null) return leave(requested, { record, drift, why: held, at });

  record.drifted(`AWS differs from what was agreed, and is put right: ${drift.join('; ')}`, at);
  budget.spend(drift.length, at);
  let network: BuiltNetwork;
  try {
    network = await parking.run(async (aws) => {
      // What lost its tags is not taken for ours by anything else.
      await aws.ensureTagsAndDns(builtConnection(requested));
      return ensureAccess(aws, requested);
    });
  } catch (error) {
    // Not insisted on: the next look may find another cause, such as a peering that is gone by now.
    if (isCancellation(error) || error instanceof BrokenOff) throw error;
    record.unpark();
    return leave(requested, { record, drift, why: `because AWS refuses: ${causeOf(error).message}` });
  }
  record.built(network);
  const mended = { ...requested, network };
  const left = await findDrift(mended, parking);
  if (left.length > 0) {
    return leave(mended, { record, drift: left, why: 'because Causeway cannot put it right by itself' });
  }
  record.note('repaired: AWS is as agreed again');
  return { kind: 'up', requested: mended, amiss: false };
}

async function findDrift(requested: RequestedPeering, parking: ParkingLot): Promise<string[]> {
  const { access } = requested;
  const { drift } = await parking.insist((aws) => aws.findDrift({ ...builtConnection(requested), access }));
  return drift;
}

function builtConnection({
  providerRegion: region,
  owner,
  network,
  expected: { vpcPeeringConnectionId },
}: RequestedPeering): BuiltConnection {
  return { region, owner, network, vpcPeeringConnectionId };
}

function leave(
  requested: RequestedPeering,
  { record, drift, why, at }: { record: PeeringRecord; drift: readonly string[]; why: string; at?: string },
): Seen {
  const what = `AWS differs from what was agreed, and is not put right, ${why}: ${drift.join('; ')}`;
  record.drifted(what, at);
  record.nextStep({ who: 'provider', what });
  return { kind: 'up', requested, amiss: true };
}

/** Settings are read anew for each repair: the switch that pauses repairs must not wait for continue-as-new. */
function whyHeld(
  { repair, paused, changesPerHour }: RunSettings['maintenance'],
  { budget, changes, at }: { budget: RepairBudget; changes: number; at: string },
): string | null {
  if (repair === 'report') return 'because maintenance.repair is "report"';
  if (paused) return 'because maintenance.paused is set';
  if (budget.allows(changes, { perHour: changesPerHour, at })) return null;
  return `because more than ${changesPerHour.toString()} changes an hour (maintenance.changesPerHour) would be made; something keeps undoing them`;
}
