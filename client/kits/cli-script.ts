import type { CustomerAclRule } from '../../domain/access/customer-access.js';
import { SCRIPT_BODY } from './cli-script-body.js';
import type { Kit } from './kit.js';
import {
  FIRST_RULE_NUMBER,
  LAST_FIRST_RULE_NUMBER,
  securityGroupDescription,
  securityGroupName,
} from './rules.js';

/**
 * A script for bash (3.2 or later) and the AWS CLI (1 or 2). All that differs between kits is data at its top, each value
 * in single quotes; the program below it is the same in every kit.
 */
export function cliScript(kit: Kit): string {
  const { requester, accepter } = kit;
  const values: [string, string][] = [
    ['CUSTOMER', kit.customerName],
    ['PEERING', kit.peeringConnectionId],
    ['ACCOUNT', accepter.accountId],
    ['REGION', accepter.region],
    ['VPC', accepter.vpcId],
    ['RANGES', accepter.subnetCidrs.join(' ')],
    ['PROVIDER_ACCOUNT', requester.accountId],
    ['PROVIDER_REGION', requester.region],
    ['PROVIDER_VPC', requester.vpcId],
    ['PROVIDER_CIDR', kit.providerCidr],
    ['DNS_RESOLUTION', kit.dnsResolution ? 'yes' : 'no'],
    ['GROUP_NAME', securityGroupName(kit)],
    ['GROUP_DESCRIPTION', securityGroupDescription(kit)],
    ['FIRST_RULE', FIRST_RULE_NUMBER.toString()],
    ['LAST_FIRST_RULE', LAST_FIRST_RULE_NUMBER.toString()],
  ];
  return [
    '#!/usr/bin/env bash',
    `# Peering ${kit.peeringConnectionId} for ${kit.customerName}: accept it, and route ${kit.providerCidr} to it.`,
    `# Run it with credentials of account ${accepter.accountId}; --help says what else it can do. Running it again is harmless.`,
    ...kit.advice.map((line) => `# Note: ${line}`),
    'set -euo pipefail',
    '',
    ...values.map(([name, value]) => `${name}=${shellWord(value)}`),
    '# protocol, from, to; of icmp type and code',
    `INGRESS=${shellWord(kit.ingress.map((rule) => `${rule.ipProtocol} ${rule.fromPort} ${rule.toPort}`).join('\n'))}`,
    '# direction, offset, protocol number, allow or deny, ports from and to, icmp type and code',
    `ACL_RULES=${shellWord(kit.networkAclRules.map(aclLine).join('\n'))}`,
    '',
    SCRIPT_BODY,
  ].join('\n');
}

/** One word of bash, whatever the text is. */
export function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function aclLine({ egress, offset, protocol, action, portRange, icmp }: CustomerAclRule): string {
  const numbers = [portRange?.from, portRange?.to, icmp?.type, icmp?.code];
  const direction = egress ? 'egress' : 'ingress';
  return [direction, offset, protocol, action, ...numbers.map((number) => number ?? 'None')].join(' ');
}
