/** What people get wrong: nothing comes of it. */
import { CreateNetworkInterfaceCommand, DeleteNetworkInterfaceCommand } from '@aws-sdk/client-ec2';
import { customerAcceptedSignal, statusQuery } from '../../contract/messages.js';
import { isEndState } from '../../domain/lifecycle.js';
import { declineNow } from './fault-stories.js';
import { close, connect, glance, look, request, untilKept, untilOneOf, type Story } from './fault-telling.js';
import { SampleCustomer } from '../../local/sample-customer.js';
import { PROVIDER } from './emulator.js';
import { until } from './until.js';

const CLAIMS_AT_ONCE = 50;

/** Said to be accepted, which it is not; then declined. */
export const falseClaim: Story = async (telling) => {
  const { world, point } = telling;
  await request(telling);
  const waiting = await untilOneOf(telling, 'awaiting-acceptance');
  if (waiting.state === 'awaiting-acceptance') {
    await world.client.workflow
      .getHandle(point.provisionId)
      .signal(customerAcceptedSignal, { by: 'mallory' });
    await until(
      `${point.connection} does not believe it`,
      async () => {
        const { state, nextStep } = await glance(telling);
        return isEndState(state) || nextStep.what.includes('it was said to be accepted, but')
          ? true
          : undefined;
      },
      telling.withinMs,
    );
    await declineNow(telling);
  }
  await look(telling);
};

/** Requested again while it is up: the living connection stays as it is. */
export const requestTwice: Story = async (telling) => {
  const { world, point } = telling;
  if (await connect(telling)) {
    await untilKept(telling);
    telling.phase = 'keeping';
    const asked = world.client.workflow.getHandle(point.provisionId);
    await until('the first request has ended', async () => {
      const { status } = await asked.describe();
      return status.name === 'RUNNING' ? undefined : true;
    });
    await request(telling);
    await until(
      'the second request has come to something',
      async () => {
        const { state } = await asked.query(statusQuery);
        return isEndState(state) || state === 'awaiting-acceptance' || state === 'parked' ? true : undefined;
      },
      telling.withinMs,
    );
    await look(telling);
    await close(telling);
  }
  await look(telling);
};

/** Cancelled, and held up by a network interface that somebody left, for so many claims that the run goes on as new. */
export const cancelAndClaim: Story = async (telling) => {
  const { world, point } = telling;
  await request(telling);
  const { state, provider } = await untilOneOf(telling, 'awaiting-acceptance');
  if (state === 'awaiting-acceptance' && provider !== null) {
    const run = world.client.workflow.getHandle(point.provisionId);
    const { ec2 } = new SampleCustomer(world.stack.emulator.endpoint, PROVIDER, provider.region);
    const [SubnetId] = provider.subnetIds;
    const { NetworkInterface } = await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId }));
    const interfaceId = NetworkInterface?.NetworkInterfaceId ?? '';
    telling.phase = 'releasing';
    await run.cancel();
    await until(
      `${point.connection} is held up by the network interface`,
      async () => ((await glance(telling)).parked?.message.includes(interfaceId) ? true : undefined),
      telling.withinMs,
    );
    const { runId } = await run.describe();
    await until(
      `${point.connection} goes on in another execution`,
      async () => {
        const claims = Array.from({ length: CLAIMS_AT_ONCE }, () =>
          run.signal(customerAcceptedSignal, { by: 'mallory' }).catch(() => undefined),
        );
        await Promise.all(claims);
        return (await run.describe()).runId === runId ? undefined : true;
      },
      telling.withinMs,
    );
    await ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: interfaceId }));
    await untilOneOf(telling);
    await until(
      `${point.connection} is closed, once it has told Temporal to cancel it`,
      async () => ((await run.describe()).status.name === 'RUNNING' ? undefined : true),
      telling.withinMs,
    );
  }
  await look(telling);
};
