import { isCancellation } from '@temporalio/workflow';
import type { Drift } from '../activities/drift.js';
import type { BuiltConnection } from '../activities/network-snapshot.js';
import { judgePeering, type ObservedPeering } from '../domain/acceptance.js';
import { DAY_MS } from '../domain/durations.js';
import { FAILURES } from '../domain/failures.js';
import type { RunSettings } from '../domain/settings.js';
import { stepsLeft, withOpened } from './configure-network.js';
import { causeOf } from './failure.js';
import { freshSettings } from './fresh-settings.js';
import { ensureAccess, peeringIn, type Opened } from './network-access.js';
import { BrokenOff, type ParkingLot } from './parking.js';
import type { PeeringRecord } from './peering-record.js';
import type { RepairBudget } from './repair-budget.js';
import type { Acting, RequestedPeering } from './stages.js';

/** How often AWS is asked again to take a DNS option that the customer's VPC kept it from taking. */
const TRY_DNS_EVERY_MS = DAY_MS;

/**
 * What a look at AWS showed. `absent`: nothing, which has to last before it is believed. `next`: when it is to be looked at
 * again, should nobody say so before; `soon` while AWS is on its way to another answer, `later` while something is left that
 * is not as agreed.
 */
export type Seen =
  | { kind: 'lost'; why: string }
  | { kind: 'absent'; why: string }
  | { kind: 'up'; requested: RequestedPeering; next: 'regular' | 'later' | 'soon' };

interface Looking extends Acting {
  budget: RepairBudget;
}

/**
 * Compares AWS with what was agreed, and puts right what differs, or says that it is not put right.
 *
 * @param isNews whether AWS is known to show something new
 */
export async function lookAtConnection(
  requested: RequestedPeering,
  looking: Looking,
  { isNews }: { isNews: boolean },
): Promise<Seen> {
  const { record, parking } = looking;
  const { expected } = requested;
  const observed = await parking.run((aws) => aws.describePeeringConnection(peeringIn(requested)));
  const judgement = judgePeering(expected, observed, { now: new Date().toISOString(), wasAccepted: true });
  switch (judgement.kind) {
    case 'over':
      return { kind: 'lost', why: judgement.note };
    case 'absent':
      return { kind: 'absent', why: judgement.note };
    case 'mismatch':
      record.note(judgement.note);
      record.nextStep({ who: 'provider', what: `${FAILURES.AcceptanceMismatch.operator} ${judgement.note}` });
      return { kind: 'up', requested, next: 'later' };
    case 'waiting':
      record.note(judgement.note);
      return { kind: 'up', requested, next: 'soon' };
    case 'accepted':
      return lookAtNetwork(await tendDnsOption(requested, { observed, isNews, parking }), observed, looking);
  }
}

async function lookAtNetwork(
  requested: RequestedPeering,
  observed: ObservedPeering,
  looking: Looking,
): Promise<Seen> {
  const { record, parking } = looking;
  const { drift, beyond } = await findDrift(requested, parking);
  if (drift.length > 0) return mendDrift(requested, drift, looking);
  record.customerSteps(stepsLeft(requested, observed));
  if (beyond.length === 0) return { kind: 'up', requested, next: 'regular' };
  return leave(requested, {
    record,
    drift: beyond,
    why: 'because AWS takes it away only with what it belongs to',
  });
}

/** Once the customer's VPC has DNS hostnames AWS takes the option; it does not tell us, so that it is tried now and then. */
async function tendDnsOption(
  requested: RequestedPeering,
  { observed, isNews, parking }: { observed: ObservedPeering; isNews: boolean; parking: ParkingLot },
): Promise<RequestedPeering> {
  const { dnsRefusedAt } = requested;
  if (dnsRefusedAt === null) return requested;
  if (observed.requester.allowsDnsResolution === true) return { ...requested, dnsRefusedAt: null };
  if (!isNews && Date.now() - Date.parse(dnsRefusedAt) < TRY_DNS_EVERY_MS) return requested;
  try {
    const { option } = await parking.run((aws) => aws.ensureDnsResolution(peeringIn(requested)));
    return { ...requested, dnsRefusedAt: option === 'on' ? null : new Date().toISOString() };
  } catch (error) {
    // Deleted since it was described: the next look says what that means.
    if (causeOf(error).code !== 'PeeringDisconnected') throw error;
    return requested;
  }
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
  let opened: Opened;
  try {
    opened = await parking.run(async (aws) => {
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
  record.built(opened.network);
  const mended = withOpened(requested, opened);
  const { drift: left } = await findDrift(mended, parking);
  if (left.length > 0) {
    return leave(mended, { record, drift: left, why: 'because Causeway cannot put it right by itself' });
  }
  record.note('repaired: AWS is as agreed again');
  return { kind: 'up', requested: mended, next: 'regular' };
}

function findDrift(requested: RequestedPeering, parking: ParkingLot): Promise<Drift> {
  const { access, request, dnsRefusedAt } = requested;
  const isDnsOptionWanted = request.dnsResolution && dnsRefusedAt === null;
  return parking.run((aws) => aws.findDrift({ ...builtConnection(requested), access, isDnsOptionWanted }));
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
  return { kind: 'up', requested, next: 'later' };
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
