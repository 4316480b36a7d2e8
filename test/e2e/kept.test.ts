/** A living connection, with nobody but the worker running: what is changed by hand, asked for, or ended. */
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateNetworkAclEntryCommand,
  CreateNetworkInterfaceCommand,
  DeleteNetworkInterfaceCommand,
  DeleteRouteCommand,
  DeleteVpcPeeringConnectionCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PeeringStatus } from '../../contract/status.js';
import type { EndState } from '../../domain/lifecycle.js';
import { SampleCustomer } from '../../local/sample-customer.js';
import { PROVIDER } from '../harness/emulator.js';
import { builtFor, startStackWorld, type StackCustomer, type StackWorld } from '../harness/stack.js';
import { until } from '../harness/until.js';
import { connect } from './connected.js';
import { expectEnded, heldFor } from './ending.js';
import { outsideCaller, type OutsideCaller } from './outside-caller.js';
import { SideBySide } from './side-by-side.js';
import { at, type CliAnswer } from './temporal-cli.js';

/** Where a call may be refused without touching the other stories. */
const REFUSING_REGION = 'ap-southeast-2';

let world: StackWorld;
let caller: OutsideCaller;

const resultOf = (workflowId: string): Promise<CliAnswer> =>
  caller.cli('result', '--workflow-id', workflowId);

/** The provider's own hands, in the region of the connection. */
function providerOf({ provider }: PeeringStatus): EC2Client {
  return new SampleCustomer(world.stack.emulator.endpoint, PROVIDER, provider?.region ?? '').ec2;
}

/** Somebody deletes the route to the customer by hand. */
async function loseRoute(active: PeeringStatus): Promise<void> {
  const RouteTableId = active.provider?.routeTableId ?? '';
  const [DestinationCidrBlock] = active.customer.subnetCidrs;
  await providerOf(active).send(new DeleteRouteCommand({ RouteTableId, DestinationCidrBlock }));
}

async function expectOver(customer: StackCustomer, state: EndState): Promise<unknown> {
  const { maintainId: workflowId } = customer;
  await world.untilState(workflowId, state);
  expect(await resultOf(workflowId)).toMatchObject({ code: 0, json: { result: { state, failure: null } } });
  return expectEnded({ world, caller }, customer, { workflowId, state });
}

/** Routes and rules of a connection, as AWS has them. */
async function agreementOf(customer: StackCustomer): Promise<unknown> {
  const { routeTables, networkAcls, securityGroups } = await builtFor(world, customer);
  return {
    routes: routeTables.map(({ routes }) => routes),
    entries: networkAcls.map(({ entries }) => entries),
    rules: securityGroups.map(({ ingress, egress }) =>
      [...ingress, ...egress].map((rule) => ({ ...rule, ruleId: null })),
    ),
  };
}

/** What the worker told about the connection, a line of its log each. */
async function toldOf({ connection }: StackCustomer, kind: string): Promise<string[]> {
  const log = await readFile(join(world.stack.logDirectory, 'worker.log'), 'utf8');
  return log
    .split('\n')
    .filter((line) => line.includes('"notification"') && line.includes(`"kind":"${kind}"`))
    .filter((line) => line.includes(connection));
}

