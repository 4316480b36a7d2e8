/**
 * What AWS asks IAM about each call: which resources, and which condition keys of each.
 * Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon EC2".
 */
import { PROVIDER } from '../emulator.js';
import type { AuthorizedResource } from './evaluate.js';

export interface ReceivedCall {
  /** `CreateVpc`, … */
  readonly action: string;
  readonly region: string;
  /** Query parameters as sent. */
  readonly params: Readonly<Record<string, string>>;
}

/** What of AWS the questions depend on, as it is before the call. */
export interface World {
  tagsOf(id: string): Readonly<Record<string, string>>;
  /** The subnet of that association with a network ACL. */
  subnetOf(associationId: string): Promise<string>;
}

export interface Question {
  /** `ec2:CreateVpc`, … */
  readonly action: string;
  readonly resources: readonly AuthorizedResource[];
}

type Tags = Readonly<Record<string, string>>;

/** A call that makes something with tags is asked about twice: for the making, and for the tagging. */
export async function questionsOf(call: ReceivedCall, world: World): Promise<Question[]> {
  const { action, region, params } = call;
  const common = { 'aws:RequestedRegion': region };
  const existing = (kind: string, id: string): AuthorizedResource => ({
    arn: arnOf(region, kind, id),
    context: { ...common, ...under('aws:ResourceTag', world.tagsOf(id)) },
  });
  const made = (kind: string, more: Tags = {}): AuthorizedResource => ({
    arn: arnOf(region, kind, 'made'),
    context: { ...common, ...requestTags(tagsIn(params, 'TagSpecification.1.Tag')), ...more },
  });
  const asked = (resources: AuthorizedResource[]): Question => ({ action: `ec2:${action}`, resources });

  const kind = MADE[action];
  if (kind !== undefined) {
    const more =
      action === 'CreateVpcPeeringConnection'
        ? {
            'ec2:AccepterVpc': `arn:aws:ec2:${at(params, 'PeerRegion')}:${at(params, 'PeerOwnerId')}:vpc/${at(params, 'PeerVpcId')}`,
          }
        : {};
    const inside = params['VpcId'] === undefined ? [] : [existing('vpc', params['VpcId'])];
    const tagging = { action: 'ec2:CreateTags', resources: [made(kind, { 'ec2:CreateAction': action })] };
    return [asked([made(kind, more), ...inside]), tagging];
  }
  if (action === 'CreateTags') {
    const tags = requestTags(tagsIn(params, 'Tag'));
    const ids = Object.entries(params).filter(([name]) => name.startsWith('ResourceId.'));
    const tagged = ids.map(([, id]) => existing(kindOf(id), id));
    return [asked(tagged.map(({ arn, context }) => ({ arn, context: { ...context, ...tags } })))];
  }
  if (action === 'ReplaceNetworkAclAssociation') {
    const acl = existing('network-acl', at(params, 'NetworkAclId'));
    return [asked([acl, existing('subnet', await world.subnetOf(at(params, 'AssociationId')))])];
  }
  const named = CHANGED[action];
  if (named !== undefined) return [asked([existing(kindOf(at(params, named)), at(params, named))])];
  if (action.startsWith('Describe')) return [asked([{ arn: '*', context: common }])];
  throw new Error(`the evaluator does not know what AWS asks about ${action}`);
}

const MADE: Readonly<Record<string, string>> = {
  CreateVpc: 'vpc',
  CreateSubnet: 'subnet',
  CreateNetworkAcl: 'network-acl',
  CreateSecurityGroup: 'security-group',
  CreateVpcPeeringConnection: 'vpc-peering-connection',
};

/** The parameter that names what an action is about. */
const CHANGED: Readonly<Record<string, string>> = {
  AuthorizeSecurityGroupEgress: 'GroupId',
  CreateNetworkAclEntry: 'NetworkAclId',
  CreateRoute: 'RouteTableId',
  DeleteNetworkAcl: 'NetworkAclId',
  DeleteNetworkAclEntry: 'NetworkAclId',
  DeleteRoute: 'RouteTableId',
  DeleteRouteTable: 'RouteTableId',
  DeleteSecurityGroup: 'GroupId',
  DeleteSubnet: 'SubnetId',
  DeleteVpc: 'VpcId',
  DeleteVpcPeeringConnection: 'VpcPeeringConnectionId',
  DescribeVpcAttribute: 'VpcId',
  ModifyVpcAttribute: 'VpcId',
  ModifyVpcPeeringConnectionOptions: 'VpcPeeringConnectionId',
  ReplaceNetworkAclEntry: 'NetworkAclId',
  ReplaceRoute: 'RouteTableId',
  ReplaceRouteTableAssociation: 'RouteTableId',
  RevokeSecurityGroupEgress: 'GroupId',
  RevokeSecurityGroupIngress: 'GroupId',
};

const KINDS: Readonly<Record<string, string>> = {
  vpc: 'vpc',
  subnet: 'subnet',
  rtb: 'route-table',
  acl: 'network-acl',
  sg: 'security-group',
  pcx: 'vpc-peering-connection',
};

function kindOf(id: string): string {
  return at(KINDS, id.split('-')[0] ?? '');
}

const arnOf = (region: string, kind: string, id: string): string =>
  `arn:aws:ec2:${region}:${PROVIDER}:${kind}/${id}`;

function tagsIn(params: ReceivedCall['params'], prefix: string): Tags {
  const tags: Record<string, string> = {};
  for (let n = 1; params[`${prefix}.${n}.Key`] !== undefined; n++) {
    tags[at(params, `${prefix}.${n}.Key`)] = at(params, `${prefix}.${n}.Value`);
  }
  return tags;
}

function requestTags(tags: Tags): AuthorizedResource['context'] {
  const keys = Object.keys(tags);
  return keys.length === 0 ? {} : { ...under('aws:RequestTag', tags), 'aws:TagKeys': keys };
}

function under(key: string, tags: Tags): Tags {
  return Object.fromEntries(Object.entries(tags).map(([name, value]) => [`${key}/${name}`, value]));
}

function at(values: Readonly<Record<string, string>>, name: string): string {
  const value = values[name];
  if (value === undefined) throw new Error(`there is no ${name}`);
  return value;
}
