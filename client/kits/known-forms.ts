import { tryParseBlock } from '../../domain/addresses/blocks.js';
import { regionNameProblem } from '../../domain/regions/region-names.js';
import { awsAccountId, organizationId, vpcId } from '../../domain/request/text-fields.js';
import { quoted } from '../../domain/quoting.js';
import { CausewayError } from '../causeway-error.js';
import type { Kit } from './kit.js';

const PEERING_ID = /^pcx-(?:[0-9a-f]{8}|[0-9a-f]{17})$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T[\d:.]{8,12}Z$/;

/**
 * Whoever can answer a query decides what a status says. Ids, regions and ranges go into programs that the customer
 * runs, so those of any other form than AWS's are refused; quoting is the second line.
 *
 * @throws CausewayError `InternalError`, naming what is wrong
 */
export function requireKnownForms(kit: Omit<Kit, 'ingress' | 'networkAclRules'>): void {
  const { requester, accepter, expiresAt } = kit;
  const accounts = [requester.accountId, accepter.accountId];
  const wrong = [
    ...accounts.filter((id) => !awsAccountId.safeParse(id).success),
    ...[requester.vpcId, accepter.vpcId].filter((id) => !vpcId.safeParse(id).success),
    ...[requester.region, accepter.region].filter((region) => regionNameProblem(region) !== null),
    ...[kit.providerCidr, ...accepter.subnetCidrs].filter((cidr) => !tryParseBlock(cidr).ok),
    ...[kit.peeringConnectionId].filter((id) => !PEERING_ID.test(id)),
    ...[kit.connection.split('/', 1).join('')].filter((id) => !organizationId.safeParse(id).success),
    ...[expiresAt].filter((time) => time !== null && !INSTANT.test(time)),
  ];
  if (wrong.length === 0) return;
  const told = wrong.map((value) => quoted(value ?? '')).join(', ');
  throw new CausewayError(
    'InternalError',
    `the status has values that AWS does not use, so there is no kit: ${told}; look at \`causeway status\` and at who answers for this task queue`,
  );
}
