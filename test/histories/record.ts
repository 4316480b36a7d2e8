/**
 * `npm run record-histories`: plays each story on the time-skipping server and the emulated AWS, and keeps the histories
 * that the tests replay. To be run, and its reason said in the commit, when a workflow changes without a patch.
 */
import { writeFile } from 'node:fs/promises';
import {
  AcceptVpcPeeringConnectionCommand,
  DeleteVpcPeeringConnectionCommand,
  RejectVpcPeeringConnectionCommand,
} from '@aws-sdk/client-ec2';
import type { WorkflowHandle } from '@temporalio/client';
import {
  closeSignal,
  customerAcceptedSignal,
  customerDeclinedSignal,
  peeringObservedSignal,
} from '../../contract/messages.js';
import { connectionName, maintainWorkflowId, poolWorkflowId, WORKFLOW } from '../../contract/names.js';
import { CUSTOMER, PROVIDER } from '../harness/emulator.js';
import { requestForNewVpc, type TestRequest } from '../harness/requests.js';
import { recordingAsText } from '../harness/histories.js';
import { startSkippingWorld, type SkippingWorld } from '../harness/time-skipping.js';

interface Stage {
  world: SkippingWorld;
  request: TestRequest;
  handle: WorkflowHandle;
  keep(name: string, handle: WorkflowHandle): Promise<void>;
}

/** Where the provider builds for a customer in eu-central-1. */
const PROVIDER_REGION = `${PROVIDER}/eu-west-1`;

type Story = (stage: Stage) => Promise<void>;

const STORIES: Record<string, { request?: Record<string, unknown>; play: Story }> = {
  closed: {
    play: async (stage) => {
      const { world, request, handle } = stage;
      await acceptAndTell(stage);
      await handle.result();
      const living = world.env.client.workflow.getHandle(maintainWorkflowId(connectionName(request)));
      await living.signal(closeSignal, { by: 'bob', reason: 'moved away' });
      await living.result();
      await stage.keep('closed-maintain', living);
      await stage.keep('closed-pool', world.env.client.workflow.getHandle(poolWorkflowId(request.organizationId)));
    },
  },
  disconnected: {
    play: async (stage) => {
      const { world, request, handle } = stage;
      const peeringId = await acceptAndTell(stage);
      await handle.result();
      await world.syncClock();
      await customerOf(stage).send(new DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId: peeringId }));
      const living = world.env.client.workflow.getHandle(maintainWorkflowId(connectionName(request)));
      await living.signal(peeringObservedSignal, { status: 'deleted' });
      await living.result();
      await stage.keep('disconnected-maintain', living);
    },
  },
  declined: {
    play: async ({ world, handle }) => {
      await world.until(handle, 'awaiting-acceptance');
      await handle.signal(customerDeclinedSignal, { by: 'carol', reason: 'not this year' });
    },
  },
  rejected: {
    play: async (stage) => {
      const waiting = await stage.world.until(stage.handle, 'awaiting-acceptance');
      const VpcPeeringConnectionId = waiting.peeringConnectionId ?? '';
      await stage.world.syncClock();
      await customerOf(stage).send(new RejectVpcPeeringConnectionCommand({ VpcPeeringConnectionId }));
      await stage.handle.signal(peeringObservedSignal, { status: 'rejected' });
    },
  },
  'false-claim-then-cancelled': {
    play: async ({ world, handle }) => {
      await world.until(handle, 'awaiting-acceptance');
      await handle.signal(customerAcceptedSignal, { by: 'mallory' });
      await world.env.sleep(2_000);
      await handle.cancel();
    },
  },
  expired: { play: () => Promise.resolve() },
  overlap: { request: { cidr: '10.200.0.0/16', subnetCidrs: ['10.200.64.0/20'] }, play: () => Promise.resolve() },
  mismatch: {
    request: { subnetCidrs: ['172.30.0.0/20'] },
    play: async (stage) => {
      await acceptAndTell(stage);
    },
  },
  invalid: { request: { awsAccountId: '12', unexpected: true }, play: () => Promise.resolve() },
  'parked-for-a-quota': {
    play: async ({ world, handle }) => {
      await world.until(handle, 'parked');
      await world.aws.control.settings({ quotaOverrides: { [PROVIDER_REGION]: null } });
      await world.until(handle, 'awaiting-acceptance');
      await handle.cancel();
    },
  },
};

function customerOf({ world, request }: Stage): ReturnType<SkippingWorld['aws']['ec2']> {
  return world.aws.ec2(CUSTOMER, request.region);
}

async function acceptAndTell(stage: Stage): Promise<string> {
  const { world, handle } = stage;
  const { peeringConnectionId } = await world.until(handle, 'awaiting-acceptance');
  const VpcPeeringConnectionId = peeringConnectionId ?? '';
  await world.syncClock();
  await customerOf(stage).send(new AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId }));
  await handle.signal(customerAcceptedSignal, { by: 'alice' });
  return VpcPeeringConnectionId;
}

async function keep(name: string, handle: WorkflowHandle): Promise<void> {
  const file = new URL(`${name}.json`, import.meta.url);
  await writeFile(file, `${recordingAsText(handle.workflowId, await handle.fetchHistory())}\n`);
  process.stdout.write(`${name}\n`);
}

/** A world a story: the test server skips no more time once some workflows have ended in it. */
async function record(name: string, { request: more = {}, play }: (typeof STORIES)[string]): Promise<void> {
  const world = await startSkippingWorld();
  try {
    if (name.startsWith('parked')) {
      await world.aws.control.settings({ quotaOverrides: { [PROVIDER_REGION]: { vpcsPerRegion: 0 } } });
    }
    const request = await requestForNewVpc(world.aws, more);
    const handle = await world.start(request);
    await play({ world, request, handle, keep });
    await handle.result().catch(() => undefined);
    await keep(`${name}-provision`, handle);
  } finally {
    await world.stop();
  }
}

async function recordPlan(): Promise<void> {
  const world = await startSkippingWorld();
  try {
    const request = await requestForNewVpc(world.aws);
    const handle = await world.env.client.workflow.start(WORKFLOW.planPeering, {
      taskQueue: world.taskQueue,
      workflowId: 'plan-peering/recorded',
      args: [request],
    });
    await handle.result();
    await keep('plan', handle);
    const observation = await world.env.client.workflow.start(WORKFLOW.observePeerings, {
      taskQueue: world.taskQueue,
      workflowId: 'observe-peerings/recorded',
      args: [{ region: 'eu-west-1', deployment: 'default' }],
    });
    await observation.result();
    await keep('observe', observation);
  } finally {
    await world.stop();
  }
}

await recordPlan();
for (const [name, story] of Object.entries(STORIES)) await record(name, story);