const stories = new SideBySide({
  'ends disconnected when the customer deletes the peering; its owner is told': async () => {
    const customer = await world.newCustomer();
    const { peeringConnectionId } = await connect(world, customer);
    await customer.aws.ec2.send(
      new DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId: peeringConnectionId ?? '' }),
    );
    await expectOver(customer, 'disconnected');
    const [told, ...more] = await toldOf(customer, 'ended');
    expect(told).toContain('"state":"disconnected"');
    expect(more).toEqual([]);
  },

  'ends disconnected also while its repair waits for a permission': async () => {
    const customer = await world.newCustomer({ providerRegion: REFUSING_REGION });
    const active = await connect(world, customer);
    await world.control.addFault({
      action: 'CreateRoute',
      region: REFUSING_REGION,
      kind: 'error',
      code: 'UnauthorizedOperation',
      times: null,
    });
    await loseRoute(active);
    const parked = await world.untilState(customer.maintainId, 'parked');
    expect(parked).toMatchObject({ parked: { from: 'active', who: 'provider' } });
    expect(parked.nextStep.what).toContain('CreateRoute');
    await customer.aws.ec2.send(
      new DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId: active.peeringConnectionId ?? '' }),
    );
    await expectOver(customer, 'disconnected');
  },

  'ends released by the signal close, and can be asked for anew': async () => {
    const customer = await world.newCustomer();
    await connect(world, customer);
    expect(await heldFor(caller, customer)).toEqual(['10.200.0.0/25', '10.200.0.0/25']);
    await caller.signal(customer.maintainId, 'close', { by: 'bob', reason: 'moved away' });
    const status = await expectOver(customer, 'released');
    expect(JSON.stringify(at(status, 'history'))).toContain('moved away');

    const again = await connect(world, customer);
    expect(again.provider?.cidr).toBe('10.200.0.0/25');
  },

  'ends released when the workflow that keeps it is cancelled': async () => {
    const customer = await world.newCustomer();
    await connect(world, customer);
    await caller.cli('cancel', '--workflow-id', customer.maintainId);
    await expectOver(customer, 'released');
  },

  'parks its end on network interfaces, by name, and goes on once they are gone': async () => {
    const customer = await world.newCustomer();
    const active = await connect(world, customer);
    const ec2 = providerOf(active);
    const [SubnetId] = active.provider?.subnetIds ?? [];
    const { NetworkInterface } = await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId }));
    const NetworkInterfaceId = NetworkInterface?.NetworkInterfaceId ?? '';

    await caller.signal(customer.maintainId, 'close', {});
    const parked = await world.untilState(customer.maintainId, 'parked');
    expect(parked).toMatchObject({
      parked: { from: 'releasing', who: 'provider', for: expect.stringContaining(NetworkInterfaceId) },
      nextStep: { who: 'provider', what: expect.stringContaining(NetworkInterfaceId) },
    });
    // The peering is gone by then: what is closed carries no traffic while the rest is waited for.
    const { peerings, vpcs } = await builtFor(world, customer);
    expect(peerings.map(({ status }) => status)).toEqual(['deleted']);
    expect(vpcs).toHaveLength(1);
    expect(await heldFor(caller, customer)).toEqual(['10.200.0.0/25', '10.200.0.0/25']);

    await ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId }));
    await expectOver(customer, 'released');
  },

  'is put right when somebody changes its route, network ACL or security group by hand': async () => {
    const customer = await world.newCustomer();
    const active = await connect(world, customer);
    const ec2 = providerOf(active);
    const { networkAclId, securityGroupId } = active.provider ?? {};
    const agreed = await agreementOf(customer);
    const byHand: [seen: string, change: () => Promise<unknown>][] = [
      ['route to 172.31.0.0/20 is missing', () => loseRoute(active)],
      [
        'unexpected ingress entry',
        () =>
          ec2.send(
            new CreateNetworkAclEntryCommand({
              NetworkAclId: networkAclId ?? '',
              RuleNumber: 50,
              Egress: false,
              Protocol: '-1',
              RuleAction: 'allow',
              CidrBlock: '0.0.0.0/0',
            }),
          ),
      ],
      [
        'added by hand',
        () =>
          ec2.send(
            new AuthorizeSecurityGroupIngressCommand({
              GroupId: securityGroupId ?? '',
              IpPermissions: [
                { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '10.0.0.0/8' }] },
              ],
            }),
          ),
      ],
    ];
    for (const [seen, change] of byHand) {
      await change();
      expect(await agreementOf(customer)).not.toEqual(agreed);
      await until(`repaired: ${seen}`, async () =>
        JSON.stringify(await agreementOf(customer)) === JSON.stringify(agreed) ? true : undefined,
      );
      const { history } = await until('it is said', async () => {
        const status = await world.status(customer.maintainId);
        return status.history.at(-1)?.note.startsWith('repaired') === true ? status : undefined;
      });
      expect(history.map(({ note }) => note).join('\n')).toContain(seen);
    }
  },

  'opens other ranges and ports by the update changeAccess, and answers with the new status': async () => {
    const customer = await world.newCustomer();
    const active = await connect(world, customer);
    const change = {
      subnetCidrs: ['172.31.16.0/20'],
      access: [{ protocol: 'tcp', ports: [5432] }],
      by: 'ops',
    };
    const update = ['update', 'execute', '--workflow-id', customer.maintainId, '--name', 'changeAccess'];
    const answer = await caller.cli(...update, '--input', JSON.stringify(change));
    expect(answer).toMatchObject({
      code: 0,
      json: {
        result: {
          state: 'active',
          peeringConnectionId: active.peeringConnectionId,
          customer: { subnetCidrs: ['172.31.16.0/20'] },
        },
      },
    });
    const { routeTables } = await builtFor(world, customer);
    expect(routeTables.flatMap(({ routes }) => routes.map(({ destination }) => destination))).toEqual([
      '10.200.0.0/25',
      '172.31.16.0/20',
    ]);
    const refused = await caller.cli(
      ...update,
      '--input',
      JSON.stringify({ subnetCidrs: ['10.200.0.0/24'] }),
    );
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain('overlaps');
    expect((await world.status(customer.maintainId)).customer.subnetCidrs).toEqual(['172.31.16.0/20']);
  },
});

beforeAll(async () => {
  world = await startStackWorld({ regions: 'all' });
  caller = await outsideCaller(world);
  stories.start();
});
afterAll(async () => {
  await stories.allOver();
  await world.stop();
});

describe('a connection', () => {
  it.each(stories.names)('%s', (name) => stories.end(name));
});
