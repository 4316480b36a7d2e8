import { setTimeout as delay } from 'node:timers/promises';
import type { HistoryEntry, PeeringStatus } from '../../../contract/status.js';
import type { CausewayClient } from '../../causeway-client.js';
import { CausewayError } from '../../causeway-error.js';
import type { StartedRequest } from '../../request-peering.js';
import type { CliContext } from '../context.js';
import type { Look } from '../render/look.js';
import { plainText } from '../render/plain-text.js';
import { renderHistoryLine } from '../render/requested.js';
import { renderStatus } from '../render/status.js';
import { present } from '../screen.js';
import { startSpinner } from '../spinner.js';
import { requireNoEnd } from './request-end.js';

const LOOK_EVERY_MS = 1_000;
/** A worker that restarts is back within a minute; one that is gone for longer needs someone. */
const SILENT_FOR_MS = 300_000;

/**
 * Stays until the request is active or over, and prints its history as it comes.
 *
 * @throws CausewayError or CliError when it ends otherwise, or nobody answers for five minutes
 */
export async function followRequest(
  client: CausewayClient,
  { started, context: { screen } }: { started: StartedRequest; context: CliContext },
): Promise<void> {
  const spinner = await startSpinner(screen, 'requested');
  const printed = new Set<string>();
  let answered = Date.now();
  try {
    for (;;) {
      const status = await answerOrNull(client, started, answered);
      if (status === null) {
        spinner.say('no answer from Causeway; still asking');
      } else {
        answered = Date.now();
        for (const entry of status.history.filter((each) => isNew(each, printed))) {
          if (!screen.json) spinner.print(renderHistoryLine(screen.look(), entry));
        }
        spinner.say(plainText(`${status.state}; ${status.nextStep.who}: ${status.nextStep.what}`));
        requireNoEnd(status);
        if (status.state === 'active') {
          spinner.stop();
          const { workflowId, runId } = started;
          present(screen, { ...status, workflowId, runId }, (look) => renderUp(look, status));
          return;
        }
      }
      await delay(LOOK_EVERY_MS);
    }
  } finally {
    spinner.stop();
  }
}

/** Without the history, which stands above already. */
function renderUp(look: Look, status: PeeringStatus): string {
  return `\n${renderStatus(look, { ...status, history: [] })}`;
}

/** Null while the silence is short: whoever waits for days outlives restarts of worker and server. */
async function answerOrNull(
  client: CausewayClient,
  started: StartedRequest,
  answered: number,
): Promise<PeeringStatus | null> {
  try {
    return await client.statusOfRequest(started);
  } catch (error) {
    const isSilence =
      error instanceof CausewayError && (error.code === 'NoWorker' || error.code === 'Unreachable');
    if (!isSilence || Date.now() - answered > SILENT_FOR_MS) throw error;
    return null;
  }
}

/** The history keeps its last entries only, so its length says nothing; a repeated note comes with a new time. */
function isNew({ at, state, note }: HistoryEntry, printed: Set<string>): boolean {
  const mark = [at, state, note].join(' ');
  if (printed.has(mark)) return false;
  printed.add(mark);
  return true;
}
