/** Every way a request ends, on real parts: asked for and looked at with Temporal's own binary and the AWS SDK only. */
import {
  AcceptVpcPeeringConnectionCommand,
  AssociateVpcCidrBlockCommand,
  RejectVpcPeeringConnectionCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PeeringStatus } from '../../contract/status.js';
import { durationMs } from '../../domain/durations.js';
import { SampleCustomer } from '../../local/sample-customer.js';
import { PROVIDER } from '../harness/emulator.js';
import { codeOf } from '../harness/networks.js';
import { startStackWorld, type StackCustomer, type StackWorld } from '../harness/stack.js';
import { until } from '../harness/until.js';
import { requestAndWait } from './connected.js';
import { expectEnded, failureIn } from './ending.js';
import { outsideCaller, type OutsideCaller } from './outside-caller.js';
import { SideBySide } from './side-by-side.js';

let world: StackWorld;
let caller: OutsideCaller;

/** How a run that failed ended, once its status says so. */
async function failed(
  customer: StackCustomer,
  { state }: { state: 'declined' | 'expired' | 'failed' },
): Promise<{ type: unknown; message: unknown; status: unknown }> {
  const { provisionId: workflowId } = customer;
  await world.untilState(workflowId, state);
  const failure = failureIn(await caller.cli('result', '--workflow-id', workflowId));
  const status = await expectEnded({ world, caller }, customer, { workflowId, state });
  expect(status).toMatchObject({ failure: { code: failure.type } });
  return { ...failure, status };
}

function send(customer: StackCustomer, name: string, input: unknown): Promise<unknown> {
  return caller.signal(customer.provisionId, name, input);
}

/** Routes ever made for this customer. */
async function routesMadeFor({ provider }: PeeringStatus): Promise<unknown[]> {
  const calls = await world.control.calls({ action: 'CreateRoute' });
  return calls.filter(({ params }) => params['RouteTableId'] === provider?.routeTableId);
}

/** The customer's VPC has one more block than the request says. */
async function alsoUses(customer: StackCustomer, cidr: string): Promise<void> {
  const { vpcId } = customer.network;
  await customer.aws.ec2.send(new AssociateVpcCidrBlockCommand({ VpcId: vpcId, CidrBlock: cidr }));
}

