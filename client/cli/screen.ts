import pc from 'picocolors';
import type { Look } from './render/look.js';

/** Where a command's answer goes. */
export interface Screen {
  readonly json: boolean;
  /** Whether a person watches: only then is there a spinner. */
  readonly isTerminal: boolean;
  look(): Look;
  /** Writes to standard output and ends the line. */
  print(text: string): void;
}

export function createScreen({ json, plain }: { json: boolean; plain: boolean }): Screen {
  const { stdout, stderr } = process;
  // A pseudo-terminal that nobody gave a size has 0 columns: there, whatever counts lines would count without end.
  const width = stdout.isTTY && stdout.columns > 0 ? stdout.columns : null;
  return {
    json,
    isTerminal: width !== null && stderr.isTTY && stderr.columns > 0 && !plain,
    look: () => ({ colors: pc.createColors(width !== null && !plain), width, now: new Date() }),
    print: (text) => void stdout.write(`${text}\n`),
  };
}

/** One JSON document, or the same for people. */
export function present(screen: Screen, document: unknown, render: (look: Look) => string): void {
  screen.print(screen.json ? jsonText(document) : render(screen.look()));
}

/** What JSON leaves as it is, though a terminal may act on it or hide it. */
const ACTING = /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

function jsonText(document: unknown): string {
  return JSON.stringify(document, null, 2).replace(
    ACTING,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
