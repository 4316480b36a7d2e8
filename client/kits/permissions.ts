import type { PolicyDocument, PolicyStatement } from '../iam/policy.js';
import type { Kit } from './kit.js';

/**
 * The least that carrying out a kit needs: accepting is allowed for this peering when it comes from the provider's VPC, and
 * nothing else. Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon EC2".
 */
export function permissionsFor({ requester, accepter, peeringConnectionId }: Kit): PolicyDocument {
  const arn = (resource: string): string =>
    `arn:aws:ec2:${accepter.region}:${accepter.accountId}:${resource}`;
  const peering = arn(`vpc-peering-connection/${peeringConnectionId}`);
  const vpc = arn(`vpc/${accepter.vpcId}`);
  const requesterVpc = `arn:aws:ec2:${requester.region}:${requester.accountId}:vpc/${requester.vpcId}`;
  const fromRequester = { ArnEquals: { 'ec2:RequesterVpc': requesterVpc } };
  const insideVpc = { ArnEquals: { 'ec2:Vpc': vpc } };
  const allow = (Sid: string, statement: Omit<PolicyStatement, 'Sid' | 'Effect'>): PolicyStatement => ({
    Sid,
    Effect: 'Allow',
    ...statement,
  });
  return {
    Version: '2012-10-17',
    Statement: [
      allow('Look', {
        Action: [
          'ec2:DescribeNetworkAcls',
          'ec2:DescribeRouteTables',
          'ec2:DescribeSecurityGroups',
          'ec2:DescribeSubnets',
          'ec2:DescribeVpcAttribute',
          'ec2:DescribeVpcPeeringConnections',
          'ec2:DescribeVpcs',
        ],
        Resource: '*',
      }),
      allow('AnswerThisRequester', {
        Action: [
          'ec2:AcceptVpcPeeringConnection',
          'ec2:RejectVpcPeeringConnection',
          'ec2:ModifyVpcPeeringConnectionOptions',
        ],
        Resource: peering,
        Condition: fromRequester,
      }),
      allow('AcceptIntoThisVpc', { Action: 'ec2:AcceptVpcPeeringConnection', Resource: vpc }),
      allow('NameHostsInThisVpc', { Action: 'ec2:ModifyVpcAttribute', Resource: vpc }),
      allow('RouteInThisVpc', {
        Action: ['ec2:CreateRoute', 'ec2:ReplaceRoute'],
        Resource: arn('route-table/*'),
        Condition: insideVpc,
      }),
      allow('NarrowInThisVpc', {
        Action: [
          'ec2:CreateNetworkAclEntry',
          'ec2:AuthorizeSecurityGroupIngress',
          'ec2:RevokeSecurityGroupEgress',
        ],
        Resource: [arn('network-acl/*'), arn('security-group/*')],
        Condition: insideVpc,
      }),
      allow('MakeSecurityGroup', {
        Action: 'ec2:CreateSecurityGroup',
        Resource: [vpc, arn('security-group/*')],
      }),
    ],
  };
}
