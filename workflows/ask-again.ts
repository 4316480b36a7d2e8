import { cidrContains } from '../domain/addresses/blocks.js';
import type { NamedBlock } from '../domain/addresses/choose-block.js';
import type { RunSettings } from '../domain/settings.js';
import type { Outcome } from './await-acceptance.js';
import { buildNetwork } from './build-network.js';
import { ending } from './failure.js';
import { ParkingLot } from './parking.js';
import { decideBlock } from './plan-request.js';
import { requestPeering } from './request-peering.js';
import type { PlannedPeering, RequestedPeering, Run, TriedBlock } from './stages.js';

/**
 * AWS gives the same answer to an overlap and to a mistyped account or VPC id: after so many blocks it is not the block.
 */
const MOST_BLOCKS = 4;

/**
 * What follows a request that came to nothing: another round after an expiry, another block after a late overlap.
 *
 * @throws ApplicationFailure with the outcome's code, where nothing follows
 */
export function askAgain(
  requested: RequestedPeering,
  over: Extract<Outcome, { kind: 'over' }>,
  run: Run,
): Promise<RequestedPeering> {
  if (over.code === 'PeeringExpired') return askForAnotherRound(requested, over.note, run);
  if (over.code === 'PeeringFailed') return askWithAnotherBlock(requested, over.note, run);
  return Promise.reject(ending(over.code, over.note));
}

/** VPC and block stay: what the customer has noted down about the connection stays true. */
async function askForAnotherRound(
  requested: RequestedPeering,
  note: string,
  run: Run,
): Promise<RequestedPeering> {
  const { rounds } = requested.settings.acceptance;
  const { round } = run.record.status;
  if (round >= rounds) {
    throw ending('PeeringExpired', `${note}; round ${round.toString()} of ${rounds.toString()} was the last`);
  }
  run.record.nextRound(`${note}; asking again, round ${(round + 1).toString()} of ${rounds.toString()}`);
  return await requestPeering(requested, requested.network, run.record);
}

async function askWithAnotherBlock(
  requested: RequestedPeering,
  answer: string,
  run: Run,
): Promise<RequestedPeering> {
  const { record } = run;
  const { settings, request, owner, providerRegion: region, providerCidr } = requested;
  const tried = [...requested.tried, { cidr: providerCidr, answer }];
  const most = Math.min(MOST_BLOCKS, settings.addresses.ranges.length);
  if (request.providerCidr !== null || tried.length >= most) throw ending('PeeringFailed', triedText(tried));

  record.moveOn(`AWS refuses the peering with ${providerCidr}: ${answer}; a block of another range is taken`);
  const parking = new ParkingLot(record, settings.acceptance.observeEvery);
  await parking.insist((aws) => aws.releaseNetwork({ region, owner, inDoubt: false }));
  const planned = await decideAnotherBlock({ ...requested, tried }, run);
  const network = await buildNetwork(planned, run);
  return requestPeering(planned, network, record);
}

async function decideAnotherBlock(planned: PlannedPeering, { record }: Run): Promise<PlannedPeering> {
  const { tried, settings } = planned;
  const decided = await decideBlock(planned, {
    record,
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
