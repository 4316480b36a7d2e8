import type { AddressAnswer } from '../../../contract/address-management.js';
import type { AddressReport } from '../../../contract/address-verification.js';
import { discrepancyText } from '../../../domain/addresses/compare-with-aws.js';
import type { PoolListing } from '../../addresses.js';
import type { Look } from './look.js';
import { plainText } from './plain-text.js';
import { bulletList, table, titled } from './table.js';
import { momentText } from './times.js';

/** The pools, one after the other; of one scope every block besides. */
export function renderPools(look: Look, pools: readonly PoolListing[], scope: string | null): string {
  if (pools.length === 0) {
    return scope === null
      ? 'No pool holds anything yet.'
      : `No pool of ${plainText(scope)} is there; nothing was ever allocated in it.`;
  }
  return pools.map((pool) => poolText(look, pool)).join('\n\n');
}

function poolText(look: Look, pool: PoolListing): string {
  const { held, resting, reserved } = pool.counts;
  const counts = `${held} held, ${resting} resting, ${reserved} reserved`;
  return [
    `${look.colors.bold(plainText(nameOf(pool)))}: ${counts}`,
    ...(pool.utilisation.length === 0 ? [] : [utilisation(look, pool)]),
    ...(pool.held.length === 0 ? [] : [titled(look, 'Held', heldTable(look, pool))]),
    ...(pool.resting.length === 0 ? [] : [titled(look, 'Resting', restingTable(look, pool))]),
    ...(pool.reserved.length === 0 ? [] : [titled(look, 'Reserved', reservedTable(look, pool))]),
  ].join('\n\n');
}

function nameOf({ scope, shard }: PoolListing): string {
  return shard === null ? scope : `${scope}, ${shard}`;
}

function utilisation(look: Look, pool: PoolListing): string {
  return table(look, {
    head: ['RANGE', 'ADDRESSES', 'HELD', 'RESTING', 'RESERVED', 'FREE', 'USED', 'LARGEST FREE'],
    rows: pool.utilisation.map((range) => [
      range.cidr,
      range.addresses.toString(),
      range.held.toString(),
      range.resting.toString(),
      range.reserved.toString(),
      range.free.toString(),
      `${((100 * (range.addresses - range.free)) / range.addresses).toFixed(1)} %`,
      range.largestFree ?? 'none',
    ]),
  });
}

function heldTable(look: Look, { held }: PoolListing): string {
  return table(look, {
    head: ['BLOCK', 'CONNECTION', 'SINCE'],
    rows: held.map(({ cidr, holder, since }) => [cidr, holder, momentText(since)]),
  });
}

function restingTable(look: Look, { resting }: PoolListing): string {
  return table(look, {
    head: ['BLOCK', 'LAST CONNECTION', 'UNTIL'],
    rows: resting.map(({ cidr, lastHolder, until }) => [cidr, lastHolder, momentText(until)]),
  });
}

function reservedTable(look: Look, { reserved }: PoolListing): string {
  return table(look, {
    head: ['RANGE', 'WHY', 'SINCE'],
    rows: reserved.map(({ cidr, why, since }) => [cidr, why, momentText(since)]),
  });
}

/** Which block comes next, and everything that was passed over. */
export function renderExplanation(
  look: Look,
  { scope, explanation }: Extract<AddressAnswer, { kind: 'explain' }>,
): string {
  const { cidr, reasons, runnersUp, rejected } = explanation;
  return [
    `${look.colors.bold(cidr ?? 'no block')} would come next in the pool ${plainText(scope)}; nothing is allocated`,
    bulletList(look, 'Reasons', reasons),
    ...(runnersUp.length === 0 ? [] : [bulletList(look, 'After it', runnersUp)]),
    ...(rejected.length === 0
      ? []
      : [
          titled(
            look,
            'Passed over',
            table(look, {
              head: ['BLOCK', 'WHY NOT'],
              rows: rejected.map((each) => [each.cidr, each.reason]),
            }),
          ),
        ]),
  ].join('\n\n');
}

/** What differs between pools and AWS, what was mended, and what was not. */
export function renderVerification(look: Look, report: AddressReport): string {
  const { pools, blocks, vpcs, discrepancies, more, repaired, held } = report;
  const lines = discrepancies.map(
    (each) => `${discrepancyText(each)}${each.owned ? ' (its workflow is open)' : ''}`,
  );
  if (more > 0) lines.push(`and ${more.toString()} more`);
  return [
    `${pools} pools with ${blocks} blocks compared with ${vpcs} VPCs`,
    lines.length === 0 ? 'They agree.' : bulletList(look, 'They differ', lines),
    ...(repaired.length === 0 ? [] : [bulletList(look, 'Mended', repaired)]),
    ...(held.length === 0 ? [] : [bulletList(look, 'Held', held)]),
  ].join('\n\n');
}
