import type { PeeringStatus } from '../contract/status.js';
import { shown } from '../domain/quoting.js';

/**
 * Who a request seems to be for, before it is known to be valid: cut short and escaped, because the run answers `status`
 * also when the request was nonsense.
 */
export function shownIdentity(
  input: unknown,
): Pick<PeeringStatus, 'organizationId' | 'customerName' | 'customer'> {
  return {
    organizationId: textOf(input, 'organizationId'),
    customerName: textOf(input, 'customerName'),
    customer: {
      accountId: textOf(input, 'awsAccountId'),
      region: textOf(input, 'region'),
      vpcId: textOf(input, 'vpcId'),
      subnetCidrs: [],
    },
  };
}

function textOf(input: unknown, key: string): string {
  if (typeof input !== 'object' || input === null) return '';
  const value: unknown = Reflect.get(input, key);
  return typeof value === 'string' ? shown(value) : '';
}
