import { DeleteVpcPeeringConnectionCommand, RejectVpcPeeringConnectionCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ExpectedPeering } from '../../domain/acceptance.js';
import { effectsOf, startActivityWorld, type ActivityWorld } from '../harness/activity-world.js';
import {
  accept,
  acceptedPeering,
  buildVpc,
  CUSTOMER_REGION,
  requestFrom,
  routesInput,
  STATED,
  type Requested,
} from '../harness/connection-stages.js';
import { CUSTOMER } from '../harness/emulator.js';
import { onlyPeering, providerRoutes } from '../harness/inventory.js';

let world: ActivityWorld;

beforeAll(async () => {
  world = await startActivityWorld();
});
beforeEach(() => world.aws.reset());
afterAll(() => world.aws.stop());

/** The input of `ensureRoutes` for a request that differs from what was accepted in AWS. */
function expecting(connection: Requested, differently: Partial<ExpectedPeering>): Requested {
  return { ...connection, expected: { ...connection.expected, ...differently } };
}

describe('ensureRoutes', () => {
  it('routes every stated range, and only those, to the peering', async () => {
    const connection = await acceptedPeering(world);
    const pcx = connection.peering.vpcPeeringConnectionId;
    const routed = async (subnetCidrs: string[]): Promise<string[]> => {
      await world.run((activities) =>
        activities.ensureRoutes(routesInput(expecting(connection, { subnetCidrs }))),
      );
      return providerRoutes(world.aws);
    };
    expect(await routed(['172.31.0.0/20', '172.31.16.0/20'])).toEqual([
      `172.31.0.0/20 ${pcx} active`,
      `172.31.16.0/20 ${pcx} active`,
    ]);
    expect(await routed(['172.31.16.0/20', '172.31.32.0/24'])).toEqual([
      `172.31.16.0/20 ${pcx} active`,
      `172.31.32.0/24 ${pcx} active`,
    ]);
  });

  const elsewhere: [what: string, differently: (connection: Requested) => Partial<ExpectedPeering>][] = [
    [
      "accepter's account",
      ({ expected }) => ({ accepter: { ...expected.accepter, accountId: '777788889999' } }),
    ],
    [
      "accepter's VPC",
      ({ expected }) => ({ accepter: { ...expected.accepter, vpcId: 'vpc-0123456789abcdef0' } }),
    ],
    ["accepter's region", ({ expected }) => ({ accepter: { ...expected.accepter, region: 'us-west-2' } })],
    [
      "requester's account",
      ({ expected }) => ({ requester: { ...expected.requester, accountId: '777788889999' } }),
    ],
    [
      "requester's VPC",
      ({ expected }) => ({ requester: { ...expected.requester, vpcId: 'vpc-0123456789abcdef0' } }),
    ],
    ["requester's region", ({ expected }) => ({ requester: { ...expected.requester, region: 'eu-west-2' } })],
    [
      'customer VPC, which does not hold the stated ranges',
      () => ({ subnetCidrs: [STATED, '192.168.7.0/24'] }),
    ],
    ['customer VPC, which holds only a part of a stated range', () => ({ subnetCidrs: ['172.30.0.0/15'] })],
  ];
  it.each(elsewhere)('makes no route to another %s', async (_, differently) => {
    const connection = await acceptedPeering(world);
    await world.aws.control.clearCalls();
    const failure = await world.failureOf((activities) =>
      activities.ensureRoutes(routesInput(expecting(connection, differently(connection)))),
    );
    expect(failure).toMatchObject({ type: 'AcceptanceMismatch', nonRetryable: true });
    expect(await effectsOf(world)).toEqual([]);
    expect(await providerRoutes(world.aws)).toEqual([]);
  });

  it('makes none before the customer accepted, nor while AWS provisions', async () => {
    const connection = await requestFrom(world, await buildVpc(world));
    const refused = () => world.failureOf((activities) => activities.ensureRoutes(routesInput(connection)));
    expect(await refused()).toMatchObject({ type: 'NotYetConsistent', nonRetryable: false });
    await world.aws.control.settings({ provisioningSeconds: 3_600 });
    await accept(world, connection);
    expect((await onlyPeering(world.aws)).status).toBe('provisioning');
    expect(await refused()).toMatchObject({ type: 'NotYetConsistent', nonRetryable: false });
    expect(await providerRoutes(world.aws)).toEqual([]);
  });

  it('makes none to a peering that the customer rejected', async () => {
    const connection = await requestFrom(world, await buildVpc(world));
    const VpcPeeringConnectionId = connection.peering.vpcPeeringConnectionId;
    const customer = world.aws.ec2(CUSTOMER, CUSTOMER_REGION);
    await customer.send(new RejectVpcPeeringConnectionCommand({ VpcPeeringConnectionId }));
    const failure = await world.failureOf((activities) => activities.ensureRoutes(routesInput(connection)));
    expect(failure).toMatchObject({ type: 'PeeringDisconnected', nonRetryable: true });
    expect(await providerRoutes(world.aws)).toEqual([]);
  });

  it('makes none to a peering that the customer deleted', async () => {
    const connection = await acceptedPeering(world);
    const VpcPeeringConnectionId = connection.peering.vpcPeeringConnectionId;
    const customer = world.aws.ec2(CUSTOMER, CUSTOMER_REGION);
    await customer.send(new DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId }));
    const failure = await world.failureOf((activities) => activities.ensureRoutes(routesInput(connection)));
    expect(failure).toMatchObject({ type: 'PeeringDisconnected', nonRetryable: true });
    expect(await providerRoutes(world.aws)).toEqual([]);
  });

  it('makes none to a peering that AWS does not show', async () => {
    const connection = await acceptedPeering(world);
    const unknown = expecting(connection, { vpcPeeringConnectionId: 'pcx-0123456789abcdef0' });
    const failure = await world.failureOf((activities) => activities.ensureRoutes(routesInput(unknown)));
    expect(failure).toMatchObject({ type: 'PeeringDisconnected', nonRetryable: true });
    expect(await providerRoutes(world.aws)).toEqual([]);
  });

  it('names the quota of routes', async () => {
    const connection = await acceptedPeering(world);
    await world.aws.control.settings({ quotas: { routesPerTable: 0 } });
    const failure = await world.failureOf((activities) => activities.ensureRoutes(routesInput(connection)));
    expect(failure).toMatchObject({ type: 'QuotaExceeded', nonRetryable: false });
    expect(failure.details?.[0]).toMatchObject({ waitsFor: 'routes per route table' });
  });
});
