import type { HistoryLine } from '../../history.js';
import type { Look, Paint } from './look.js';
import { plainText } from './plain-text.js';
import { momentText } from './times.js';

const NOBODY = '-';
/** Wider names push only their own line. */
const WIDEST_NAME = 32;

/** One line for each event, never wrapped, so that it can be searched and cut up with other tools. */
export function renderHistory(look: Look, lines: readonly HistoryLine[]): string {
  const who = lines.map(({ by }) => plainText(by ?? NOBODY));
  const width = Math.min(WIDEST_NAME, Math.max(0, ...who.map((name) => name.length)));
  return lines
    .map((line, at) =>
      [
        look.colors.dim(momentText(line.at)),
        (who[at] ?? NOBODY).padEnd(width),
        paintOf(look, line)(plainText(line.what)) + callsText(look, line),
      ].join('  '),
    )
    .join('\n');
}

function callsText(look: Look, { calls }: HistoryLine): string {
  if (calls.length === 0) return '';
  const listed = calls.map(({ action, region, requestId }) => `${action} ${region} ${requestId}`);
  return look.colors.dim(`  [${plainText(listed.join(', '))}]`);
}

function paintOf({ colors }: Look, { kind }: HistoryLine): Paint {
  switch (kind) {
    case 'failure':
      return colors.red;
    case 'started':
    case 'ended':
      return colors.bold;
    case 'signal':
    case 'update':
    case 'cancel':
      return colors.cyan;
    case 'gap':
      return colors.yellow;
    case 'activity':
    case 'continued':
    case 'noted':
      return (text) => text;
  }
}
