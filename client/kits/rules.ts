import type { CustomerAclRule } from '../../domain/access/customer-access.js';
import type { SecurityGroupRule } from '../../domain/access/plan-access.js';
import type { Kit } from './kit.js';

/** Where the numbers of network ACL rules begin unless the customer says otherwise: before AWS's own rule 100. */
export const FIRST_RULE_NUMBER = 50;

/** Free for the kit's rules up to AWS's last rule number, 32766. */
export const LAST_FIRST_RULE_NUMBER = 32_700;

/** ASCII, as AWS wants the names of security groups. */
export function securityGroupName({ peeringConnectionId }: Kit): string {
  return `causeway-${peeringConnectionId}`;
}

export function securityGroupDescription({ providerCidr, peeringConnectionId }: Kit): string {
  return `Connectors in ${providerCidr} through ${peeringConnectionId}`;
}

/** `tcp 5432`, `tcp 8000-8100`, `icmp type 8`. */
export function ingressText({ ipProtocol, fromPort, toPort }: SecurityGroupRule): string {
  if (ipProtocol === 'icmp') return `icmp type ${fromPort}`;
  return `${ipProtocol} ${fromPort === toPort ? fromPort : `${fromPort}-${toPort}`}`;
}

const PROTOCOL_NAMES: Record<CustomerAclRule['protocol'], string> = {
  '6': 'tcp',
  '17': 'udp',
  '1': 'icmp',
  '-1': 'all traffic',
};

/** As `ingressText`; an ICMP code is named where it matters. */
export function aclTrafficText({ protocol, portRange, icmp }: CustomerAclRule): string {
  const name = PROTOCOL_NAMES[protocol];
  if (icmp !== null) return `${name} type ${icmp.type}${icmp.code === -1 ? '' : ` code ${icmp.code}`}`;
  if (portRange === null) return name;
  const { from, to } = portRange;
  return `${name} ${from === to ? from : `${from}-${to}`}`;
}
