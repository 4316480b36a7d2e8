/** T8: signals that come too early, twice, crosswise, or are not so. */
import { AcceptVpcPeeringConnectionCommand, RejectVpcPeeringConnectionCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client, WorkflowNotFoundError, type WorkflowHandle } from '@temporalio/client';
import {
  closeSignal,
  customerAcceptedSignal,
  customerDeclinedSignal,
  remindSignal,
  statusQuery,
} from '../../contract/messages.js';
import { connectionName, provisionWorkflowId, WORKFLOW } from '../../contract/names.js';
import type { PeeringStatus } from '../../contract/status.js';
import { CUSTOMER, PROVIDER } from '../harness/emulator.js';
import { codeOf } from '../harness/networks.js';
import {
  acceptInAws,
  expectNothingLeft,
  livingConnection,
  startAndWait,
  type Started,
} from '../harness/peering-story.js';
import { requestForNewVpc, type TestRequest } from '../harness/requests.js';
import { until } from '../harness/until.js';
import { startSkippingWorld, type SkippingWorld } from '../harness/time-skipping.js';

const SOMEBODY_ELSE = '999988887777';

let world: SkippingWorld;
/** Time passes by itself only: the environment's own client skips it while it waits for a result. */
let client: Client;
beforeAll(async () => {
  // Claims make a run look again a quarter of this after the last claim's look.
  world = await startSkippingWorld({ observeEvery: '2 seconds' });
  client = new Client({ connection: world.env.connection });
});
afterAll(() => world.stop());
beforeEach(async () => {
  await world.aws.control.reset();
  await world.syncClock();
});

const statusOf = (handle: WorkflowHandle): Promise<PeeringStatus> => handle.query<PeeringStatus>(statusQuery);

const untilState = (handle: WorkflowHandle, state: PeeringStatus['state']): Promise<PeeringStatus> =>
  until(`${handle.workflowId} is ${state}`, async () => {
    const status = await statusOf(handle);
    return status.state === state ? status : undefined;
  });

const notesOf = ({ history }: PeeringStatus): string[] => history.map(({ note }) => note);

/** How often the provider did it. */
async function effectsOf(action: string): Promise<number> {
  const calls = await world.aws.control.calls({ account: PROVIDER, action });
  return calls.filter(({ effect }) => effect).length;
}

/** Starts it with a signal that is there before its first step. */
function startWith(
  request: TestRequest,
  signal: typeof customerAcceptedSignal | typeof customerDeclinedSignal,
): Promise<WorkflowHandle> {
  return client.workflow.signalWithStart(WORKFLOW.provisionPeering, {
    taskQueue: world.taskQueue,
    workflowId: provisionWorkflowId(connectionName(request)),
    args: [request],
    signal,
    signalArgs: [{ by: 'carol' }],
  });
}

/** A run that builds, for so long that there is time to say something. */
async function startBuilding(): Promise<{ request: TestRequest; handle: WorkflowHandle }> {
  await world.aws.control.addFault({ action: 'CreateSubnet', kind: 'latency', latencyMs: 1_000 });
  const request = await requestForNewVpc(world.aws);
  const handle = await world.start(request);
  await untilState(handle, 'building-network');
  return { request, handle };
}

async function expectDeclined(handle: WorkflowHandle, request: TestRequest): Promise<PeeringStatus> {
  const status = await untilState(handle, 'declined');
  expect(status.failure).toMatchObject({ code: 'PeeringDeclined', message: 'declined by "carol"' });
  await expectNothingLeft(world, request);
  return status;
}

/** As `startAndWait`, and up. */
async function connected(): Promise<Started & { kept: WorkflowHandle }> {
  const started = await startAndWait(world);
  await acceptInAws(world, started);
  await started.handle.signal(customerAcceptedSignal, {});
  await client.workflow.getHandle(started.handle.workflowId).result();
  return { ...started, kept: livingConnection(world, started.request) };
}

