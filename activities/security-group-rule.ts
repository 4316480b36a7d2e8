import type { IpPermission, SecurityGroup } from '@aws-sdk/client-ec2';
import type { SecurityGroupRule } from '../domain/access/plan-access.js';

/** What has to happen to the rules of a security group until it lets out exactly what is wanted, and nothing in. */
export interface RuleDifference {
  missing: SecurityGroupRule[];
  /** Only the parts of AWS's permissions that are not wanted. */
  unwantedEgress: IpPermission[];
  ingress: IpPermission[];
}

export function compareRules(group: SecurityGroup, egress: readonly SecurityGroupRule[]): RuleDifference {
  const wanted = egress.map(ruleText);
  const present = group.IpPermissionsEgress ?? [];
  const there = present.flatMap(permissionTexts);
  return {
    missing: egress.filter((rule) => !there.includes(ruleText(rule))),
    unwantedEgress: present
      .filter((permission) => permissionTexts(permission).some((text) => !wanted.includes(text)))
      .map((permission) => unwantedPart(permission, wanted)),
    ingress: group.IpPermissions ?? [],
  };
}

export function hasAgreedRules({ missing, unwantedEgress, ingress }: RuleDifference): boolean {
  return missing.length + unwantedEgress.length + ingress.length === 0;
}

export function permissionOf(rule: SecurityGroupRule): IpPermission {
  return {
    IpProtocol: rule.ipProtocol,
    FromPort: rule.fromPort,
    ToPort: rule.toPort,
    IpRanges: [{ CidrIp: rule.cidr }],
  };
}

/** A rule in words, equal for equal rules: `tcp 443-443 172.31.0.0/20`. */
export function ruleText(rule: SecurityGroupRule): string {
  return textOf(permissionOf(rule), rule.cidr);
}

/** One text for each source a permission names, of whatever kind, so that none is overlooked. */
export function permissionTexts(permission: IpPermission): string[] {
  const sources = [
    ...(permission.IpRanges ?? []).map((range) => range.CidrIp ?? ''),
    ...(permission.Ipv6Ranges ?? []).map((range) => range.CidrIpv6 ?? ''),
    ...(permission.PrefixListIds ?? []).map((list) => list.PrefixListId ?? ''),
    ...(permission.UserIdGroupPairs ?? []).map((pair) => pair.GroupId ?? ''),
  ];
  return sources.map((source) => textOf(permission, source));
}

function textOf({ IpProtocol = '?', FromPort, ToPort }: IpPermission, source: string): string {
  const protocol = IpProtocol === '-1' ? 'all' : IpProtocol;
  const ports = FromPort === undefined ? [] : [`${FromPort.toString()}-${String(ToPort ?? '')}`];
  return [protocol, ...ports, source].join(' ');
}

/** AWS lists several ranges under one protocol and port range: only those not wanted are taken away. */
function unwantedPart(permission: IpPermission, wanted: readonly string[]): IpPermission {
  return {
    ...permission,
    IpRanges: (permission.IpRanges ?? []).filter(
      (range) => !wanted.includes(textOf(permission, range.CidrIp ?? '')),
    ),
  };
}
