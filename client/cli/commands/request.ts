import { setTimeout as delay } from 'node:timers/promises';
import type { PeeringStatus } from '../../../contract/status.js';
import type { CausewayClient } from '../../causeway-client.js';
import { CausewayError } from '../../causeway-error.js';
import type { StartedRequest } from '../../request-peering.js';
import type { CliContext } from '../context.js';
import { readRequest } from '../input.js';
import { renderRequested } from '../render/requested.js';
import { present } from '../screen.js';
import { withCauseway } from '../session.js';
import { followRequest } from './follow-request.js';
import { requireNoEnd } from './request-end.js';

export interface RequestOptions {
  file: string;
  wait?: boolean;
}

/** What is refused is refused within seconds: the worker checks the request before it builds anything. */
const REFUSED_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 250;

/** `causeway request`: starts the request, and stays until it is not refused at once; with `--wait`, until it is up or over. */
export async function request({ file, wait }: RequestOptions, context: CliContext): Promise<void> {
  const written = await readRequest(file);
  await withCauseway(context.environment, async (client) => {
    const started = await client.request(written);
    const status = await pastPlanning(client, started);
    requireNoEnd(status);
    if (wait === true) {
      await followRequest(client, { started, context });
      return;
    }
    const { workflowId, runId } = started;
    present(context.screen, { ...status, workflowId, runId }, (look) =>
      renderRequested(look, status, started),
    );
  });
}

/** The status once the run has left `planning`, or as it is after ten seconds. */
async function pastPlanning(client: CausewayClient, started: StartedRequest): Promise<PeeringStatus> {
  const until = Date.now() + REFUSED_WITHIN_MS;
  for (;;) {
    const status = await statusOf(client, started);
    if (status.state !== 'planning' || Date.now() >= until) return status;
    await delay(LOOK_EVERY_MS);
  }
}

async function statusOf(client: CausewayClient, started: StartedRequest): Promise<PeeringStatus> {
  try {
    return await client.statusOfRequest(started);
  } catch (error) {
    if (!(error instanceof CausewayError) || error.code !== 'NoWorker') throw error;
    throw new CausewayError(
      'NoWorker',
      `${started.workflowId} is started, but no worker answers; start one with \`npm run worker\`, and the request goes on by itself`,
      { cause: error },
    );
  }
}