describe('before the request exists', () => {
  it.each(['with the start', 'while it builds'])(
    'a claim that it is accepted, %s, is answered by the first look, and forgotten',
    async (when) => {
      const { handle, request } =
        when === 'while it builds'
          ? await startBuilding()
          : await requestForNewVpc(world.aws).then(async (wanted) => ({
              request: wanted,
              handle: await startWith(wanted, customerAcceptedSignal),
            }));
      if (when === 'while it builds') await handle.signal(customerAcceptedSignal, { by: 'carol' });
      const waiting = await untilState(handle, 'awaiting-acceptance');
      const answer = `not accepted: AWS shows ${waiting.peeringConnectionId ?? ''} as pending-acceptance`;
      const answered = await until('it is answered', async () => {
        const status = await statusOf(handle);
        return notesOf(status).includes(answer) ? status : undefined;
      });
      const said = answered.history.find(({ note }) => note.startsWith('"carol" says'));
      expect(said?.state).toBe(when === 'while it builds' ? 'building-network' : 'planning');
      expect(await effectsOf('CreateRoute')).toBe(0);

      await acceptInAws(world, { request, peeringId: waiting.peeringConnectionId ?? '' });
      await handle.signal(customerAcceptedSignal, {});
      expect((await untilState(handle, 'active')).round).toBe(1);
    },
  );

  it('a refusal with the start ends it declined, and nothing was built', async () => {
    const request = await requestForNewVpc(world.aws);
    const handle = await startWith(request, customerDeclinedSignal);
    const { history } = await expectDeclined(handle, request);
    expect(history.map(({ state }) => state)).toEqual([
      'planning',
      'planning',
      'releasing',
      'releasing',
      'declined',
    ]);
    expect(await effectsOf('CreateVpc')).toBe(0);
  });

  it('a refusal while it builds ends it declined, and the customer is not asked', async () => {
    const { request, handle } = await startBuilding();
    await handle.signal(customerDeclinedSignal, { by: 'carol' });
    await expectDeclined(handle, request);
    expect(await effectsOf('CreateVpc')).toBe(1);
    expect(await effectsOf('CreateVpcPeeringConnection')).toBe(0);
  });
});

describe('said twice', () => {
  it('an acceptance makes one connection, with one route', async () => {
    const started = await startAndWait(world);
    await acceptInAws(world, started);
    await started.handle.signal(customerAcceptedSignal, { by: 'carol' });
    await started.handle.signal(customerAcceptedSignal, { by: 'carol' });
    const active = await untilState(started.handle, 'active');
    expect(active.history.find(({ note }) => note.startsWith('"carol" says'))).toMatchObject({ count: 2 });
    expect(active.history.filter(({ state }) => state === 'configuring')).toHaveLength(2);
    expect(await effectsOf('CreateRoute')).toBe(1);
  });

  it('a refusal is one', async () => {
    const { handle, request } = await startAndWait(world);
    await handle.signal(customerDeclinedSignal, { by: 'carol' });
    await handle.signal(customerDeclinedSignal, { by: 'carol' });
    const { history } = await expectDeclined(handle, request);
    expect(history.filter(({ state }) => state === 'declined')).toHaveLength(1);
    expect(await effectsOf('DeleteVpc')).toBe(1);
  });

  it('an order to remind reminds people once a minute at most, and only while the customer is waited for', async () => {
    const { request, handle } = await startBuilding();
    await handle.signal(remindSignal, { by: 'too early' });
    await untilState(handle, 'awaiting-acceptance');
    await handle.signal(remindSignal, { by: 'bob' });
    await handle.signal(remindSignal, { by: 'bob' });
    const { nextStep } = await until('it is told', async () => {
      const status = await statusOf(handle);
      return status.history.some(({ topic }) => topic === 'reminder') ? status : undefined;
    });
    // The clock of the server stands still but for real time: a claim's answer tells that what came before it was heard.
    await handle.signal(customerAcceptedSignal, {});
    const { history } = await until('it is answered', async () => {
      const status = await statusOf(handle);
      return status.history.some(({ topic }) => topic === 'answer') ? status : undefined;
    });
    const reminders = history.filter(({ note }) => note.includes('reminds'));
    expect(reminders.map(({ note, count }) => [note, count])).toEqual([
      [`"bob" reminds: ${nextStep.what}`, undefined],
    ]);
    await handle.signal(customerDeclinedSignal, { by: 'carol' });
    await expectDeclined(handle, request);
  });

  it('an order to close is the first one', async () => {
    const { kept, request } = await connected();
    await kept.signal(closeSignal, { by: 'bob' });
    await kept.signal(closeSignal, { by: 'eve', reason: 'me too' });
    const released = await untilState(kept, 'released');
    expect(released.history.at(-1)?.note).toBe('closed by "bob"');
    expect(released.history.filter(({ state }) => state === 'released')).toHaveLength(1);
    expect(await effectsOf('DeleteVpc')).toBe(1);
    await expectNothingLeft(world, request);
  });
});

