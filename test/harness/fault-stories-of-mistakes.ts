/** What customers get wrong: nothing comes of it. */
import { customerAcceptedSignal, statusQuery } from '../../contract/messages.js';
import { isEndState } from '../../domain/lifecycle.js';
import { declineNow } from './fault-stories.js';
import { close, connect, glance, look, request, untilKept, untilOneOf, type Story } from './fault-telling.js';
import { until } from './stack.js';

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
        return isEndState(state) || state === 'awaiting-acceptance' ? true : undefined;
      },
      telling.withinMs,
    );
    await look(telling);
    await close(telling);
  }
  await look(telling);
};
