/** What happens to connections: together the stories make every call that Causeway makes in AWS. */
import { DeleteTagsCommand } from '@aws-sdk/client-ec2';
import { expect } from '@jest/globals';
import { TAG } from '../../../contract/tags.js';
import { leftovers } from '../../../local/leftovers.js';
import { DRIFT_CASES, tampered } from '../../activities/drift-cases.js';
import { NETWORK_CASES, type NetworkCase } from '../../activities/network-cases.js';
import { REPAIR_CASES } from '../../activities/repair-cases.js';
import type { ActivityWorld } from '../../harness/activity-world.js';
import {
  accept,
  buildNetwork,
  connect,
  driftInput,
  networkAclInput,
  peeringInRegion,
  PROVIDER_REGION,
  requestFrom,
  routesInput,
  spareInput,
} from '../../harness/connection-stages.js';
import { PROVIDER } from '../../harness/emulator.js';
import { makeByHand } from '../../harness/orphans.js';

export type Story = (world: ActivityWorld) => Promise<void>;

const EIGHT_DAYS_S = 8 * 24 * 3_600;

const request: Story = async (world) => {
  const connection = await connect(world);
  const { drift } = await world.run((activities) => activities.findDrift(driftInput(connection)));
  expect(drift).toEqual([]);
};

/** The request expires, and another one is made from the same VPC. */
const secondRound: Story = async (world) => {
  const first = await requestFrom(world, await buildNetwork(world));
  await world.aws.control.advance(EIGHT_DAYS_S);
  const again = await requestFrom(world, first);
  expect(again.peering.vpcPeeringConnectionId).not.toBe(first.peering.vpcPeeringConnectionId);
  await accept(world, again);
  await world.run((activities) => activities.ensureRoutes(routesInput(again)));
  await world.run((activities) => activities.ensureDnsResolution(peeringInRegion(again)));
};

/** Over a second network ACL and back, which leaves the default one empty once and the second deleted. */
const changeOfAccess: Story = async (world) => {
  const connection = await connect(world);
  const { vpc, subnetIds } = connection;
  const place = { region: PROVIDER_REGION, vpcId: vpc.vpcId, subnetIds };
  const { networkAclId: second } = await world.run((activities) =>
    activities.ensureSpareNetworkAcl(spareInput(connection)),
  );
  for (const networkAclId of [second, vpc.networkAclId]) {
    const entries = { ...networkAclInput(connection), networkAclId };
    await world.run((activities) => activities.ensureNetworkAclEntries(entries));
    await world.run((activities) => activities.associateNetworkAcl({ ...place, networkAclId }));
    const retired = { ...spareInput(connection), inUse: networkAclId };
    await world.run((activities) => activities.retireNetworkAcl(retired));
  }
  expect(leftovers(await world.aws.control.inventory())).not.toContain(second);
};

/** All tags of all that there is are gone; nothing but its id says whose it is. */
const lostTags: Story = async (world) => {
  const connection = await connect(world);
  const Resources = leftovers(await world.aws.control.inventory());
  const Tags = Object.values(TAG).map((Key) => ({ Key }));
  await world.aws.ec2(PROVIDER, PROVIDER_REGION).send(new DeleteTagsCommand({ Resources, Tags }));
  const look = async (): Promise<string[]> =>
    (await world.run((activities) => activities.findDrift(driftInput(connection)))).drift;
  expect(await look()).not.toEqual([]);
  await world.run((activities) => activities.ensureTagsAndDns(driftInput(connection)));
  expect(await look()).toEqual([]);
};

const close: Story = async (world) => {
  const { owner } = await connect(world);
  await world.run((activities) =>
    activities.releaseNetwork({ region: PROVIDER_REGION, owner, inDoubt: false, remembered: null }),
  );
  expect(leftovers(await world.aws.control.inventory())).toEqual([]);
};

const sweep: Story = async (world) => {
  const { owner, resourceIds } = await makeByHand(world.aws);
  const region = PROVIDER_REGION;
  const { orphans } = await world.run((activities) =>
    activities.findOrphans({ region, deployment: 'default' }),
  );
  expect(orphans.flatMap((orphan) => orphan.resourceIds).toSorted()).toEqual(resourceIds);
  const { run, connection } = owner;
  await world.run((activities) =>
    activities.findResources({ region, deployment: 'default', run, connection }),
  );
  await world.run((activities) =>
    activities.releaseNetwork({ region, owner, inDoubt: false, remembered: null }),
  );
  expect(leftovers(await world.aws.control.inventory())).toEqual([]);
};

const asCase =
  ({ prepare, verify }: NetworkCase): Story =>
  async (world) => {
    await world.run(await prepare(world));
    verify(await world.aws.control.inventory());
  };

const storiesOf = <T>(cases: Record<string, T>, tell: (one: T) => Story): Record<string, Story> =>
  Object.fromEntries(Object.entries(cases).map(([name, one]) => [name, tell(one)]));

export const STORIES: Record<string, Story> = {
  request,
  'second round': secondRound,
  'change of access, by a second network ACL': changeOfAccess,
  'all tags lost, and put back': lostTags,
  close,
  sweep,
  'comparison of addresses': async (world) => {
    await world.run((activities) => activities.compareAddresses());
  },
  ...storiesOf(NETWORK_CASES, asCase),
  // Twins among them.
  ...storiesOf(REPAIR_CASES, asCase),
  ...storiesOf(DRIFT_CASES, (one) => async (world) => {
    const connection = await tampered(world, one);
    await world.run((activities) => activities.findDrift(driftInput(connection)));
    await world.run(one.repair(connection));
  }),
};
