import { markdownText as text } from '../../domain/quoting.js';
import type { Kit } from './kit.js';
import { permissionsFor } from './permissions.js';
import { aclTrafficText, FIRST_RULE_NUMBER, ingressText, securityGroupName } from './rules.js';

/** Steps in the AWS console, as Markdown. */
export function consoleSteps(kit: Kit): string {
  const { accepter, peeringConnectionId } = kit;
  return [
    `# Peering ${peeringConnectionId} for ${text(kit.customerName)}`,
    ...(kit.advice.length > 0 ? [bullets(kit.advice.map(text))] : []),
    `## 1. Check where you are`,
    `Sign in to account **${accepter.accountId}** and choose the region **${accepter.region}**. In any other the request is not shown.`,
    `## 2. Check who asks, then accept`,
    acceptSteps(kit),
    `To decline instead, choose *Actions → Reject request* there. Nothing else is to be done then.`,
    `## 3. Add one route`,
    routeSteps(kit),
    ...dnsSteps(kit),
    `## ${kit.dnsResolution ? 5 : 4}. If you like: narrow the access`,
    narrowingSteps(kit),
    `## Permissions for these steps`,
    ['```json', JSON.stringify(permissionsFor(kit), null, 2), '```'].join('\n'),
  ].join('\n\n');
}

function acceptSteps({ requester, accepter, peeringConnectionId, expiresAt, providerCidr }: Kit): string {
  const until = expiresAt === null ? '' : `, at the latest at ${expiresAt}, when AWS drops the request`;
  return [
    `VPC console → *Peering connections* → \`${peeringConnectionId}\`. All of this has to be there, exactly:`,
    table([
      ['', 'Requester', 'Accepter'],
      ['Account', requester.accountId, accepter.accountId],
      ['Region', requester.region, accepter.region],
      ['VPC', requester.vpcId, accepter.vpcId],
      ['CIDR', providerCidr, 'shown once it is active'],
    ]),
    `If anything differs, do not accept: it is another request than ours. Otherwise *Actions → Accept request*${until}.`,
    `If it is shown as *Active* already, it was accepted before; go on.`,
  ].join('\n\n');
}

function routeSteps({ accepter, providerCidr, peeringConnectionId }: Kit): string {
  return [
    `For every route table of a subnet of \`${accepter.vpcId}\` in these ranges:`,
    bullets(accepter.subnetCidrs.map((cidr) => `\`${cidr}\``)),
    `*Route tables* → the table → *Routes* → *Edit routes* → *Add route*: destination \`${providerCidr}\`, target *Peering Connection* \`${peeringConnectionId}\`. Leave all other routes as they are.`,
  ].join('\n\n');
}

function dnsSteps({ dnsResolution, accepter, peeringConnectionId }: Kit): string[] {
  if (!dnsResolution) return [];
  return [
    `## 4. Enable DNS resolution`,
    [
      `1. *Your VPCs* → \`${accepter.vpcId}\` → *Actions → Edit VPC settings*: enable *DNS resolution* and *DNS hostnames*.`,
      `2. *Peering connections* → \`${peeringConnectionId}\` → *Actions → Edit DNS settings*: under *Accepter DNS resolution* allow the requester's VPC to resolve DNS of hosts in yours to private addresses. It can be set once the peering is active.`,
    ].join('\n'),
  ];
}

function narrowingSteps(kit: Kit): string {
  const group = kit.ingress.map((rule) => [ingressText(rule), kit.providerCidr]);
  const rules = kit.networkAclRules.map((rule) => [
    rule.egress ? 'outbound' : 'inbound',
    (FIRST_RULE_NUMBER + rule.offset).toString(),
    aclTrafficText(rule),
    kit.providerCidr,
    rule.action,
  ]);
  return [
    `**Security group.** Create \`${securityGroupName(kit)}\` in \`${kit.accepter.vpcId}\` with these inbound rules, and give it to what the connectors are to reach:`,
    table([['Traffic', 'Source'], ...group]),
    `Delete its outbound rule to 0.0.0.0/0 (and to ::/0), which AWS fills in: replies need none.`,
    `**Network ACL.** Add these to the network ACL of those subnets. All concern the provider's block alone, so that other traffic goes on by the rules you have. The numbers have to be free and lower than any rule that would allow more; move all of them together if need be.`,
    table([['Direction', 'Rule', 'Traffic', 'Source or destination', 'Allow or deny'], ...rules]),
    `AWS takes 20 rules per direction, the closing \`*\` included, unless your quota was raised: count before you add the first.`,
  ].join('\n\n');
}

function bullets(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}

/** A Markdown table, the first row its head; cells have no characters of Markdown. */
function table([head = [], ...rows]: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
}