const stories = new SideBySide({
  'ends declined by the signal customerDeclined': async () => {
    const customer = await world.newCustomer();
    await requestAndWait(world, customer);
    await send(customer, 'customerDeclined', { by: 'carol', reason: 'not this year' });
    const { type, message } = await failed(customer, { state: 'declined' });
    expect(type).toBe('PeeringDeclined');
    expect(message).toContain('not this year');
  },

  'ends declined when the customer rejects it in AWS and nobody says so': async () => {
    const customer = await world.newCustomer();
    const { peeringConnectionId } = await requestAndWait(world, customer);
    await customer.aws.ec2.send(
      new RejectVpcPeeringConnectionCommand({ VpcPeeringConnectionId: peeringConnectionId ?? '' }),
    );
    const { type, message } = await failed(customer, { state: 'declined' });
    expect(type).toBe('PeeringDeclined');
    expect(message).toContain('rejected the request in AWS');
  },

  'moves to another block when a late overlap shows, and nobody acts but to accept': async () => {
    const customer = await world.newCustomer({ vpcCidrs: ['172.31.0.0/16'] });
    await alsoUses(customer, '10.200.0.0/24');
    const waiting = await requestAndWait(world, customer);
    expect(waiting).toMatchObject({
      round: 1,
      plan: { providerCidr: '172.24.0.0/25' },
      provider: { cidr: '172.24.0.0/25' },
    });
    await customer.aws.accept(waiting.peeringConnectionId ?? '');
    const active = await world.untilState(customer.maintainId, 'active');
    expect(active).toMatchObject({ provider: waiting.provider, round: 1 });
    const pool = await world.pool(customer.request.organizationId);
    expect(pool.held.map(({ cidr }) => cidr)).toEqual(['172.24.0.0/25']);
    const { regions } = await world.control.inventory();
    const vpcs = regions.flatMap((region) => region.vpcs);
    expect(
      vpcs.filter(({ tags }) => tags['causeway:peering'] === customer.connection).map(({ vpcId }) => vpcId),
    ).toEqual([waiting.provider?.vpcId]);
  },

  'fails after four blocks when the VPC id is mistyped, and says what was tried and to be checked':
    async () => {
      const customer = await world.newCustomer({ vpcId: 'vpc-0123456789abcdef0' });
      await caller.start(customer);
      const { type, message, status } = await failed(customer, {
        state: 'failed',
      });
      expect(type).toBe('PeeringFailed');
      for (const block of ['10.200.0.0/25', '172.24.0.0/25', '192.168.128.0/25', '100.64.0.0/25']) {
        expect(message).toContain(`${block} (`);
      }
      expect(status).toMatchObject({
        round: 1,
        nextStep: { who: 'customer', what: expect.stringMatching(/account, VPC id, region and all CIDR/) },
      });
    },

  'ends with a mismatch, without any route, when the accepted VPC does not hold the stated ranges':
    async () => {
      const customer = await world.newCustomer({ cidr: '172.31.0.0/16', subnetCidrs: ['172.30.0.0/20'] });
      const waiting = await requestAndWait(world, customer);
      await customer.aws.accept(waiting.peeringConnectionId ?? '');
      const { type, message } = await failed(customer, { state: 'failed' });
      expect(type).toBe('AcceptanceMismatch');
      expect(message).toContain('172.30.0.0/20');
      expect(await routesMadeFor(waiting)).toEqual([]);
    },

  'cannot be accepted by anyone but the account that was asked': async () => {
    const customer = await world.newCustomer();
    const waiting = await requestAndWait(world, customer);
    const accept = new AcceptVpcPeeringConnectionCommand({
      VpcPeeringConnectionId: waiting.peeringConnectionId ?? '',
    });
    for (const account of [PROVIDER, '999988887777']) {
      const stranger = new SampleCustomer(world.stack.emulator.endpoint, account, customer.network.region);
      expect(await codeOf(stranger.ec2.send(accept))).not.toBe('no error');
    }
    expect((await world.status(customer.provisionId)).state).toBe('awaiting-acceptance');
    expect(await routesMadeFor(waiting)).toEqual([]);
  },

  'is connected also where a Transit Gateway governs, with the advice in plan and next step': async () => {
    const customer = await world.newCustomer({ networkGovernance: 'transit-gateway' });
    const waiting = await requestAndWait(world, customer);
    expect(waiting.plan?.advice).toContainEqual(expect.stringContaining('Transit Gateway offering'));
    expect(waiting.nextStep.what).toContain('Transit Gateway offering');
    await customer.aws.accept(waiting.peeringConnectionId ?? '');
    expect((await world.untilState(customer.maintainId, 'active')).state).toBe('active');
  },
});

beforeAll(async () => {
  world = await startStackWorld();
  caller = await outsideCaller(world);
  stories.start();
});
afterAll(async () => {
  await stories.allOver();
  await world.stop();
});

describe('a request', () => {
  it.each(stories.names)('%s', (name) => stories.end(name));
});

describe('a request that nobody answers', () => {
  const LIFE_OF_A_REQUEST_MS = durationMs('7 days') + durationMs('1 minute');

  /** AWS's clock alone: Temporal's and the worker's stay where they are. */
  async function letAwsDropIt(): Promise<void> {
    await world.control.advance(LIFE_OF_A_REQUEST_MS / 1_000);
  }

  it('is asked again once AWS shows it expired, with the same VPC and block, and ends expired after two rounds', async () => {
    await stories.allOver();
    const customer = await world.newCustomer();
    const first = await requestAndWait(world, customer);
    expect(first.round).toBe(1);
    await letAwsDropIt();
    const second = await until('it is asked again', async () => {
      const status = await world.status(customer.provisionId);
      return status.state === 'awaiting-acceptance' && status.round === 2 ? status : undefined;
    });
    expect(second).toMatchObject({ provider: first.provider, plan: first.plan });
    expect(second.peeringConnectionId).not.toBe(first.peeringConnectionId);
    expect(Date.parse(second.expiresAt ?? '') - Date.parse(first.expiresAt ?? '')).toBeGreaterThanOrEqual(
      LIFE_OF_A_REQUEST_MS,
    );

    await letAwsDropIt();
    const { type, message, status } = await failed(customer, { state: 'expired' });
    expect(type).toBe('PeeringExpired');
    expect(message).toContain('round 2 of 2');
    expect(status).toMatchObject({ round: 2, provider: first.provider });
    const { peerings } = await world.control.inventory();
    const asked = peerings.filter(({ accepter }) => accepter.vpcId === customer.network.vpcId);
    expect(
      asked.map(({ vpcPeeringConnectionId, requester }) => [vpcPeeringConnectionId, requester.vpcId]),
    ).toEqual([
      [first.peeringConnectionId, first.provider?.vpcId],
      [second.peeringConnectionId, first.provider?.vpcId],
    ]);
  });
});
