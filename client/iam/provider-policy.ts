import { MANAGED_BY, TAG } from '../../contract/tags.js';
import type { ProviderPurpose } from '../../contract/provider-check.js';
import type { WorkerSettings } from '../../domain/settings.js';
import type { PolicyDocument, PolicyStatement } from './policy.js';

/** What of the worker's configuration its roles' policies depend on. */
export type PolicySettings = Pick<
  WorkerSettings['provider'],
  'accountId' | 'deployment' | 'regions' | 'tags'
>;

/** The kinds of what Causeway makes or takes over, as their ARNs name them. */
type Kind =
  | 'vpc'
  | 'subnet'
  | 'route-table'
  | 'network-acl'
  | 'security-group'
  | 'security-group-rule'
  | 'vpc-peering-connection';

const KINDS: readonly Kind[] = [
  'vpc',
  'subnet',
  'route-table',
  'network-acl',
  'security-group',
  'vpc-peering-connection',
];

/** Describes that no resource can be named for. */
const LOOKS = {
  network: [
    'DescribeNetworkAcls',
    'DescribeRouteTables',
    'DescribeSecurityGroups',
    'DescribeSubnets',
    'DescribeVpcPeeringConnections',
    'DescribeVpcs',
  ],
  zones: ['DescribeAvailabilityZones'],
  /** What may stand in the way of a VPC that is to go. */
  holders: [
    'DescribeEgressOnlyInternetGateways',
    'DescribeInternetGateways',
    'DescribeNatGateways',
    'DescribeNetworkInterfaces',
    'DescribeTransitGatewayVpcAttachments',
    'DescribeVpcEndpoints',
    'DescribeVpnGateways',
  ],
} as const;

/**
 * The least that the worker needs for each purpose, in the account and the regions of its configuration: what it makes has
 * to bear the deployment's tags, and what bears no such tags it can neither change nor delete.
 *
 * Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon EC2"; for the peering, Amazon
 * VPC peering guide, "Identity and access management for VPC peering".
 */
export function providerPolicy(purpose: ProviderPurpose, settings: PolicySettings): PolicyDocument {
  return { Version: '2012-10-17', Statement: STATEMENTS[purpose](settings) };
}

const STATEMENTS: Record<ProviderPurpose, (settings: PolicySettings) => PolicyStatement[]> = {
  observe: (settings) => [look(settings, LOOKS.network), readAttributes(settings)],
  provision: (settings) => [
    look(settings, [...LOOKS.zones, ...LOOKS.network]),
    readAttributes(settings),
    ...making(settings),
    own(settings, 'ChangeOwn', {
      actions: [
        'AuthorizeSecurityGroupEgress',
        'CreateNetworkAclEntry',
        'CreateRoute',
        'DeleteNetworkAcl',
        'DeleteNetworkAclEntry',
        'DeleteRoute',
        'DeleteVpc',
        'ModifyVpcAttribute',
        'ModifyVpcPeeringConnectionOptions',
        'ReplaceNetworkAclAssociation',
        'ReplaceNetworkAclEntry',
        'ReplaceRoute',
        'ReplaceRouteTableAssociation',
        'RevokeSecurityGroupEgress',
        'RevokeSecurityGroupIngress',
      ],
      kinds: KINDS,
    }),
    tagging(settings),
  ],
  release: (settings) => [
    look(settings, [...LOOKS.holders, ...LOOKS.network]),
    own(settings, 'DeleteOwn', {
      actions: [
        'DeleteNetworkAcl',
        'DeleteRouteTable',
        'DeleteSecurityGroup',
        'DeleteSubnet',
        'DeleteVpc',
        'DeleteVpcPeeringConnection',
      ],
      kinds: ['network-acl', 'route-table', 'security-group', 'subnet', 'vpc', 'vpc-peering-connection'],
    }),
  ],
};

/**
 * AWS allows a create once for what is made, by the tags in the request, and once for the VPC it is made in, by the tags that
 * VPC has. Both statements name both; which of them each is about follows from its condition, whose keys AWS gives for that
 * one alone.
 */
