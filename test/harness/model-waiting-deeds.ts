/** What is done to a request: it is made, answered, forgotten, cancelled. */
import { RejectVpcPeeringConnectionCommand } from '@aws-sdk/client-ec2';
import { expect } from '@jest/globals';
import {
  customerAcceptedSignal,
  customerDeclinedSignal,
  peeringObservedSignal,
} from '../../contract/messages.js';
import { ALL_TCP } from './fault-invariants.js';
import { firstRunOf, type ModelledConnection } from './model-connection.js';
import type { Deeds } from './model-deed.js';
import { inAws, isOver, isPending, isWaiting, looked, requested, same } from './model-state.js';

const WEEK_AND_A_MINUTE_S = 7 * 86_400 + 60;

const claim = ({ asking }: ModelledConnection): Promise<void> =>
  asking.signal(customerAcceptedSignal, { by: 'alice' });

async function acceptInAws(real: ModelledConnection): Promise<void> {
  await real.point.customer.accept(await real.peeringId());
}

async function rejectInAws(real: ModelledConnection): Promise<void> {
  const command = new RejectVpcPeeringConnectionCommand({ VpcPeeringConnectionId: await real.peeringId() });
  await real.point.customer.ec2.send(command);
}

export const WAITING_DEEDS: Deeds = {
  request: {
    may: isOver,
    after: () => requested({ subnetCidrs: ['172.31.0.0/20'], access: ALL_TCP }),
    do: async (real) => {
      const before = await firstRunOf(real.asking);
      const runId = await real.request();
      expect(runId).not.toBe(before);
    },
  },
  'request once more while it waits': {
    may: isWaiting,
    after: same,
    do: async (real) => {
      const before = await firstRunOf(real.asking);
      expect(await real.request()).toBe(before);
    },
    changesNothing: true,
  },
  'accept in AWS, and say so': {
    may: isPending,
    after: (model) => looked(inAws('accepted')(model)),
    do: async (real) => {
      await acceptInAws(real);
      await claim(real);
    },
  },
  'accept in AWS, without a word': { may: isPending, after: inAws('accepted'), do: acceptInAws },
  'reject in AWS, and be observed': {
    may: isPending,
    after: (model) => looked(inAws('rejected')(model)),
    do: async (real) => {
      await rejectInAws(real);
      await real.observe();
    },
  },
  'reject in AWS, without a word': { may: isPending, after: inAws('rejected'), do: rejectInAws },
  'say that it is accepted': { may: isWaiting, after: (model) => looked(model), do: claim },
  'say what is not so': {
    may: isPending,
    after: same,
    do: async ({ asking }) => {
      await asking.signal(customerAcceptedSignal, { by: 'mallory' });
      await asking.signal(peeringObservedSignal, { status: 'active' });
    },
    changesNothing: true,
  },
  'decline by word': {
    may: isWaiting,
    after: (model) => looked(model, { declined: true }),
    do: ({ asking }) => asking.signal(customerDeclinedSignal, { by: 'alice' }),
  },
  cancel: {
    may: isWaiting,
    after: (model) => ({ ...model, state: 'cancelled' }),
    do: async ({ asking }) => {
      await asking.cancel();
    },
  },
};

/** They move the clock of the whole emulator. */
export const FORGETFUL_DEEDS: Deeds = {
  'forget for a week, and be observed': {
    may: isPending,
    after: (model) => looked(inAws('expired')(model)),
    do: async (real) => {
      await real.world.control.advance(WEEK_AND_A_MINUTE_S);
      await real.observe();
    },
  },
  'forget for a week': {
    may: isPending,
    after: inAws('expired'),
    do: async (real) => {
      await real.world.control.advance(WEEK_AND_A_MINUTE_S);
    },
  },
};
