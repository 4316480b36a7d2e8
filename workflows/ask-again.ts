import { cidrContains } from '../domain/addresses/blocks.js';
import type { NamedBlock } from '../domain/addresses/choose-block.js';
import type { FailureCode } from '../domain/failures.js';
import type { RunSettings } from '../domain/settings.js';
import type { Outcome } from './await-acceptance.js';
import { ending } from './failure.js';
import { decideBlock } from './plan-request.js';
import { releaseNetwork } from './release-network.js';
import type { Journey, PlannedPeering, RequestedPeering, Run, TriedBlock } from './stages.js';

/**
 * AWS gives the same answer to an overlap and to a mistyped account or VPC id: after so many blocks it is not the block.
 */
const MOST_BLOCKS = 4;

/**
 * What follows a request that came to nothing: another round after an expiry, or where the provider's own account deleted it;
 * another block after a late overlap.
 *
 * @throws ApplicationFailure with the outcome's code, where nothing follows
 */
export function afterwards(
  requested: RequestedPeering,
  { code, note }: Extract<Outcome, { kind: 'over' }>,
  run: Run,
): Journey {
  if (code === 'PeeringExpired' || isWithdrawn(code, run)) {
    return anotherRound(requested, { code, note }, run);
  }
  if (code === 'PeeringFailed') return anotherBlock(requested, note, run);
  throw ending(code, note);
}

/** Who has accepted is not asked to do so again. */
function isWithdrawn(code: FailureCode, { record }: Run): boolean {
  return code === 'PeeringDeleted' && record.stage !== 'configuring';
}

/** VPC and block stay: what the customer has noted down about the connection stays true. */
function anotherRound(
  requested: RequestedPeering,
  { code, note }: { code: FailureCode; note: string },
  { record }: Run,
): Journey {
  const { rounds } = requested.settings.acceptance;
  const { round } = record.status;
  if (round >= rounds) {
    throw ending(code, `${note}; round ${round.toString()} of ${rounds.toString()} was the last`);
  }
  record.nextRound(`${note}; asking again, round ${(round + 1).toString()} of ${rounds.toString()}`);
  return { at: 'built', planned: requested, network: requested.network };
}

function anotherBlock(requested: RequestedPeering, answer: string, { record }: Run): Journey {
  const { settings, request, providerCidr } = requested;
  const tried = [...requested.tried, { cidr: providerCidr, answer }];
  const most = Math.min(MOST_BLOCKS, settings.addresses.ranges.length);
  if (request.providerCidr !== null || tried.length >= most) throw ending('PeeringFailed', triedText(tried));
  record.moveOn(`AWS refuses the peering with ${providerCidr}: ${answer}; a block of another range is taken`);
  return { at: 'refused', planned: { ...requested, tried } };
}

/**
 * Releases what was built with the block that AWS refused, and takes one of another range.
 *
 * @throws ApplicationFailure `PeeringFailed` where no other range has one
 */
export async function planAnotherBlock(planned: PlannedPeering, run: Run): Promise<PlannedPeering> {
  const { tried, settings } = planned;
  await releaseNetwork(planned, run, { inDoubt: false });
  const decided = await decideBlock(planned, {
    record: run.record,
    avoid: tried.map((block) => rangeOf(block, settings)),
  });
  if (decided.ok) return decided.planned;
  throw ending('PeeringFailed', `${triedText(tried)}; no other range has a free block`);
}

/** The whole configured range: the customer may well use more of it. */
function rangeOf({ cidr }: TriedBlock, { addresses }: RunSettings): NamedBlock {
  const range = addresses.ranges.find((candidate) => cidrContains(candidate, cidr));
  return { cidr: range ?? cidr, why: `AWS refused the peering with ${cidr}` };
}

function triedText(tried: readonly TriedBlock[]): string {
  return `tried ${tried.map(({ cidr, answer }) => `${cidr} (${answer})`).join(', ')}`;
}
