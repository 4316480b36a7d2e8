import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';
import type { Look, Paint } from './look.js';
import { plainText } from './plain-text.js';

/** Text from anywhere, escaped here, so that no table has to think of it; colour comes after. */
export type Cell = string | { readonly text: string; readonly paint: Paint };

export interface TableContent {
  /** Column titles; without them the first column has the names of the rows. */
  readonly head?: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

const INDENT = '  ';
const GAP = '  ';
/** A last column narrower than this is better left to the terminal to wrap. */
const NARROWEST_WRAPPED = 24;

const NO_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: INDENT,
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: GAP,
};

/** Columns aligned by spaces, without borders: as easy to read as to cut up with other tools. */
export function table(look: Look, { head, rows }: TableContent): string {
  const painted = rows.map((row) => row.map(paintedCell));
  const titles = head?.map((title) => look.colors.dim(title));
  const lines = titles === undefined ? painted : [titles, ...painted];
  const lastWidth = widthOfLast(look, lines);
  const columns = Math.max(...lines.map((line) => line.length));
  const drawn = new Table({
    chars: NO_BORDERS,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    ...(lastWidth === null
      ? {}
      : {
          colWidths: Array.from({ length: columns }, (_, at) => (at === columns - 1 ? lastWidth : null)),
          wordWrap: true,
        }),
  });
  drawn.push(...lines);
  return drawn
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** A heading, and lines below it, each after a dash. */
export function bulletList(look: Look, title: string, lines: readonly string[]): string {
  return [look.colors.bold(title), ...lines.map((line) => `${INDENT}- ${plainText(line)}`)].join('\n');
}

export function titled(look: Look, title: string, text: string): string {
  return `${look.colors.bold(title)}\n${text}`;
}

function paintedCell(cell: Cell): string {
  return typeof cell === 'string' ? plainText(cell) : cell.paint(plainText(cell.text));
}

/** Room for the last column, which has the long texts; null where it needs no wrapping or would get too little. */
function widthOfLast({ width }: Look, lines: readonly (readonly string[])[]): number | null {
  if (width === null) return null;
  const columns = Math.max(...lines.map((line) => line.length));
  const widest = (column: number): number =>
    Math.max(0, ...lines.map((line) => stripVTControlCharacters(line[column] ?? '').length));
  const others = Array.from({ length: columns - 1 }, (_, column) => widest(column) + GAP.length);
  const room = width - INDENT.length - others.reduce((sum, each) => sum + each, 0);
  return room < NARROWEST_WRAPPED || widest(columns - 1) <= room ? null : room;
}