describe('what is not so', () => {
  it('is believed of nobody while AWS shows the request as pending, nor can another account accept', async () => {
    const started = await startAndWait(world);
    const command = new AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId: started.peeringId });
    const { region } = started.request;
    expect(await codeOf(world.aws.ec2(SOMEBODY_ELSE, region).send(command))).not.toBe('no error');
    expect(await codeOf(world.aws.ec2(PROVIDER, region).send(command))).not.toBe('no error');
    await started.handle.signal(customerAcceptedSignal, { by: 'mallory' });
    const answered = await until('it is answered', async () => {
      const status = await statusOf(started.handle);
      return notesOf(status).some((note) => note.startsWith('not accepted')) ? status : undefined;
    });
    expect(answered).toMatchObject({ state: 'awaiting-acceptance', since: started.waiting.since });
    expect(await effectsOf('CreateRoute')).toBe(0);
  });

  it('a refusal of what AWS shows as active changes nothing, before Causeway has seen that, and after', async () => {
    const started = await startAndWait(world);
    await acceptInAws(world, started);
    await started.handle.signal(customerDeclinedSignal, { by: 'carol' });
    const active = await untilState(started.handle, 'active');
    expect(notesOf(active)).toContain('declined by "carol"');
    await client.workflow.getHandle(started.handle.workflowId).result();
    await expect(started.handle.signal(customerDeclinedSignal, { by: 'carol' })).rejects.toBeInstanceOf(
      WorkflowNotFoundError,
    );
    expect(await statusOf(livingConnection(world, started.request))).toMatchObject({ state: 'active' });
  });
});

/** The look that a refusal leads to takes a moment to reach AWS: what happens there meanwhile is what it sees. */
async function declineAndMeanwhile(meanwhile: (started: Started) => Promise<unknown>): Promise<Started> {
  const started = await startAndWait(world);
  await world.aws.control.clearCalls();
  await world.aws.control.addFault({
    action: 'DescribeVpcPeeringConnections',
    account: PROVIDER,
    kind: 'latency',
    latencyMs: 1_500,
  });
  await started.handle.signal(customerDeclinedSignal, { by: 'carol' });
  await until('AWS is asked', async () => {
    const [fault] = await world.aws.control.faults();
    return fault === undefined || fault.hits > 0 ? true : undefined;
  });
  await meanwhile(started);
  return started;
}

describe('in the second of a refusal', () => {
  it('an acceptance in AWS that the look sees makes the connection', async () => {
    const started = await declineAndMeanwhile((waiting) => acceptInAws(world, waiting));
    expect(await untilState(started.handle, 'active')).toMatchObject({ failure: null });
  });

  it('a rejection in AWS is the same refusal', async () => {
    const { handle, request } = await declineAndMeanwhile(({ request: { region }, peeringId }) =>
      world.aws
        .ec2(CUSTOMER, region)
        .send(new RejectVpcPeeringConnectionCommand({ VpcPeeringConnectionId: peeringId })),
    );
    await expectDeclined(handle, request);
  });

  it('an acceptance in AWS after the look comes too late: there is nothing left to accept', async () => {
    const started = await startAndWait(world);
    await started.handle.signal(customerDeclinedSignal, { by: 'carol' });
    await expectDeclined(started.handle, started.request);
    expect(await codeOf(acceptInAws(world, started))).toMatch(/^Invalid/);
    expect(await statusOf(started.handle)).toMatchObject({ state: 'declined' });
  });
});
