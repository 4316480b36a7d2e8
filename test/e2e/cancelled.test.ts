/** A request is cancelled in each state it can be in; told and looked at with Temporal's own binary. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AssociateVpcCidrBlockCommand } from '@aws-sdk/client-ec2';
import type { PeeringState } from '../../domain/lifecycle.js';
import { PROVIDER } from '../harness/emulator.js';
import { leftOf, startStackWorld, type StackCustomer, type StackWorld } from '../harness/stack.js';
import { until } from '../harness/until.js';
import { requestAndWait, startRequest } from './connected.js';
import { expectEnded, expectListed } from './ending.js';
import { outsideCaller, type OutsideCaller } from './outside-caller.js';
import { SideBySide } from './side-by-side.js';
import { at } from './temporal-cli.js';

let world: StackWorld;
let caller: OutsideCaller;

const ASIA = 'ap-southeast-2';
const AMERICA = 'us-east-1';
const EUROPE = 'eu-west-1';

interface Held {
  readonly state: PeeringState;
  /** Takes away what would hold the release, too. */
  readonly letGo?: () => Promise<unknown>;
}

/** Cancels a run that is held in a state, and looks at how it ended: it never came further. */
async function expectCancelled(customer: StackCustomer, { state, letGo }: Held): Promise<void> {
  const { provisionId: workflowId } = customer;
  const held = await world.untilState(workflowId, state);
  await caller.cli('cancel', '--workflow-id', workflowId);
  await letGo?.();
  await expectCanceledRun(workflowId);
  const status = await expectEnded({ world, caller }, customer, { workflowId, state: 'cancelled' });
  expect(await world.status(workflowId)).toMatchObject({ failure: null, provider: held.provider });
  expect(at(status, 'history')).toContainEqual(expect.objectContaining({ state }));
}

async function expectCanceledRun(workflowId: string): Promise<void> {
  await world.untilState(workflowId, 'cancelled');
  expect(at((await caller.cli('result', '--workflow-id', workflowId)).json, 'status')).toBe('CANCELED');
}

interface Hold {
  /** Once a run has come to it, and can go no further. */
  readonly reached: () => Promise<unknown>;
  readonly letGo: () => Promise<void>;
}

/** Every such call fails in that region, as AWS fails on a bad day, until it is let go. */
async function hold(action: string, region: string): Promise<Hold> {
  const id = await world.control.addFault({ action, region, account: PROVIDER, kind: 'error', times: null });
  return {
    reached: () =>
      until(`${action} fails`, async () => {
        const faults = await world.control.faults();
        return faults.some((fault) => fault.id === id && fault.hits > 0) ? true : undefined;
      }),
    letGo: () => world.control.removeFault(id),
  };
}

async function roomForVpcs(region: string, room: { vpcsPerRegion: number } | null): Promise<void> {
  await world.control.settings({ quotaOverrides: { [`${PROVIDER}/${region}`]: room } });
}

/** One region of the provider's for those that are held at the same time, so that what holds one holds no other. */
const stories = new SideBySide({
  'building-network': async () => {
    const { reached, letGo } = await hold('CreateSubnet', AMERICA);
    const customer = await world.newCustomer({ providerRegion: AMERICA });
    await startRequest(world, customer);
    await reached();
    await expectCancelled(customer, { state: 'building-network' });
    await letGo();
  },

  requesting: async () => {
    const { reached, letGo } = await hold('CreateVpcPeeringConnection', EUROPE);
    const customer = await world.newCustomer({ providerRegion: EUROPE });
    await startRequest(world, customer);
    await reached();
    await expectCancelled(customer, { state: 'requesting' });
    await letGo();
  },

  'awaiting-acceptance': async () => {
    const customer = await world.newCustomer({ providerRegion: ASIA });
    await requestAndWait(world, customer);
    await expectCancelled(customer, { state: 'awaiting-acceptance' });
  },

  configuring: async () => {
    const { reached, letGo } = await hold('CreateRoute', ASIA);
    const customer = await world.newCustomer({ providerRegion: ASIA });
    const { peeringConnectionId } = await requestAndWait(world, customer);
    await customer.aws.accept(peeringConnectionId ?? '');
    await reached();
    await expectCancelled(customer, { state: 'configuring' });
    await letGo();
  },

  'planning, while it moves to another block': async () => {
    await stories.over('building-network');
    const { reached, letGo } = await hold('DeleteVpc', AMERICA);
    const customer = await world.newCustomer({ providerRegion: AMERICA, vpcCidrs: ['172.31.0.0/16'] });
    const { vpcId } = customer.network;
    await customer.aws.ec2.send(
      new AssociateVpcCidrBlockCommand({ VpcId: vpcId, CidrBlock: '10.200.0.0/24' }),
    );
    await startRequest(world, customer);
    await reached();
    await expectCancelled(customer, { state: 'planning', letGo });
  },

  parked: async () => {
    await stories.over('requesting');
    await roomForVpcs(EUROPE, { vpcsPerRegion: 0 });
    const customer = await world.newCustomer({ providerRegion: EUROPE });
    await startRequest(world, customer);
    await expectCancelled(customer, { state: 'parked' });
    await roomForVpcs(EUROPE, null);
  },
});

/** Started and cancelled before there was a worker. */
let unseen: StackCustomer;

beforeAll(async () => {
  world = await startStackWorld({ withWorker: false, regions: 'all' });
  caller = await outsideCaller(world);
  unseen = await world.newCustomer();
  await caller.start(unseen);
  await caller.cli('cancel', '--workflow-id', unseen.provisionId);
  await world.startWorker();
  stories.start();
});
afterAll(async () => {
  await stories.allOver();
  await world.stop();
});

describe('a request that is cancelled ends cancelled, and leaves nothing, while it is', () => {
  it.each(stories.names)('%s', (name) => stories.end(name));

  it('planning, before anybody has looked at it', async () => {
    const { provisionId: workflowId } = unseen;
    await expectCanceledRun(workflowId);
    expect(await caller.status(workflowId)).toMatchObject({ state: 'cancelled', failure: null });
    expect(await leftOf(world, unseen)).toEqual([]);
    await expectListed(caller, { workflowId, state: 'cancelled' });
  });
});
