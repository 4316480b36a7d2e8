import { connectionName } from '../../../contract/names.js';
import type { HistoryEntry, PeeringStatus } from '../../../contract/status.js';
import { PEERING_STATES } from '../../../domain/lifecycle.js';
import type { StartedRequest } from '../../request-peering.js';
import type { Look } from './look.js';
import { plainText } from './plain-text.js';
import { statePaint } from './states.js';
import { table } from './table.js';
import { momentText } from './times.js';

/** Says that the request is under way, and what happens next. */
export function renderRequested(look: Look, status: PeeringStatus, started: StartedRequest): string {
  const { organizationId, customer, plan, state, nextStep } = status;
  const connection = connectionName({ organizationId, vpcId: customer.vpcId });
  const lead = started.wasUnderWay
    ? 'was under way already, and goes on as it was first requested'
    : 'is requested';
  return [
    plainText(`${connection} ${lead}.`),
    table(look, {
      rows: [
        ['Workflow', started.workflowId],
        ['Run', started.runId],
        ['State', { text: state, paint: statePaint(look, state) }],
        ['Plan', plan === null ? 'not made yet' : `${plan.providerCidr} in ${plan.providerRegion}`],
        ['Next', `${nextStep.who}: ${nextStep.what}`],
      ],
    }),
    plainText(
      `Causeway builds the provider's VPC and asks account ${customer.accountId} in ${customer.region} for the peering; the customer then has 7 days to accept. ` +
        `\`causeway status ${organizationId} ${customer.vpcId}\` shows how it goes, \`causeway cancel ${organizationId} ${customer.vpcId}\` undoes it.`,
    ),
  ].join('\n');
}

/** So that the notes of entries that come one by one still stand below each other. */
const STATE_WIDTH = Math.max(...PEERING_STATES.map((state) => state.length));

/** One entry as it comes, on a line of its own. */
export function renderHistoryLine(look: Look, { at, state, note, count }: HistoryEntry): string {
  const times = count === undefined ? '' : ` (${count} times)`;
  return `${look.colors.dim(momentText(at))}  ${statePaint(look, state)(state.padEnd(STATE_WIDTH))}  ${plainText(note)}${times}`;
}
