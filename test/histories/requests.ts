/** Stories of requests, from asking to each of their ends. */
import { RejectVpcPeeringConnectionCommand } from '@aws-sdk/client-ec2';
import {
  customerAcceptedSignal,
  customerDeclinedSignal,
  peeringObservedSignal,
} from '../../contract/messages.js';
import { connectionName, endedPeeringWorkflowId } from '../../contract/names.js';
import { durationMs } from '../../domain/durations.js';
import { MOST_EVENTS } from '../../workflows/history-bound.js';
import { PROVIDER } from '../harness/emulator.js';
import type { Stage, Story, Waiting } from './stage.js';

const DECLINED = { by: 'carol', reason: 'not this year' };

/** More signals than one execution takes. */
const FLOOD = MOST_EVENTS + 100;
const AT_ONCE = 100;

async function setVpcQuota({ world }: Stage, vpcsPerRegion: number | null): Promise<void> {
  const quota = vpcsPerRegion === null ? null : { vpcsPerRegion };
  await world.aws.control.settings({ quotaOverrides: { [`${PROVIDER}/eu-west-1`]: quota } });
}

/** Until another execution has taken over. @returns its run id */
async function flood({ world }: Stage, { handle }: Pick<Waiting, 'handle'>): Promise<string> {
  const first = (await handle.describe()).runId;
  for (let sent = 0; sent < FLOOD; sent += AT_ONCE) {
    await Promise.all(
      Array.from({ length: AT_ONCE }, () => handle.signal(customerAcceptedSignal, { by: 'flood' })),
    );
  }
  for (let step = 0; step < 60; step += 1) {
    const { runId } = await handle.describe();
    if (runId !== first) return runId;
    await world.env.sleep(1_000);
  }
  throw new Error('a flood of signals was not carried on in another execution');
}

