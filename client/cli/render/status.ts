import type { PeeringStatus } from '../../../contract/status.js';
import type { Look } from './look.js';
import { plainText } from './plain-text.js';
import { statePaint } from './states.js';
import { bulletList, table, titled, type Cell } from './table.js';
import { deadlineText, momentText, pastText } from './times.js';

/** What `status` answers, for people: first where it stands and who is next, then the details. */
export function renderStatus(look: Look, status: PeeringStatus): string {
  const connection = plainText(`${status.organizationId}/${status.customer.vpcId}`);
  const parts = [
    `${look.colors.bold(connection)}, ${plainText(status.customerName)}`,
    table(look, { rows: summaryRows(look, status) }),
    table(look, { head: ['', 'PROVIDER', 'CUSTOMER'], rows: sideRows(status) }),
  ];
  if (status.plan !== null) {
    parts.push(bulletList(look, 'Reasons', status.plan.reasons));
    if (status.plan.advice.length > 0) parts.push(bulletList(look, 'Advice', status.plan.advice));
  }
  if (status.history.length > 0) parts.push(titled(look, 'History', historyTable(look, status.history)));
  return parts.join('\n\n');
}

function historyTable(look: Look, history: PeeringStatus['history']): string {
  return table(look, {
    head: ['WHEN', 'STATE', 'WHAT'],
    rows: history.map(({ at, state, note, count }) => [
      momentText(at),
      { text: state, paint: statePaint(look, state) },
      count === undefined ? note : `${note} (${count} times, this is the last)`,
    ]),
  });
}

function summaryRows(look: Look, status: PeeringStatus): Cell[][] {
  const { now, colors } = look;
  const { state, nextStep, parked, failure, expiresAt } = status;
  const paint = statePaint(look, state);
  const rows: Cell[][] = [
    ['State', { text: state, paint }],
    ['Since', pastText(status.since, now)],
    ['Next', `${nextStep.who}: ${nextStep.what}`],
    ['Peering', status.peeringConnectionId ?? 'none yet'],
    ['Round', status.round.toString()],
  ];
  if (expiresAt !== null && state === 'awaiting-acceptance')
    rows.push(['Expires', deadlineText(expiresAt, now)]);
  if (parked !== null) {
    rows.push(
      ['Parked', { text: `waits for ${parked.for}, from ${parked.who}`, paint: colors.yellow }],
      ['', parked.message],
      ['', `was ${parked.from}; parked since ${pastText(parked.since, now)}`],
    );
  }
  if (failure !== null) {
    rows.push(
      ['Failure', { text: `${failure.code}: ${failure.message}`, paint: colors.red }],
      ['', `${failure.who}: ${failure.nextStep}`],
    );
  }
  return rows;
}

function sideRows({ provider, customer, plan }: PeeringStatus): string[][] {
  const none = '-';
  return [
    ['Account', provider?.accountId ?? none, customer.accountId],
    ['Region', provider?.region ?? plan?.providerRegion ?? none, customer.region],
    ['VPC', provider?.vpcId ?? none, customer.vpcId],
    ['Ranges', provider?.cidr ?? none, customer.subnetCidrs.join(', ')],
    ...(customer.avoidCidrs === undefined ? [] : [['Used elsewhere', '', customer.avoidCidrs.join(', ')]]),
    ['Subnets', provider?.subnetIds.join(', ') ?? none, ''],
    ['Route table', provider?.routeTableId ?? none, ''],
    ['Network ACL', provider?.networkAclId ?? none, ''],
    ['Security group', provider?.securityGroupId ?? none, ''],
  ];
}
