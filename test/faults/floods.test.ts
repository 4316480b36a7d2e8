/** Signals by the thousand, while no worker looks and while one does: no worker dies, the last word counts, the run answers. */
import { AcceptVpcPeeringConnectionCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import type { PeeringStatus } from '../../contract/status.js';
import { endedPeeringWorkflowId } from '../../contract/names.js';
import type { SupervisedProcess } from '../../local/processes.js';
import { bound } from '../harness/bounds.js';
import { EXHAUSTIVE } from '../harness/fault-plan.js';
import { startStackWorld, type StackCustomer, type StackWorld } from '../harness/stack.js';
import { until } from '../harness/until.js';

/** While no worker runs; the server takes 10,000 of one execution. Two thousand already outlast the SDK's limit where each is handled. */
const WHILE_AWAY = EXHAUSTIVE ? 9_000 : 2_500;
const WHILE_THERE = EXHAUSTIVE ? 20_000 : 3_000;
const AT_ONCE = 40;
const STORY_MS = bound(1_200_000);
const ANSWER_MS = bound(300_000);

let world: StackWorld;
beforeAll(async () => {
  world = await startStackWorld({ withWorker: false });
}, STORY_MS);
afterAll(() => world.stop());

/** A run of one workflow, which waits, and what it came from. */
interface Flooded {
  readonly run: WorkflowHandle;
  readonly customer: StackCustomer;
  /** What `ended` is told with. */
  readonly end?: unknown;
}

type Prepare = () => Promise<Flooded>;

async function waiting(): Promise<Flooded> {
  const customer = await world.newCustomer();
  await world.client.workflow.start('provisionPeering', {
    taskQueue: 'causeway',
    workflowId: customer.provisionId,
    args: [customer.request],
  });
  await world.untilState(customer.provisionId, 'awaiting-acceptance', ANSWER_MS);
  return { customer, run: world.client.workflow.getHandle(customer.provisionId) };
}

async function accept({ customer, run }: Flooded): Promise<void> {
  const { peeringConnectionId } = await run.query<PeeringStatus>('status');
  await customer.aws.ec2.send(
    new AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId: peeringConnectionId ?? '' }),
  );
}

async function living(): Promise<Flooded> {
  const asked = await waiting();
  await accept(asked);
  await asked.run.signal('customerAccepted', { by: 'alice' });
  await world.untilState(asked.customer.maintainId, 'active', ANSWER_MS);
  return { ...asked, run: world.client.workflow.getHandle(asked.customer.maintainId) };
}

async function ended(): Promise<Flooded> {
  const { customer, run } = await waiting();
  await run.signal('customerDeclined', { by: 'alice' });
  await run.result().catch(() => undefined);
  const end = {
    status: await run.query<PeeringStatus>('status'),
    workflowId: customer.provisionId,
    runId: (await run.describe()).runId,
  };
  return { customer, end, run: world.client.workflow.getHandle(endedPeeringWorkflowId(customer.connection)) };
}

/** Sends so many, by the SDK's own retries; what the server refuses for good, because the execution has its 10,000, counts. */
async function flood({ run, end }: Flooded, signal: string, count: number): Promise<{ refused: number }> {
  let sent = 0;
  let refused = 0;
  const sender = async (): Promise<void> => {
    while (sent < count) {
      sent += 1;
      const payload = end ?? { by: `sender ${sent.toString()}`, status: 'active' };
      await run.signal(signal, payload).catch(() => (refused += 1));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sender));
  return { refused };
}

/** The worker as a process of its own: should an activation run past the limit, it is gone. */
async function withWorker<T>(work: (worker: SupervisedProcess) => Promise<T>): Promise<T> {
  const worker = await world.startWorker();
  let isGone = false;
  void worker.exited.then(() => (isGone = true));
  try {
    const result = await work(worker);
    expect(isGone).toBe(false);
    return result;
  } finally {
    await worker.stop();
  }
}

const answering = (run: WorkflowHandle): Promise<PeeringStatus> =>
  until(`${run.workflowId} answers`, () => run.query<PeeringStatus>('status'), ANSWER_MS);

const FLOODS: { workflow: string; signal: string; prepare: Prepare; endsAs?: string }[] = [
  { workflow: 'provisionPeering', signal: 'customerAccepted', prepare: waiting },
  { workflow: 'provisionPeering', signal: 'customerDeclined', prepare: waiting, endsAs: 'declined' },
  { workflow: 'provisionPeering', signal: 'peeringObserved', prepare: waiting },
  { workflow: 'provisionPeering', signal: 'remind', prepare: waiting },
  { workflow: 'provisionPeering', signal: 'retry', prepare: waiting },
  { workflow: 'provisionPeering', signal: 'nobodyListens', prepare: waiting },
  { workflow: 'maintainPeering', signal: 'peeringObserved', prepare: living },
  { workflow: 'maintainPeering', signal: 'retry', prepare: living },
  { workflow: 'maintainPeering', signal: 'close', prepare: living, endsAs: 'released' },
  { workflow: 'endedPeering', signal: 'ended', prepare: ended },
];

it.each(FLOODS)(
  `$workflow takes ${WHILE_AWAY.toString()} times $signal that came while no worker ran`,
  async ({ signal, prepare, endsAs }) => {
    const flooded = await withWorker(prepare);
    const { refused } = await flood(flooded, signal, WHILE_AWAY);
    expect(refused).toBe(0);
    await withWorker(async () => {
      const status = await answering(flooded.run);
      if (signal === 'customerAccepted') {
        expect(status.history.find(({ topic }) => topic === 'claim')?.count).toBe(WHILE_AWAY);
      }
      if (endsAs === undefined) return;
      await until(`it is ${endsAs}`, async () => {
        const { state } = await flooded.run.query<PeeringStatus>('status');
        return state === endsAs ? true : undefined;
      });
    });
  },
  STORY_MS,
);

it(
  `a run takes ${WHILE_THERE.toString()} claims while a worker runs, and then believes the one that is so`,
  async () => {
    await withWorker(async () => {
      const flooded = await waiting();
      const { refused } = await flood(flooded, 'customerAccepted', WHILE_THERE);
      process.stderr.write(`${WHILE_THERE.toString()} claims, ${refused.toString()} refused by the server\n`);
      await answering(flooded.run);
      await accept(flooded);
      await flooded.run.signal('customerAccepted', { by: 'alice' });
      await world.untilState(flooded.customer.maintainId, 'active', ANSWER_MS);
    });
  },
  STORY_MS,
);
