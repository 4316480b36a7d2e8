import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { startActivityWorld, type ActivityWorld } from '../harness/activity-world.js';
import { begin, connect, PROVIDER_REGION } from '../harness/connection-stages.js';
import { PROVIDER } from '../harness/emulator.js';

let world: ActivityWorld;

beforeAll(async () => {
  world = await startActivityWorld();
});
beforeEach(() => world.aws.reset());
afterAll(() => world.aws.stop());

/**
 * AWS lets an account make 5 mutating calls of a kind a second: how often each is made for one customer bounds how many
 * customers can be set up in an hour. Two is the most there may be.
 */
const CALLS_TO_CONNECT = {
  CreateVpc: 1,
  ModifyVpcAttribute: 1,
  CreateTags: 1,
  CreateSubnet: 2,
  ReplaceNetworkAclEntry: 2,
  CreateNetworkAclEntry: 2,
  CreateSecurityGroup: 1,
  AuthorizeSecurityGroupEgress: 1,
  RevokeSecurityGroupEgress: 2,
  RevokeSecurityGroupIngress: 1,
  CreateVpcPeeringConnection: 1,
  CreateRoute: 1,
  ModifyVpcPeeringConnectionOptions: 1,
};
const CALLS_TO_RELEASE = {
  DeleteVpcPeeringConnection: 1,
  DeleteSecurityGroup: 1,
  DeleteSubnet: 2,
  DeleteVpc: 1,
};

/** Mutating calls by name, failed ones included. */
async function mutatingCalls(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { action, service } of await world.aws.control.calls({ account: PROVIDER })) {
    if (service === 'ec2' && !action.startsWith('Describe')) counts[action] = (counts[action] ?? 0) + 1;
  }
  return counts;
}

it('makes at most two calls of any one mutating API to connect a customer with one range, and to release it', async () => {
  const begun = await begin(world);
  await world.aws.control.clearCalls();
  const { owner } = await connect(world, begun);
  const toConnect = await mutatingCalls();
  expect(toConnect).toEqual(CALLS_TO_CONNECT);

  await world.aws.control.clearCalls();
  await world.run((activities) =>
    activities.releaseNetwork({ region: PROVIDER_REGION, owner, inDoubt: false, remembered: null }),
  );
  const toRelease = await mutatingCalls();
  expect(toRelease).toEqual(CALLS_TO_RELEASE);
  expect(Math.max(...Object.values(toConnect), ...Object.values(toRelease))).toBeLessThanOrEqual(2);
});
