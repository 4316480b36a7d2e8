/** Every activity on AWS, once for each way it changes something. */
import { DeleteTagsCommand, ModifyVpcAttributeCommand } from '@aws-sdk/client-ec2';
import { expect } from '@jest/globals';
import type { Activities, NetworkActivities } from '../../activities/index.js';
import { TAG } from '../../contract/tags.js';
import type { Inventory } from '../../local/emulator-inventory.js';
import type { ActivityWorld } from '../harness/activity-world.js';
import {
  ACCESS,
  acceptedPeering,
  begin,
  buildNetwork,
  buildSpare,
  buildVpc,
  connect,
  driftInput,
  networkAclInput,
  peeringInput,
  peeringInRegion,
  PROVIDER_REGION,
  requestFrom,
  routesInput,
  securityGroupsInput,
  spareInput,
  STATED,
  subnetsInput,
  vpcInput,
} from '../harness/connection-stages.js';
import { PROVIDER } from '../harness/emulator.js';

/** The activity with its input, ready to be run. */
export type Act = (activities: Activities) => Promise<unknown>;

export interface NetworkCase {
  /** Builds what the activity needs. */
  prepare: (world: ActivityWorld) => Promise<Act>;
  /** The calls by which the activity changes AWS, in order: no more are needed, and none twice. */
  changes: string[];
  /** What AWS holds afterwards. */
  verify: (inventory: Inventory) => void;
  /** The answer of a second run, where it cannot be that of the first. */
  secondAnswer?: unknown;
}