function making(settings: PolicySettings): PolicyStatement[] {
  const actions = ['CreateNetworkAcl', 'CreateSecurityGroup', 'CreateSubnet'];
  const kinds: Kind[] = ['network-acl', 'security-group', 'subnet', 'vpc'];
  return [
    allow(settings, 'MakeTagged', {
      actions: [...actions, 'CreateVpc'],
      kinds,
      conditions: { StringEquals: tagsUnder('aws:RequestTag', settings) },
    }),
    allow(settings, 'AskAnotherAccount', {
      actions: ['CreateVpcPeeringConnection'],
      kinds: ['vpc', 'vpc-peering-connection'],
      conditions: {
        StringEquals: tagsUnder('aws:RequestTag', settings),
        ArnNotLike: { 'ec2:AccepterVpc': arnOf(settings, 'vpc') },
      },
    }),
    own(settings, 'MakeInOwnVpc', {
      actions: [...actions, 'CreateVpcPeeringConnection'],
      kinds: [...kinds, 'vpc-peering-connection'],
    }),
  ];
}

/**
 * Neither `ec2:CreateAction` nor the tags there are can bind it: what AWS makes with a VPC is tagged afterwards, and lost
 * tags are put back. So it is for our own keys alone, and never takes over what another deployment has tagged.
 */
function tagging(settings: PolicySettings): PolicyStatement {
  return allow(settings, 'TagAsOwn', {
    actions: ['CreateTags'],
    // Rules are tagged as they are made, where the operator has tags.
    kinds: Object.keys(settings.tags).length === 0 ? KINDS : [...KINDS, 'security-group-rule'],
    conditions: {
      StringEquals: tagsUnder('aws:RequestTag', settings),
      StringEqualsIfExists: { [`aws:ResourceTag/${TAG.deployment}`]: settings.deployment },
      'ForAllValues:StringEquals': { 'aws:TagKeys': [...Object.values(TAG), ...Object.keys(settings.tags)] },
    },
  });
}

interface Allowed {
  actions: readonly string[];
  kinds: readonly Kind[];
  conditions?: NonNullable<PolicyStatement['Condition']>;
}

function look(settings: PolicySettings, actions: readonly string[]): PolicyStatement {
  return { ...allow(settings, 'Look', { actions, kinds: [] }), Resource: '*' };
}

/** Whatever its tags: a VPC that has lost them is looked at all the same. */
function readAttributes(settings: PolicySettings): PolicyStatement {
  return allow(settings, 'ReadAttributes', { actions: ['DescribeVpcAttribute'], kinds: ['vpc'] });
}

/**
 * For what bears the deployment's tags. Routes, entries and rules are asked about by what they are part of. Actions and kinds
 * stand side by side: AWS asks about each action only with the kinds that it is for.
 */
function own(settings: PolicySettings, sid: string, allowed: Allowed): PolicyStatement {
  const conditions = { StringEquals: tagsUnder('aws:ResourceTag', settings) };
  return allow(settings, sid, { ...allowed, conditions });
}

function allow(
  settings: PolicySettings,
  sid: string,
  { actions, kinds, conditions = {} }: Allowed,
): PolicyStatement {
  return {
    Sid: sid,
    Effect: 'Allow',
    Action: actions.map((action) => `ec2:${action}`),
    Resource: kinds.map((kind) => arnOf(settings, kind)),
    Condition: {
      ...conditions,
      StringEquals: { 'aws:RequestedRegion': settings.regions, ...conditions['StringEquals'] },
    },
  };
}

function tagsUnder(key: string, { deployment }: PolicySettings): Record<string, string> {
  return { [`${key}/${TAG.managedBy}`]: MANAGED_BY, [`${key}/${TAG.deployment}`]: deployment };
}

const arnOf = ({ accountId }: PolicySettings, kind: Kind): string => `arn:aws:ec2:*:${accountId}:${kind}/*`;
