/** Activities that find something else than what they left: it is put right, by no more calls than that takes. */
import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateNetworkAclEntryCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateVpcCommand,
  DeleteVpcPeeringConnectionCommand,
  DescribeRouteTablesCommand,
  ReplaceNetworkAclEntryCommand,
  ReplaceRouteTableAssociationCommand,
  RevokeSecurityGroupEgressCommand,
} from '@aws-sdk/client-ec2';
import { expect } from '@jest/globals';
import { awsTags } from '../../activities/aws/tagging.js';
import { leftovers } from '../../local/leftovers.js';
import type { ActivityWorld } from '../harness/activity-world.js';
import {
  ACCESS,
  accept,
  acceptedPeering,
  begin,
  buildNetwork,
  buildSpare,
  CUSTOMER_REGION,
  networkAclInput,
  PROVIDER_CIDR,
  PROVIDER_REGION,
  spareInput,
  requestFrom,
  routesInput,
  securityGroupsInput,
  STATED,
  vpcInput,
} from '../harness/connection-stages.js';
import { CUSTOMER, PROVIDER } from '../harness/emulator.js';
import { NETWORK_CASES, type NetworkCase } from './network-cases.js';

const EVERYTHING = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];

export const REPAIR_CASES: Record<string, NetworkCase> = {
  'ensureVpc, where twins appeared': {
    prepare: async (world) => {
      const begun = await begin(world);
      for (let twin = 0; twin < 3; twin++) {
        await provider(world).send(
          new CreateVpcCommand({
            CidrBlock: PROVIDER_CIDR,
            TagSpecifications: [{ ResourceType: 'vpc', Tags: awsTags(begun.owner, 'vpc') }],
          }),
        );
      }
      return (activities) => activities.ensureVpc(vpcInput(begun));
    },
    changes: ['DeleteVpc', 'DeleteVpc', 'ModifyVpcAttribute', 'CreateTags'],
    verify: NETWORK_CASES.ensureVpc.verify,
  },
  'ensureNetworkAclEntries, where more is let in': {
    prepare: async (world) => {
      const built = await buildNetwork(world);
      const entry = {
        NetworkAclId: built.vpc.networkAclId,
        Egress: false,
        Protocol: '-1',
        RuleAction: 'allow',
        CidrBlock: '0.0.0.0/0',
      } as const;
      await provider(world).send(new ReplaceNetworkAclEntryCommand({ ...entry, RuleNumber: 100 }));
      await provider(world).send(new CreateNetworkAclEntryCommand({ ...entry, RuleNumber: 50 }));
      await provider(world).send(
        new CreateNetworkAclEntryCommand({ ...entry, RuleNumber: 50, Egress: true }),
      );
      return (activities) => activities.ensureNetworkAclEntries(networkAclInput(built));
    },
    changes: ['ReplaceNetworkAclEntry', 'DeleteNetworkAclEntry', 'DeleteNetworkAclEntry'],
    verify: NETWORK_CASES.ensureNetworkAclEntries.verify,
  },
  'ensureRoutes, where another route table was made the main one': {
    prepare: async (world) => {
      const requested = await acceptedPeering(world);
      const { vpcId, routeTableId } = requested.vpc;
      const send = provider(world);
      const { RouteTable } = await send.send(new CreateRouteTableCommand({ VpcId: vpcId }));
      const { RouteTables = [] } = await send.send(
        new DescribeRouteTablesCommand({ RouteTableIds: [routeTableId] }),
      );
      await send.send(
        new ReplaceRouteTableAssociationCommand({
          AssociationId: RouteTables[0]?.Associations?.[0]?.RouteTableAssociationId,
          RouteTableId: RouteTable?.RouteTableId,
        }),
      );
      return (activities) => activities.ensureRoutes(routesInput(requested));
    },
    changes: ['ReplaceRouteTableAssociation', 'CreateRoute'],
    verify: ({ regions }) => {
      const tables = regions.find(({ account }) => account === PROVIDER)?.routeTables ?? [];
      const routed = tables.filter(({ routes }) => routes.some(({ destination }) => destination === STATED));
      expect(routed).toMatchObject([{ main: true }]);
    },
  },
  'retireNetworkAcl, of the default one': {
    prepare: async (world) => {
      const built = await buildSpare(world);
      const { subnetIds, spareId, vpc } = built;
      const place = { region: PROVIDER_REGION, vpcId: vpc.vpcId };
      await world.run((activities) =>
        activities.associateNetworkAcl({ ...place, networkAclId: spareId, subnetIds }),
      );
      return (activities) => activities.retireNetworkAcl({ ...spareInput(built), inUse: spareId });
    },
    changes: ACCESS.networkAclEntries.map(() => 'DeleteNetworkAclEntry'),
    verify: ({ regions }) => {
      const acls = regions.find(({ account }) => account === PROVIDER)?.networkAcls;
      const [byDefault] = acls?.filter(({ isDefault }) => isDefault) ?? [];
      expect(byDefault?.entries.map(({ ruleNumber }) => ruleNumber)).toEqual([32_767, 32_767]);
      expect(acls).toHaveLength(2);
    },
  },
  'releaseNetwork, while a second network ACL is in use': {
    prepare: async (world) => {
      const { owner, subnetIds, spareId, vpc } = await buildSpare(world);
      await world.run((activities) =>
        activities.associateNetworkAcl({
          region: PROVIDER_REGION,
          vpcId: vpc.vpcId,
          networkAclId: spareId,
          subnetIds,
        }),
      );
      return (activities) =>
        activities.releaseNetwork({ region: PROVIDER_REGION, owner, inDoubt: false, remembered: null });
    },
    changes: ['DeleteSecurityGroup', 'DeleteSubnet', 'DeleteSubnet', 'DeleteNetworkAcl', 'DeleteVpc'],
    verify: (inventory) => {
      expect(leftovers(inventory)).toEqual([]);
    },
    secondAnswer: { deleted: [], unseen: [] },
  },
  'ensureSecurityGroups, where more is let in and out, and less than agreed': {
    prepare: async (world) => {
      const built = await buildNetwork(world);
      const GroupId = built.securityGroupId;
      const agreed = { IpProtocol: 'tcp', FromPort: 0, ToPort: 65_535, IpRanges: [{ CidrIp: STATED }] };
      const inside = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '10.0.0.0/8' }] };
      const send = provider(world);
      await send.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: [agreed] }));
      await send.send(new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions: EVERYTHING }));
      await send.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [inside] }));
      return (activities) => activities.ensureSecurityGroups(securityGroupsInput(built));
    },
    changes: ['AuthorizeSecurityGroupEgress', 'RevokeSecurityGroupEgress', 'RevokeSecurityGroupIngress'],
    verify: NETWORK_CASES.ensureSecurityGroups.verify,
  },
  'ensureRoutes, where more is routed': {
    prepare: async (world) => {
      const requested = await acceptedPeering(world);
      for (const DestinationCidrBlock of ['172.31.64.0/20', '192.0.2.0/24']) {
        await provider(world).send(
          new CreateRouteCommand({
            RouteTableId: requested.vpc.routeTableId,
            DestinationCidrBlock,
            VpcPeeringConnectionId: requested.peering.vpcPeeringConnectionId,
          }),
        );
      }
      return (activities) => activities.ensureRoutes(routesInput(requested));
    },
    changes: ['CreateRoute', 'DeleteRoute', 'DeleteRoute'],
    verify: NETWORK_CASES.ensureRoutes.verify,
  },
  'ensureRoutes, where the route ends in a black hole': {
    prepare: async (world) => {
      const before = await acceptedPeering(world);
      const peeringId = before.peering.vpcPeeringConnectionId;
      await world.run((activities) => activities.ensureRoutes(routesInput(before)));
      await world.aws
        .ec2(CUSTOMER, CUSTOMER_REGION)
        .send(new DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId: peeringId }));
      const again = await requestFrom(world, before);
      await accept(world, again);
      return (activities) => activities.ensureRoutes(routesInput(again));
    },
    changes: ['ReplaceRoute'],
    verify: (inventory) => {
      NETWORK_CASES.ensureRoutes.verify({
        ...inventory,
        peerings: inventory.peerings.filter(({ status }) => status === 'active'),
      });
    },
  },
};

function provider({ aws }: ActivityWorld): ReturnType<typeof aws.ec2> {
  return aws.ec2(PROVIDER, PROVIDER_REGION);
}
