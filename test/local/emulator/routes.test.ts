import {
  AcceptVpcPeeringConnectionCommand,
  CreateRouteCommand,
  DeleteRouteCommand,
  DeleteVpcPeeringConnectionCommand,
  DescribeRouteTablesCommand,
  type EC2Client,
  ReplaceRouteCommand,
  type Route,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { type TestEmulator } from '../../harness/emulator.js';
import { withEmulator } from '../../harness/with-emulator.js';
import { activePeering, codeOf, createVpc, defaultsOf, requestPeering } from '../../harness/networks.js';

let emulator: TestEmulator;

withEmulator((lent) => {
  emulator = lent;
});

async function routesOf(client: EC2Client, routeTableId: string): Promise<Route[]> {
  const { RouteTables: tables } = await client.send(
    new DescribeRouteTablesCommand({ RouteTableIds: [routeTableId] }),
  );
  return tables?.[0]?.Routes ?? [];
}

async function stateOf(
  client: EC2Client,
  routeTableId: string,
  destination: string,
): Promise<string | undefined> {
  const routes = await routesOf(client, routeTableId);
  return routes.find((route) => route.DestinationCidrBlock === destination)?.State;
}

function createRoute(
  client: EC2Client,
  routeTableId: string,
  to: { block: string; peeringId: string },
): Promise<unknown> {
  return client.send(
    new CreateRouteCommand({
      RouteTableId: routeTableId,
      DestinationCidrBlock: to.block,
      VpcPeeringConnectionId: to.peeringId,
    }),
  );
}

describe('routes to a peering (6)', () => {
  it('become black holes, and stay, when the customer deletes the peering', async () => {
    const { provider, customer, vpcId, peeringId } = await activePeering(emulator);
    const { routeTableId } = await defaultsOf(provider, vpcId);
    await createRoute(provider, routeTableId, { block: '172.31.0.0/20', peeringId });
    expect(await stateOf(provider, routeTableId, '172.31.0.0/20')).toBe('active');
    await customer.send(new DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId: peeringId }));
    expect(await stateOf(provider, routeTableId, '172.31.0.0/20')).toBe('blackhole');
    await emulator.control.advance(10 * 24 * 3600);
    expect(await stateOf(provider, routeTableId, '172.31.0.0/20')).toBe('blackhole');
    await provider.send(
      new DeleteRouteCommand({ RouteTableId: routeTableId, DestinationCidrBlock: '172.31.0.0/20' }),
    );
    expect(await routesOf(provider, routeTableId)).toHaveLength(1);
  });

  it('are black holes until the peering is active', async () => {
    const { provider, customer, vpcId, peeringId } = await requestPeering(emulator);
    const { routeTableId } = await defaultsOf(provider, vpcId);
    await createRoute(provider, routeTableId, { block: '172.31.0.0/20', peeringId });
    expect(await stateOf(provider, routeTableId, '172.31.0.0/20')).toBe('blackhole');
    await customer.send(new AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId: peeringId }));
    expect(await stateOf(provider, routeTableId, '172.31.0.0/20')).toBe('active');
  });

  it('are refused for an unknown, a foreign and a dead peering', async () => {
    const { provider, customer, vpcId, peeringId } = await activePeering(emulator);
    const { routeTableId } = await defaultsOf(provider, vpcId);
    const ask = (id: string, table = routeTableId, client = provider): Promise<string> =>
      codeOf(createRoute(client, table, { block: '172.31.0.0/20', peeringId: id }));
    const otherVpc = await createVpc(provider, '10.9.0.0/24');
    expect(await ask(peeringId, (await defaultsOf(provider, otherVpc)).routeTableId)).toBe(
      'InvalidParameterValue',
    );

    expect(await ask('pcx-0123456789abcdef0')).toBe('InvalidVpcPeeringConnectionID.NotFound');
    const stranger = emulator.ec2('777788889999');
    const theirs = await createVpc(stranger, '10.8.0.0/24');
    expect(await ask(peeringId, (await defaultsOf(stranger, theirs)).routeTableId, stranger)).toBe(
      'InvalidVpcPeeringConnectionID.NotFound',
    );

    await customer.send(new DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId: peeringId }));
    expect(await ask(peeringId)).toBe('InvalidStateTransition');
    await emulator.control.advance(3 * 24 * 3600);
    expect(await ask(peeringId)).toBe('InvalidVpcPeeringConnectionID.NotFound');
  });

  it('cannot take over or cut into the local route, nor be made twice', async () => {
    const { provider, vpcId, peeringId } = await activePeering(emulator);
    const { routeTableId } = await defaultsOf(provider, vpcId);
    const ask = (block: string): Promise<string> =>
      codeOf(createRoute(provider, routeTableId, { block, peeringId }));
    expect(await ask('10.200.0.0/25')).toBe('RouteAlreadyExists');
    expect(await ask('10.200.0.64/26')).toBe('InvalidParameterValue');
    expect(await ask('nonsense')).toBe('InvalidParameterValue');
    expect(await ask('172.31.0.0/20')).toBe('no error');
    expect(await ask('172.31.0.9/20')).toBe('RouteAlreadyExists');
    const local = provider.send(
      new DeleteRouteCommand({ RouteTableId: routeTableId, DestinationCidrBlock: '10.200.0.0/25' }),
    );
    expect(await codeOf(local)).toBe('InvalidParameterValue');
  });

  it('can be replaced to point to the peering that lives', async () => {
    const { provider, vpcId, peeringId } = await activePeering(emulator);
    const { routeTableId } = await defaultsOf(provider, vpcId);
    await createRoute(provider, routeTableId, { block: '172.31.0.0/20', peeringId });
    const target = { RouteTableId: routeTableId, DestinationCidrBlock: '172.31.0.0/20' };
    await provider.send(new ReplaceRouteCommand({ ...target, VpcPeeringConnectionId: peeringId }));
    const unknown = provider.send(
      new ReplaceRouteCommand({ ...target, VpcPeeringConnectionId: 'pcx-0123456789abcdef0' }),
    );
    expect(await codeOf(unknown)).toBe('InvalidVpcPeeringConnectionID.NotFound');
    expect(await stateOf(provider, routeTableId, '172.31.0.0/20')).toBe('active');
  });

  it('are limited in number', async () => {
    const { provider, vpcId, peeringId } = await activePeering(emulator);
    const { routeTableId } = await defaultsOf(provider, vpcId);
    await emulator.control.settings({ quotas: { routesPerTable: 1 } });
    await createRoute(provider, routeTableId, { block: '172.31.0.0/20', peeringId });
    const second = createRoute(provider, routeTableId, { block: '172.31.16.0/20', peeringId });
    expect(await codeOf(second)).toBe('RouteLimitExceeded');
  });
});
