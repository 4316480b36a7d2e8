import { connectionName } from '../../contract/names.js';
import type { PeeringStatus } from '../../contract/status.js';
import { customerAccess, type CustomerAclRule } from '../../domain/access/customer-access.js';
import type { SecurityGroupRule } from '../../domain/access/plan-access.js';
import type { PeeringState } from '../../domain/lifecycle.js';
import { printable, shown } from '../../domain/quoting.js';
import { accessRules } from '../../domain/request/access-rules.js';
import { CausewayError } from '../causeway-error.js';
import { requireKnownForms } from './known-forms.js';

/** What the customer's network administrator is to do for exactly one connection; every format is a rendering of it. */
export interface Kit {
  /** `<organizationId>/<vpcId>`. */
  connection: string;
  /** For people. Cut short, control and formatting characters escaped; each renderer quotes it for its language. */
  customerName: string;
  peeringConnectionId: string;
  /** When AWS drops the request, ISO 8601; null once it is accepted. */
  expiresAt: string | null;
  /** Who asks, for telling a genuine request from another. */
  requester: { accountId: string; region: string; vpcId: string };
  accepter: { accountId: string; region: string; vpcId: string; subnetCidrs: string[] };
  /** The destination of the one route in each route table: the provider's block. */
  providerCidr: string;
  /** Whether DNS resolution is to be enabled on the accepter's side, which needs DNS hostnames in its VPC. */
  dnsResolution: boolean;
  /** What a security group of the customer's has to let in for the connectors. */
  ingress: SecurityGroupRule[];
  networkAclRules: CustomerAclRule[];
  /** What people should know before they agree, a Transit Gateway's better offering included; a line each. */
  advice: string[];
}

/**
 * @throws CausewayError `NotFound` when there is no peering to accept, yet or any more, saying what to do next;
 *   `InternalError` when the status has an id or range of unknown form, which no kit repeats
 */
export function kitFor(status: PeeringStatus): Kit {
  const connection = connectionName({
    organizationId: status.organizationId,
    vpcId: status.customer.vpcId,
  });
  const { customer, provider, peeringConnectionId } = status;
  requireStage(status, connection);
  if (peeringConnectionId === null || provider?.vpcId == null) throw notYet(connection);
  const access = accessRules.safeParse(customer.access);
  if (!access.success || customer.dnsResolution === undefined) {
    throw new CausewayError(
      'NotFound',
      `the status of ${connection} is an earlier version's and does not say what access was agreed; cancel it and request again`,
    );
  }
  const { accountId, region, vpcId, subnetCidrs } = customer;
  const told: Omit<Kit, 'ingress' | 'networkAclRules'> = {
    connection,
    customerName: shown(status.customerName),
    peeringConnectionId,
    expiresAt: isWaiting(status) ? status.expiresAt : null,
    requester: { accountId: provider.accountId, region: provider.region, vpcId: provider.vpcId },
    accepter: { accountId, region, vpcId, subnetCidrs: [...subnetCidrs] },
    providerCidr: provider.cidr,
    dnsResolution: customer.dnsResolution,
    advice: (status.plan?.advice ?? []).map(printable),
  };
  requireKnownForms(told);
  return { ...told, ...customerAccess({ providerCidr: told.providerCidr, access: access.data }) };
}

function isWaiting({ state, parked }: PeeringStatus): boolean {
  return (parked?.from ?? state) === 'awaiting-acceptance';
}

function requireStage({ state, parked }: PeeringStatus, connection: string): void {
  // What is parked waits where it was.
  const stage: PeeringState = state === 'parked' ? (parked?.from ?? state) : state;
  switch (stage) {
    case 'awaiting-acceptance':
    case 'configuring':
    case 'active':
      return;
    case 'planning':
    case 'building-network':
    case 'requesting':
    case 'parked':
      throw notYet(connection);
    case 'releasing':
    case 'released':
    case 'declined':
    case 'expired':
    case 'failed':
    case 'cancelled':
    case 'disconnected':
      throw new CausewayError(
        'NotFound',
        `${connection} is ${stage}, so there is nothing to accept any more; request it again, and take the kit of the new request`,
      );
  }
}

function notYet(connection: string): CausewayError {
  return new CausewayError(
    'NotFound',
    `${connection} has no peering to accept yet; try again once its status is awaiting-acceptance`,
  );
}
