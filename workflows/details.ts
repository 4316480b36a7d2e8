import type { PeeringStatus } from '../contract/status.js';
import { timeLeftText } from '../domain/durations.js';
import { markdownText as text } from '../domain/quoting.js';

const SHOWN_HISTORY = 8;

/**
 * The status as Markdown for the Temporal UI. Everything that others wrote is data, and escaped.
 *
 * @param now ms since the epoch, for the time that is left
 */
export function detailsOf(status: PeeringStatus, now: number): string {
  const { state, since, nextStep, plan, provider, customer } = status;
  const lines = [
    `### ${text(status.customerName)}: ${state}`,
    `since ${since}`,
    '',
    `**Next step** (${nextStep.who}): ${text(nextStep.what)}`,
    '',
    `- **Provider**: ${sideText(provider?.accountId, provider?.region, [provider?.vpcId, provider?.cidr])}`,
    `- **Customer**: ${sideText(customer.accountId, customer.region, [customer.vpcId, shortList(customer.subnetCidrs)])}`,
    `- **Peering**: ${text(status.peeringConnectionId ?? 'not requested yet')}${expiryOf(status, now)}`,
    ...(plan === null
      ? []
      : ['', '**Plan**', ...[...plan.reasons, ...plan.advice].map((line) => `- ${text(line)}`)]),
    '',
    '**History**',
    ...status.history
      .slice(-SHOWN_HISTORY)
      .map(({ at, state: was, note, count }) => `- ${at} ${was}: ${text(note)}${times(count)}`),
  ];
  return lines.join('\n');
}

const MAX_LISTED = 5;

/** One side in one line; what is not known yet is left out. */
function sideText(
  accountId: string | undefined,
  region: string | undefined,
  network: readonly (string | null | undefined)[],
): string {
  if (accountId === undefined || region === undefined) return 'not planned yet';
  const known = network.filter((part) => part !== null && part !== undefined && part !== '');
  return text(`account ${accountId} in ${region}: ${known.join(', ')}`);
}

function shortList(values: readonly string[]): string {
  const rest = values.length - MAX_LISTED;
  return values.slice(0, MAX_LISTED).join(', ') + (rest > 0 ? ` and ${rest.toString()} more` : '');
}

function expiryOf({ expiresAt, state, round }: PeeringStatus, now: number): string {
  return expiresAt !== null && state === 'awaiting-acceptance'
    ? `, round ${round.toString()}; AWS drops the request at ${expiresAt}, ${timeLeftText(Date.parse(expiresAt), now)} left when last looked at`
    : '';
}

function times(count: number | undefined): string {
  return count === undefined ? '' : ` (${count.toString()} times)`;
}
