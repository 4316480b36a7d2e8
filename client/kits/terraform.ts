import type { CustomerAclRule } from '../../domain/access/customer-access.js';
import { hclString } from './hcl.js';
import type { Kit } from './kit.js';
import {
  FIRST_RULE_NUMBER,
  ingressText,
  LAST_FIRST_RULE_NUMBER,
  securityGroupDescription,
  securityGroupName,
} from './rules.js';

/** One file, as `terraform fmt` leaves it: accepter, DNS option, routes, security group, rules of a network ACL. */
export function terraformConfiguration(kit: Kit): string {
  return [
    head(kit),
    VARIABLES,
    accepter(kit),
    ...(kit.dnsResolution ? [dnsOption(kit)] : []),
    routes(kit),
    securityGroup(kit),
    networkAclRules(kit),
    outputs(kit),
  ].join('\n\n');
}

function head({ peeringConnectionId, customerName, accepter, advice }: Kit): string {
  return [
    `# Peering ${peeringConnectionId} for ${customerName}.`,
    `# Apply it with credentials of account ${accepter.accountId}. Accepting by hand before, or after, is harmless.`,
    '# Destroying it takes away the routes, the group and the rules, and leaves the peering as it is, with its DNS option: only then',
    `# delete that too, by \`aws ec2 delete-vpc-peering-connection --vpc-peering-connection-id ${peeringConnectionId}\` or in the console.`,
    ...advice.map((line) => `# Note: ${line}`),
    `terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

provider "aws" {
  region              = ${hclString(accepter.region)}
  allowed_account_ids = [${hclString(accepter.accountId)}]
}`,
  ].join('\n');
}

const VARIABLES = `variable "route_table_ids" {
  description = "Route tables of the subnets that the connectors are to reach"
  type        = set(string)

  validation {
    condition     = length(var.route_table_ids) > 0
    error_message = "Name at least one route table."
  }
}

variable "create_security_group" {
  description = "Whether to make a security group that lets the connectors in, and only them"
  type        = bool
  default     = false
}

variable "network_acl_id" {
  description = "Network ACL of those subnets, to which rules for the connectors are added; null adds none"
  type        = string
  default     = null
}

variable "first_rule_number" {
  description = "Where the numbers of those rules begin: free, and lower than any rule that would allow more"
  type        = number
  default     = ${FIRST_RULE_NUMBER}

  validation {
    condition     = var.first_rule_number >= 1 && var.first_rule_number <= ${LAST_FIRST_RULE_NUMBER}
    error_message = "Choose a number from 1 to ${LAST_FIRST_RULE_NUMBER}."
  }
}`;

/** The requester's Region is left out: what `region` means there has changed with version 6 of the AWS provider. */
function accepter(kit: Kit): string {
  const { requester, accepter: own } = kit;
  return `# A request that comes from anyone but the provider is not this one, whatever its id.
data "aws_vpc_peering_connection" "request" {
  id = ${hclString(kit.peeringConnectionId)}

  lifecycle {
    postcondition {
      condition = (
        self.owner_id == ${hclString(requester.accountId)} &&
        self.vpc_id == ${hclString(requester.vpcId)} &&
        self.peer_owner_id == ${hclString(own.accountId)} &&
        self.peer_vpc_id == ${hclString(own.vpcId)}
      )
      error_message = "The request is not from the provider's VPC, or not for this one: do not accept it."
    }
  }
}

resource "aws_vpc_peering_connection_accepter" "provider" {
  vpc_peering_connection_id = data.aws_vpc_peering_connection.request.id
  auto_accept               = true
}`;
}

function dnsOption({ accepter: own }: Kit): string {
  return `data "aws_vpc" "own" {
  id = ${hclString(own.vpcId)}
}

resource "aws_vpc_peering_connection_options" "provider" {
  vpc_peering_connection_id = aws_vpc_peering_connection_accepter.provider.id

  accepter {
    allow_remote_vpc_dns_resolution = true
  }

  lifecycle {
    precondition {
      condition     = data.aws_vpc.own.enable_dns_support && data.aws_vpc.own.enable_dns_hostnames
      error_message = "Set enable_dns_support and enable_dns_hostnames to true where this VPC is defined."
    }
  }
}`;
}

function routes({ providerCidr }: Kit): string {
  return `resource "aws_route" "provider" {
  for_each = var.route_table_ids

  route_table_id            = each.value
  destination_cidr_block    = ${hclString(providerCidr)}
  vpc_peering_connection_id = aws_vpc_peering_connection_accepter.provider.id
}`;
}

/** Terraform takes away the rule out that AWS gives every new group, and the group has none of its own. */
function securityGroup(kit: Kit): string {
  const ingress = kit.ingress.map(
    (rule) => `
  ingress {
    description = ${hclString(ingressText(rule))}
    protocol    = ${hclString(rule.ipProtocol)}
    from_port   = ${rule.fromPort}
    to_port     = ${rule.toPort}
    cidr_blocks = [${hclString(rule.cidr)}]
  }
`,
  );
  return `resource "aws_security_group" "connectors" {
  count = var.create_security_group ? 1 : 0

  name        = ${hclString(securityGroupName(kit))}
  description = ${hclString(securityGroupDescription(kit))}
  vpc_id      = ${hclString(kit.accepter.vpcId)}
${ingress.join('')}}`;
}

function networkAclRules({ networkAclRules: rules, providerCidr }: Kit): string {
  return `locals {
  network_acl_rules = [
${rules.map((rule) => `    ${ruleObject(rule)},`).join('\n')}
  ]
}

resource "aws_network_acl_rule" "connectors" {
  for_each = {
    for rule in local.network_acl_rules :
    "\${rule.egress ? "out" : "in"}-\${rule.offset}" => rule if var.network_acl_id != null
  }

  network_acl_id = var.network_acl_id
  rule_number    = var.first_rule_number + each.value.offset
  egress         = each.value.egress
  protocol       = each.value.protocol
  rule_action    = each.value.action
  cidr_block     = ${hclString(providerCidr)}
  from_port      = each.value.from_port
  to_port        = each.value.to_port
  icmp_type      = each.value.icmp_type
  icmp_code      = each.value.icmp_code
}`;
}

/** All objects with the same attributes, so that they are a list of one type. */
function ruleObject({ egress, offset, protocol, action, portRange, icmp }: CustomerAclRule): string {
  const fields = {
    egress: egress.toString(),
    offset: offset.toString(),
    protocol: hclString(protocol),
    action: hclString(action),
    from_port: portRange?.from.toString() ?? 'null',
    to_port: portRange?.to.toString() ?? 'null',
    icmp_type: icmp?.type.toString() ?? 'null',
    icmp_code: icmp?.code.toString() ?? 'null',
  };
  const pairs = Object.entries(fields).map(([name, value]) => `${name} = ${value}`);
  return `{ ${pairs.join(', ')} }`;
}

function outputs({ customerName, peeringConnectionId }: Kit): string {
  return `output "connection" {
  value = {
    customer          = ${hclString(customerName)}
    peering           = ${hclString(peeringConnectionId)}
    status            = aws_vpc_peering_connection_accepter.provider.accept_status
    security_group_id = one(aws_security_group.connectors[*].id)
  }
}`;
}
