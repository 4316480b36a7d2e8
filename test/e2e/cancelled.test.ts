/** A request is cancelled in each state it can be in; told and looked at with Temporal's own binary. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AssociateVpcCidrBlockCommand } from '@aws-sdk/client-ec2';
import type { PeeringState } from '../../domain/lifecycle.js';
import { PROVIDER } from '../harness/emulator.js';
import { STACK_START_MS, startStackWorld, until, type StackCustomer, type StackWorld } from '../harness/stack.js';
import { requestAndWait, startRequest } from './connected.js';
import { expectEnded, expectListed, expectNothingHeld } from './ending.js';
import { outsideCaller, type OutsideCaller } from './outside-caller.js';
import { SideBySide, STORY_MS } from './side-by-side.js';
import { at } from './temporal-cli.js';

let world: StackWorld;
let caller: OutsideCaller;

const ASIA = 'ap-southeast-2';
const AMERICA = 'us-east-1';
const EUROPE = 'eu-west-1';

/** The end of a run that was cancelled in that state. @param letGo of what held it there */
async function cancelled(
  customer: StackCustomer,
  { state, letGo }: { state: PeeringState; letGo?: () => Promise<unknown> },
): Promise<void> {
  const { provisionId: workflowId } = customer;
  const held = await world.untilState(workflowId, state);
  await caller.cli('cancel', '--workflow-id', workflowId);
  await letGo?.();
  await world.untilState(workflowId, 'cancelled');
  expect(at((await caller.cli('result', '--workflow-id', workflowId)).json, 'status')).toBe('CANCELED');
  const status = await expectEnded({ world, caller }, customer, { workflowId, state: 'cancelled' });
  expect(status).toMatchObject({ failure: null, provider: held.provider });
}

/** Every call of that action fails in that region until it is let go. */
async function hold(action: string, region: string): Promise<() => Promise<void>> {
  const id = await world.control.addFault({ action, region, account: PROVIDER, kind: 'error', times: null });
  return () => world.control.removeFault(id);
}

/** A region of the provider's for each, so that what holds one holds no other. */
const stories = new SideBySide({
  'building-network': async () => {
    const letGo = await hold('CreateSubnet', AMERICA);
    const customer = await world.newCustomer({ providerRegion: AMERICA });
    await startRequest(world, customer);
    await cancelled(customer, { state: 'building-network', letGo });
  },

  requesting: async () => {
    const letGo = await hold('CreateVpcPeeringConnection', EUROPE);
    const customer = await world.newCustomer({ providerRegion: EUROPE });
    await startRequest(world, customer);
    await cancelled(customer, { state: 'requesting', letGo });
  },

  configuring: async () => {
    const letGo = await hold('CreateRoute', ASIA);
    const customer = await world.newCustomer({ providerRegion: ASIA });
    const { peeringConnectionId } = await requestAndWait(world, customer);
    await customer.aws.accept(peeringConnectionId ?? '');
    await cancelled(customer, { state: 'configuring', letGo });
  },

  'awaiting-acceptance': async () => {
    const customer = await world.newCustomer({ providerRegion: ASIA });
    await requestAndWait(world, customer);
    await cancelled(customer, { state: 'awaiting-acceptance' });
  },
});
