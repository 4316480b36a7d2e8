/** Stories of the workflows that are no connection's. */
import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { WORKFLOW } from '../../contract/names.js';
import type { SweepReport } from '../../contract/sweep.js';
import { NOTIFICATION } from '../harness/notifications.js';
import { makeByHand } from '../harness/orphans.js';
import { requestForNewVpc } from '../harness/requests.js';
import type { Stage, Story } from './stage.js';

interface Started {
  readonly type: string;
  readonly workflowId: string;
  readonly args: unknown[];
}

function start({ world }: Stage, { type, workflowId, args }: Started): Promise<WorkflowHandle> {
  return world.env.client.workflow.start(type, { taskQueue: world.taskQueue, workflowId, args });
}

/** One sweep with the order to delete. */
async function sweep(stage: Stage, name: string, previous: SweepReport | null): Promise<SweepReport> {
  const args = [{ delete: true, previous }];
  const handle = await start(stage, { type: WORKFLOW.sweepOrphans, workflowId: `sweep-orphans/${name}`, args });
  const report = (await handle.result()) as SweepReport;
  await stage.keep(name, handle);
  return report;
}

const DELIVERY = { id: 'notification/recorded/1', notification: NOTIFICATION };
const delivery = { type: WORKFLOW.deliverNotification, workflowId: DELIVERY.id, args: [DELIVERY] };

export const OTHERS: Record<string, Story> = {
  plan: {
    play: async (stage) => {
      const args = [await requestForNewVpc(stage.world.aws)];
      const workflowId = 'plan-peering/recorded';
      const handle = await start(stage, { type: WORKFLOW.planPeering, workflowId, args });
      await handle.result();
      await stage.keep('plan', handle);
    },
  },

  observe: {
    play: async (stage) => {
      await stage.askAndWait();
      const args = [{ region: 'eu-west-1', deployment: 'default' }];
      const workflowId = 'observe-peerings/recorded';
      const handle = await start(stage, { type: WORKFLOW.observePeerings, workflowId, args });
      if (Object.keys((await handle.result()) as object).length !== 1) throw new Error('nothing was observed');
      await stage.keep('observe', handle);
    },
  },

  'check-provider': {
    play: async (stage) => {
      const workflowId = 'check-provider/recorded';
      const handle = await start(stage, { type: WORKFLOW.checkProvider, workflowId, args: [] });
      await handle.result();
      await stage.keep('check-provider', handle);
    },
  },

  'manage-addresses': {
    play: async (stage) => {
      const workflowId = 'manage-addresses/recorded';
      const order = { kind: 'reserve', scope: 'org-1', cidr: '10.200.64.0/20', why: 'the office', by: 'alice' };
      const handle = await start(stage, { type: WORKFLOW.manageAddresses, workflowId, args: [order] });
      await handle.result();
      await stage.keep('manage-addresses', handle);
    },
  },

  /** The time-skipping server has no list of the pools. */
  'verify-addresses': {
    replaced: () => ({
      compareAddresses: () =>
        Promise.resolve({ pools: 1, blocks: 0, vpcs: 0, discrepancies: [], more: 0 }),
    }),
    play: async (stage) => {
      const workflowId = 'verify-addresses/recorded';
      const args = [{ repair: true }];
      const handle = await start(stage, { type: WORKFLOW.verifyAddresses, workflowId, args });
      await handle.result();
      await stage.keep('verify-addresses', handle);
    },
  },

  sweep: {
    settings: { regions: ['us-east-1', 'eu-west-1'] },
    play: async (stage) => {
      const { resourceIds } = await makeByHand(stage.world.aws);
      const first = await sweep(stage, 'sweep-seen', null);
      await stage.world.env.sleep('1 hour');
      const { deleted } = await sweep(stage, 'sweep-deleted', first);
      if (deleted.length !== resourceIds.length) throw new Error('not all was swept');
    },
  },

  notified: {
    replaced: () => {
      let attempts = 0;
      return {
        postNotification: () => {
          attempts += 1;
          return attempts === 1 ? Promise.reject(new Error('the receiver is down')) : Promise.resolve();
        },
      };
    },
    play: async (stage) => {
      const handle = await start(stage, delivery);
      await handle.result();
      await stage.keep('notified', handle);
    },
  },

  'not-notified': {
    replaced: () => ({
      postNotification: () =>
        Promise.reject(
          ApplicationFailure.create({
            type: 'NotificationRefused',
            message: 'the receiver answers 410',
            nonRetryable: true,
          }),
        ),
    }),
    play: async (stage) => {
      const handle = await start(stage, delivery);
      const delivered = await handle.result().then(
        () => true,
        () => false,
      );
      if (delivered) throw new Error('it was delivered');
      await stage.keep('not-notified', handle);
    },
  },
};