export const NETWORK_CASES: Record<keyof NetworkActivities, NetworkCase> = {
  ensureVpc: {
    prepare: async (world) => {
      const begun = await begin(world);
      return (activities) => activities.ensureVpc(vpcInput(begun));
    },
    changes: ['CreateVpc', 'ModifyVpcAttribute', 'CreateTags'],
    verify: (inventory) => {
      const { vpcs, routeTables, networkAcls, securityGroups } = provider(inventory);
      expect(vpcs).toMatchObject([
        { cidrBlocks: ['10.200.0.0/25'], enableDnsHostnames: true, enableDnsSupport: true },
      ]);
      const all = [...vpcs, ...routeTables, ...networkAcls, ...securityGroups];
      expect(all.map(({ tags }) => tags['causeway:role'])).toEqual(['vpc', 'default', 'default', 'default']);
    },
  },
  ensureSubnets: {
    prepare: async (world) => {
      const built = await buildVpc(world);
      return (activities) => activities.ensureSubnets(subnetsInput(built));
    },
    changes: ['CreateSubnet', 'CreateSubnet'],
    verify: (inventory) => {
      const { subnets } = provider(inventory);
      expect(subnets.map(({ cidrBlock, tags }) => [cidrBlock, tags['causeway:role']])).toEqual([
        ['10.200.0.0/26', 'subnet-a'],
        ['10.200.0.64/26', 'subnet-b'],
      ]);
      expect(new Set(subnets.map(({ availabilityZoneId }) => availabilityZoneId)).size).toBe(2);
    },
  },
  ensureNetworkAclEntries: {
    prepare: async (world) => {
      const built = await buildVpc(world);
      return (activities) => activities.ensureNetworkAclEntries(networkAclInput(built));
    },
    changes: [
      'CreateNetworkAclEntry',
      'CreateNetworkAclEntry',
      'ReplaceNetworkAclEntry',
      'ReplaceNetworkAclEntry',
    ],
    verify: (inventory) => {
      const [acl] = provider(inventory).networkAcls;
      const allowed = acl?.entries.filter(({ action }) => action === 'allow');
      expect(allowed).toHaveLength(ACCESS.networkAclEntries.length);
      expect(new Set(allowed?.map(({ cidrBlock }) => cidrBlock))).toEqual(new Set([STATED]));
    },
  },
  ensureSpareNetworkAcl: {
    prepare: async (world) => {
      const built = await buildNetwork(world);
      return (activities) => activities.ensureSpareNetworkAcl(spareInput(built));
    },
    changes: ['CreateNetworkAcl'],
    verify: (inventory) => {
      expect(provider(inventory).networkAcls).toMatchObject([
        { isDefault: true, tags: { 'causeway:role': 'default' } },
        { isDefault: false, subnetIds: [], tags: { 'causeway:role': 'network-acl' } },
      ]);
    },
  },
  associateNetworkAcl: {
    prepare: async (world) => {
      const { vpc, subnetIds, spareId } = await buildSpare(world);
      return (activities) =>
        activities.associateNetworkAcl({
          region: PROVIDER_REGION,
          vpcId: vpc.vpcId,
          networkAclId: spareId,
          subnetIds,
        });
    },
    changes: ['ReplaceNetworkAclAssociation', 'ReplaceNetworkAclAssociation'],
    verify: (inventory) => {
      const { networkAcls, subnets } = provider(inventory);
      const [byDefault, spare] = networkAcls;
      expect(byDefault).toMatchObject({ isDefault: true, subnetIds: [] });
      expect([...(spare?.subnetIds ?? [])].sort()).toEqual(subnets.map(({ subnetId }) => subnetId).sort());
    },
  },
  retireNetworkAcl: {
    prepare: async (world) => {
      const built = await buildSpare(world);
      return (activities) => activities.retireNetworkAcl(spareInput(built));
    },
    changes: ['DeleteNetworkAcl'],
    verify: (inventory) => {
      expect(provider(inventory).networkAcls).toMatchObject([{ isDefault: true }]);
    },
  },
  findDrift: {
    prepare: async (world) => {
      const connection = await connect(world);
      return (activities) => activities.findDrift(driftInput(connection));
    },
    changes: [],
    verify: ({ peerings }) => {
      expect(peerings).toMatchObject([{ status: 'active' }]);
    },
  },
  ensureTagsAndDns: {
    prepare: async (world) => {
      const connection = await connect(world);
      const { vpcId, routeTableId } = connection.vpc;
      const aws = world.aws.ec2(PROVIDER, PROVIDER_REGION);
      await aws.send(new ModifyVpcAttributeCommand({ VpcId: vpcId, EnableDnsHostnames: { Value: false } }));
      await aws.send(new DeleteTagsCommand({ Resources: [vpcId, routeTableId], Tags: [{ Key: TAG.run }] }));
      return (activities) => activities.ensureTagsAndDns(driftInput(connection));
    },
    changes: ['CreateTags', 'CreateTags', 'ModifyVpcAttribute'],
    verify: (inventory) => {
      const { vpcs, routeTables } = provider(inventory);
      expect(vpcs).toMatchObject([
        { enableDnsHostnames: true, tags: { 'causeway:run': 'run-1', 'causeway:role': 'vpc' } },
      ]);
      expect(routeTables).toMatchObject([{ tags: { 'causeway:run': 'run-1', 'causeway:role': 'default' } }]);
    },
  },
  ensureSecurityGroups: {
    prepare: async (world) => {
      const built = await buildVpc(world);
      return (activities) => activities.ensureSecurityGroups(securityGroupsInput(built));
    },
    changes: [
      'RevokeSecurityGroupEgress',
      'RevokeSecurityGroupIngress',
      'CreateSecurityGroup',
      'AuthorizeSecurityGroupEgress',
      'RevokeSecurityGroupEgress',
    ],
    verify: (inventory) => {
      const groups = provider(inventory).securityGroups;
      expect(groups).toMatchObject([
        { isDefault: true, ingress: [], egress: [] },
        {
          isDefault: false,
          ingress: [],
          egress: [{ protocol: 'tcp', fromPort: 0, toPort: 65_535, peer: STATED }],
        },
      ]);
    },
  },
  ensurePeeringConnection: {
    prepare: async (world) => {
      const built = await buildVpc(world);
      return (activities) => activities.ensurePeeringConnection(peeringInput(built));
    },
    changes: ['CreateVpcPeeringConnection'],
    verify: ({ peerings }) => {
      expect(peerings).toMatchObject([
        {
          status: 'pending-acceptance',
          requester: { account: PROVIDER, tags: { 'causeway:role': 'peering' } },
        },
      ]);
    },
  },
  describePeeringConnection: {
    prepare: async (world) => {
      const requested = await requestFrom(world, await buildVpc(world));
      return (activities) => activities.describePeeringConnection(peeringInRegion(requested));
    },
    changes: [],
    verify: ({ peerings }) => {
      expect(peerings).toMatchObject([{ status: 'pending-acceptance' }]);
    },
  },
  ensureDnsResolution: {
    prepare: async (world) => {
      const requested = await acceptedPeering(world);
      return (activities) => activities.ensureDnsResolution(peeringInRegion(requested));
    },
    changes: ['ModifyVpcPeeringConnectionOptions'],
    verify: ({ peerings }) => {
      expect(peerings).toMatchObject([
        {
          requester: { allowDnsResolutionFromRemoteVpc: true },
          accepter: { allowDnsResolutionFromRemoteVpc: false },
        },
      ]);
    },
  },
  ensureRoutes: {
    prepare: async (world) => {
      const requested = await acceptedPeering(world);
      return (activities) => activities.ensureRoutes(routesInput(requested));
    },
    changes: ['CreateRoute'],
    verify: (inventory) => {
      const [table] = provider(inventory).routeTables;
      expect(table?.routes).toMatchObject([
        { destination: '10.200.0.0/25', target: 'local' },
        { destination: STATED, target: inventory.peerings[0]?.vpcPeeringConnectionId, state: 'active' },
      ]);
    },
  },
  releaseNetwork: {
    prepare: async (world) => {
      const { owner } = await requestFrom(world, await buildNetwork(world));
      return (activities) =>
        activities.releaseNetwork({ region: PROVIDER_REGION, owner, inDoubt: false, remembered: null });
    },
    changes: [
      'DeleteVpcPeeringConnection',
      'DeleteSecurityGroup',
      'DeleteSubnet',
      'DeleteSubnet',
      'DeleteVpc',
    ],
    verify: ({ regions, peerings }) => {
      expect(regions.filter(({ account }) => account === PROVIDER)).toEqual([]);
      expect(peerings).toMatchObject([{ status: 'deleted' }]);
    },
    secondAnswer: { deleted: [], unseen: [] },
  },
  observeRegion: {
    prepare: async (world) => {
      await requestFrom(world, await buildVpc(world));
      return (activities) =>
        activities.observeRegion({ region: PROVIDER_REGION, deployment: 'default', previous: {} });
    },
    changes: [],
    verify: ({ peerings }) => {
      expect(peerings).toMatchObject([{ status: 'pending-acceptance' }]);
    },
  },
};

function provider({ regions }: Inventory): Inventory['regions'][number] {
  const found = regions.find(({ account }) => account === PROVIDER);
  if (found === undefined) throw new Error('the provider has nothing');
  return found;
}