export const REQUESTS: Record<string, Story> = {
  declined: {
    play: async (stage) => {
      const waiting = await stage.askAndWait();
      await waiting.handle.signal(customerDeclinedSignal, DECLINED);
      await stage.keepEnded('declined-provision', { handle: waiting.handle, state: 'declined' });
    },
  },

  // The record of the first end is told the second one.
  'declined-again': {
    play: async (stage) => {
      const { client } = stage.world.env;
      const first = await stage.askAndWait();
      await first.handle.signal(customerDeclinedSignal, DECLINED);
      await first.handle.result().catch(() => undefined);
      const handle = await stage.world.start(first.request);
      const second = await stage.wait({ request: first.request, handle });
      await second.handle.signal(customerDeclinedSignal, DECLINED);
      await second.handle.result().catch(() => undefined);
      const record = endedPeeringWorkflowId(connectionName(first.request));
      await stage.keep('declined-again-ended', client.workflow.getHandle(record));
    },
  },

  'declined-and-told': {
    replaced: (real) => ({
      loadSettings: async () => ({ ...(await real.loadSettings()), notifications: { webhook: true } }),
      postNotification: () => Promise.resolve(),
    }),
    play: async (stage) => {
      const waiting = await stage.askAndWait();
      await stage.world.env.sleep(2 * durationMs('1 day'));
      await waiting.handle.signal(customerDeclinedSignal, DECLINED);
      await stage.keepEnded('declined-and-told-provision', { handle: waiting.handle, state: 'declined' });
    },
  },

  rejected: {
    play: async (stage) => {
      const waiting = await stage.askAndWait();
      await stage.world.syncClock();
      await stage
        .customerOf(waiting)
        .send(new RejectVpcPeeringConnectionCommand({ VpcPeeringConnectionId: waiting.peeringId }));
      await waiting.handle.signal(peeringObservedSignal, { status: 'rejected' });
      await stage.keepEnded('rejected-provision', { handle: waiting.handle, state: 'declined' });
    },
  },

  expired: {
    play: async (stage) => {
      const { handle } = await stage.ask();
      await stage.keepEnded('expired-provision', { handle, state: 'expired' });
    },
  },

  'accepted-in-the-second-round': {
    play: async (stage) => {
      const asked = await stage.askAndWait();
      await stage.world.env.sleep(durationMs('8 days'));
      const again = await stage.wait(asked);
      await stage.accept(again);
      await stage.keepEnded('accepted-in-the-second-round-provision', { handle: again.handle, state: 'active' });
    },
  },

  'moved-to-another-block': {
    play: async (stage) => {
      const waiting = await stage.wait(await stage.askWithHiddenBlock('10.200.0.0/24'));
      await stage.accept(waiting);
      await stage.keepEnded('moved-to-another-block-provision', { handle: waiting.handle, state: 'active' });
    },
  },

  'failed-after-four-blocks': {
    play: async (stage) => {
      const { handle } = await stage.ask({ vpcId: 'vpc-0123456789abcdef0' });
      await stage.keepEnded('failed-after-four-blocks-provision', { handle, state: 'failed' });
    },
  },

  mismatch: {
    play: async (stage) => {
      const waiting = await stage.askAndWait({ subnetCidrs: ['172.30.0.0/20'] });
      await stage.accept(waiting);
      await stage.keepEnded('mismatch-provision', { handle: waiting.handle, state: 'failed' });
    },
  },

  invalid: {
    play: async (stage) => {
      const { handle } = await stage.ask({ awsAccountId: '12', unexpected: true });
      await stage.keepEnded('invalid-provision', { handle, state: 'failed' });
    },
  },

  'no-block-left': {
    settings: { addresses: { ranges: ['10.200.0.0/24'], reserved: ['10.200.0.0/24'] } },
    play: async (stage) => {
      const { handle } = await stage.ask();
      await stage.keepEnded('no-block-left-provision', { handle, state: 'failed' });
    },
  },

  'connected-already': {
    play: async (stage) => {
      const { request } = await stage.connect();
      const handle = await stage.world.start(request);
      await stage.keepEnded('connected-already-provision', { handle, state: 'failed' });
    },
  },

  'cancelled-after-a-false-claim': {
    play: async (stage) => {
      const { handle } = await stage.askAndWait();
      await handle.signal(customerAcceptedSignal, { by: 'mallory' });
      await stage.world.env.sleep(2_000);
      await handle.cancel();
      await stage.keepEnded('cancelled-after-a-false-claim-provision', { handle, state: 'cancelled' });
    },
  },

  'cancelled-while-parked': {
    play: async (stage) => {
      await setVpcQuota(stage, 0);
      const { handle } = await stage.ask();
      await stage.world.until(handle, 'parked');
      await handle.cancel();
      await stage.keepEnded('cancelled-while-parked-provision', { handle, state: 'cancelled' });
    },
  },

  'cancelled-while-configuring': {
    play: async (stage) => {
      const waiting = await stage.askAndWait();
      const letGo = await stage.refuse('CreateRoute', 'InternalError');
      await stage.accept(waiting);
      await stage.world.until(waiting.handle, 'configuring');
      await waiting.handle.cancel();
      await letGo();
      const { handle } = waiting;
      await stage.keepEnded('cancelled-while-configuring-provision', { handle, state: 'cancelled' });
    },
  },

  'parked-for-a-quota': {
    play: async (stage) => {
      await setVpcQuota(stage, 0);
      const asked = await stage.ask();
      await stage.world.until(asked.handle, 'parked');
      await setVpcQuota(stage, null);
      const waiting = await stage.wait(asked);
      await stage.accept(waiting);
      await stage.keepEnded('parked-for-a-quota-provision', { handle: waiting.handle, state: 'active' });
    },
  },

  // The execution that was flooded is too long to keep; the one that took over is recorded.
  'carried-on': {
    play: async (stage) => {
      const waiting = await stage.askAndWait();
      const runId = await flood(stage, waiting);
      await stage.accept(waiting);
      const handle = stage.world.env.client.workflow.getHandle(waiting.handle.workflowId, runId);
      await stage.keepEnded('carried-on-provision', { handle, state: 'active' });
    },
  },

  // The execution that is broken off while it is parked, and the one that goes on from there.
  'carried-on-while-parked': {
    play: async (stage) => {
      await setVpcQuota(stage, 0);
      const { request, handle: run } = await stage.ask();
      const asked = stage.world.env.client.workflow.getHandle(run.workflowId, (await run.describe()).runId);
      await stage.world.until(run, 'parked');
      const runId = await flood(stage, { handle: run });
      await stage.keep('broken-off-while-parked-provision', asked);
      await setVpcQuota(stage, null);
      const handle = stage.world.env.client.workflow.getHandle(run.workflowId, runId);
      const waiting = await stage.wait({ request, handle });
      await waiting.handle.signal(customerDeclinedSignal, DECLINED);
      await stage.keepEnded('carried-on-while-parked-provision', { handle, state: 'declined' });
    },
  },
};
