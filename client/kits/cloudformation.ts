import type { Kit } from './kit.js';
import { ingressText, securityGroupDescription } from './rules.js';

/** A template cannot take a list of a length of the customer's choosing, so it has places, of which the first is filled. */
const ROUTE_TABLES = 6;
const ROUTE_TABLE_ID = 'rtb-(?:[0-9a-f]{8}|[0-9a-f]{17})';

type Json = string | number | Json[] | { [name: string]: Json };
type Section = Record<string, Json>;

/**
 * A template of the routes and, when asked for, the security group. CloudFormation can neither accept a peering nor set its
 * DNS option. JSON, so that whatever is in a text stays in it.
 */
export function cloudFormationTemplate(kit: Kit): string {
  const numbers = Array.from({ length: ROUTE_TABLES }, (_, index) => index + 1);
  const template: Section = {
    AWSTemplateFormatVersion: '2010-09-09',
    Description:
      `Routes to ${kit.providerCidr} through ${kit.peeringConnectionId} for ${kit.customerName}. ` +
      `For account ${kit.accepter.accountId} in ${kit.accepter.region}; accept the peering before.`,
    Metadata: { Causeway: metadataOf(kit) },
    Parameters: Object.assign({}, ...numbers.map(routeTableParameter), {
      CreateSecurityGroup: {
        Type: 'String',
        AllowedValues: ['no', 'yes'],
        Default: 'no',
        Description: 'Whether to make a security group that lets the connectors in, and only them',
      },
    }) as Section,
    Conditions: Object.assign({}, ...numbers.slice(1).map(routeCondition), {
      HasSecurityGroup: { 'Fn::Equals': [{ Ref: 'CreateSecurityGroup' }, 'yes'] },
    }) as Section,
    Resources: Object.assign({}, ...numbers.map((number) => route(kit, number)), {
      ConnectorAccess: securityGroup(kit),
    }) as Section,
    Outputs: {
      SecurityGroupId: {
        Condition: 'HasSecurityGroup',
        Description: 'Give it to what the connectors are to reach',
        Value: { 'Fn::GetAtt': ['ConnectorAccess', 'GroupId'] },
      },
    },
  };
  return JSON.stringify(template, null, 2);
}

/** For people, and for tools that want to know whether it is theirs; CloudFormation only keeps it. */
function metadataOf({
  connection,
  customerName,
  peeringConnectionId,
  requester,
  accepter,
  advice,
}: Kit): Json {
  return { connection, customerName, peeringConnectionId, requester, accepter, advice };
}

function routeTableParameter(number: number): Section {
  const isFirst = number === 1;
  return {
    [`RouteTableId${number}`]: {
      Type: 'String',
      AllowedPattern: isFirst ? ROUTE_TABLE_ID : `(?:${ROUTE_TABLE_ID})?`,
      ...(isFirst ? {} : { Default: '' }),
      Description: isFirst
        ? 'Route table of a subnet that the connectors are to reach'
        : 'Another such route table, or nothing',
    },
  };
}

function routeCondition(number: number): Section {
  return {
    [`HasRouteTable${number}`]: {
      'Fn::Not': [{ 'Fn::Equals': [{ Ref: `RouteTableId${number}` }, ''] }],
    },
  };
}

function route({ providerCidr, peeringConnectionId }: Kit, number: number): Section {
  return {
    [`Route${number}`]: {
      Type: 'AWS::EC2::Route',
      ...(number === 1 ? {} : { Condition: `HasRouteTable${number}` }),
      Properties: {
        RouteTableId: { Ref: `RouteTableId${number}` },
        DestinationCidrBlock: providerCidr,
        VpcPeeringConnectionId: peeringConnectionId,
      },
    },
  };
}

/**
 * Without a rule out, CloudFormation opens the group to everywhere; a rule to the loopback address, which never leaves a host,
 * keeps it from that. Source: CloudFormation Template Reference, AWS::EC2::SecurityGroup.
 */
const NO_WAY_OUT = {
  IpProtocol: '-1',
  CidrIp: '127.0.0.1/32',
  Description: 'Nothing goes out by this group',
};

function securityGroup(kit: Kit): Json {
  return {
    Type: 'AWS::EC2::SecurityGroup',
    Condition: 'HasSecurityGroup',
    Properties: {
      GroupDescription: securityGroupDescription(kit),
      VpcId: kit.accepter.vpcId,
      SecurityGroupIngress: kit.ingress.map((rule) => ({
        IpProtocol: rule.ipProtocol,
        FromPort: rule.fromPort,
        ToPort: rule.toPort,
        CidrIp: rule.cidr,
        Description: ingressText(rule),
      })),
      SecurityGroupEgress: [NO_WAY_OUT],
      Tags: [{ Key: 'Name', Value: `Causeway ${kit.connection}` }],
    },
  };
}
