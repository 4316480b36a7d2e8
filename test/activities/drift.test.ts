import {
  AssociateRouteTableCommand,
  CreateNetworkAclEntryCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  DeleteRouteCommand,
  DeleteVpcPeeringConnectionCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createEc2Clients } from '../../activities/aws/ec2-clients.js';
import { createDriftActivities } from '../../activities/drift.js';
import { effectsOf, startActivityWorld, type ActivityWorld } from '../harness/activity-world.js';
import {
  ACCESS,
  connect,
  CUSTOMER_REGION,
  driftInput,
  networkAclInput,
  PROVIDER_REGION,
  STATED,
} from '../harness/connection-stages.js';
import { CUSTOMER, PROVIDER } from '../harness/emulator.js';
import { shapeOf } from '../harness/inventory.js';
import { DRIFT_CASES, tampered, type Connected } from './drift-cases.js';

let world: ActivityWorld;

beforeAll(async () => {
  world = await startActivityWorld();
});
beforeEach(() => world.aws.reset());
afterAll(() => world.aws.stop());

async function driftOf(connection: Connected, access = ACCESS): Promise<string[]> {
  const input = { ...driftInput(connection), access };
  return (await world.run((activities) => activities.findDrift(input))).drift;
}

describe.each(Object.entries(DRIFT_CASES))('%s', (_, driftCase) => {
  it('is seen, said in words, and put right, so that nothing is left', async () => {
    const connection = await tampered(world, driftCase);
    expect(await driftOf(connection)).toEqual(await driftCase.lines(connection, world));
    await world.aws.control.clearCalls();
    await world.run(driftCase.repair(connection));
    expect(await effectsOf(world)).toEqual(driftCase.changes);
    expect(await driftOf(connection)).toEqual([]);
  });
});

describe('findDrift', () => {
  it('finds nothing in what was just built, and changes nothing', async () => {
    const connection = await connect(world);
    const before = shapeOf(await world.aws.control.inventory());
    await world.aws.control.clearCalls();
    expect(await driftOf(connection)).toEqual([]);
    expect(await effectsOf(world)).toEqual([]);
    expect(shapeOf(await world.aws.control.inventory())).toEqual(before);
  });

  it('names a route into a black hole', async () => {
    const connection = await connect(world);
    await world.aws.ec2(CUSTOMER, CUSTOMER_REGION).send(
      new DeleteVpcPeeringConnectionCommand({
        VpcPeeringConnectionId: connection.peering.vpcPeeringConnectionId,
      }),
    );
    expect(await driftOf(connection)).toEqual([`route to ${STATED} is blackhole`]);
  });

  it('names a subnet that somebody gave a route table of its own', async () => {
    const connection = await connect(world);
    const aws = world.aws.ec2(PROVIDER, PROVIDER_REGION);
    const { RouteTable: other } = await aws.send(
      new CreateRouteTableCommand({ VpcId: connection.vpc.vpcId }),
    );
    const [SubnetId = ''] = connection.subnetIds;
    const RouteTableId = other?.RouteTableId ?? '';
    await aws.send(new AssociateRouteTableCommand({ RouteTableId, SubnetId }));
    expect(await driftOf(connection)).toEqual([
      `subnet ${SubnetId} uses another route table, ${RouteTableId}`,
    ]);
  });

  it('says in one line that the VPC is gone', async () => {
    const connection = await connect(world);
    await world.run((activities) =>
      activities.releaseNetwork({
        region: PROVIDER_REGION,
        owner: connection.owner,
        inDoubt: false,
        remembered: null,
      }),
    );
    expect(await driftOf(connection)).toEqual([`VPC ${connection.vpc.vpcId} is gone`]);
  });

  it('believes no look that AWS contradicts a moment later', async () => {
    const connection = await connect(world);
    const aws = world.aws.ec2(PROVIDER, PROVIDER_REGION);
    const route = { RouteTableId: connection.vpc.routeTableId, DestinationCidrBlock: STATED };
    await aws.send(new DeleteRouteCommand(route));
    const clients = createEc2Clients({
      provider: { accountId: PROVIDER, roleArn: null, externalId: null, roles: {} },
      endpoint: world.aws.endpoint,
      timing: { pollEveryMs: 1, settleMs: 1, secondLookMs: 1 },
    });
    const { vpcPeeringConnectionId: VpcPeeringConnectionId } = connection.peering;
    let looks = 0;
    clients('observe', PROVIDER_REGION).read.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          if (commandName === 'DescribeRouteTablesCommand' && (looks += 1) === 2) {
            await aws.send(new CreateRouteCommand({ ...route, VpcPeeringConnectionId }));
          }
          return next(args);
        },
      { step: 'initialize' },
    );
    const ofTwoLooks = createDriftActivities(clients);
    expect(await world.run(() => ofTwoLooks.findDrift(driftInput(connection)))).toEqual({
      drift: [],
      beyond: [],
    });
    expect(looks).toBe(2);
  });

  it('stays readable when very much was changed', async () => {
    const connection = await connect(world);
    const aws = world.aws.ec2(PROVIDER, PROVIDER_REGION);
    await world.aws.control.settings({ quotas: { naclRulesPerDirection: 100 } });
    for (let RuleNumber = 1; RuleNumber <= 60; RuleNumber += 1) {
      await aws.send(
        new CreateNetworkAclEntryCommand({
          NetworkAclId: connection.vpc.networkAclId,
          RuleNumber,
          Egress: true,
          Protocol: '-1',
          RuleAction: 'deny',
          CidrBlock: '0.0.0.0/0',
        }),
      );
    }
    const drift = await driftOf(connection);
    expect(drift).toHaveLength(51);
    expect(drift.at(-1)).toBe('and 10 more');
    await world.run((activities) => activities.ensureNetworkAclEntries(networkAclInput(connection)));
    expect(await driftOf(connection)).toEqual([]);
  });
});

describe('ensureTagsAndDns', () => {
  it('does not take the VPC of another connection for a missing one', async () => {
    const connection = await connect(world);
    const before = shapeOf(await world.aws.control.inventory());
    const gone = {
      ...driftInput(connection),
      network: { ...driftInput(connection).network, vpcId: 'vpc-0123456789abcdef0' },
    };
    await world.run((activities) => activities.ensureTagsAndDns(gone));
    expect(shapeOf(await world.aws.control.inventory())).toEqual(before);
  });
});
