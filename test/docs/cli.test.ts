import { describe, expect, it } from '@jest/globals';
import { createProgram } from '../../client/cli/program.js';
import { TRANSITIONS } from '../../domain/lifecycle.js';
import { codesIn, pageOf, rowsOf, sectionOf } from './markdown.js';

const PAGE = pageOf('cli.md');
const { commands } = createProgram({});
/** The commands stand under the title, the rest under headings of its own. */
const ROWS = rowsOf(PAGE.split('\n## ')[0] ?? '');

describe('the page on the command line', () => {
  it('has every command with its options, and no other', () => {
    const told = ROWS.map(([usage = '', , options = '']) => ({
      name: codesIn(usage)[0]?.split(' ')[0],
      options: `${usage} ${options}`.match(/--[a-z]+/g)?.sort() ?? [],
    }));
    const there = commands.map((command) => ({
      name: command.name(),
      options: command.options
        .flatMap(({ long }) => long ?? [])
        .filter((long) => long !== '--json')
        .sort(),
    }));
    const byName = (a: { name?: string | undefined }, b: { name?: string | undefined }): number =>
      (a.name ?? '').localeCompare(b.name ?? '');
    expect(told.sort(byName)).toEqual(there.sort(byName));
  });

  it('says what each command prints as JSON', () => {
    const told = rowsOf(sectionOf(PAGE, 'Output')).flatMap(([names = '']) => codesIn(names));
    expect(told.sort()).toEqual(commands.map((command) => command.name()).sort());
  });

  it('names every state that can be asked for', () => {
    expect(codesIn(sectionOf(PAGE, 'list').replace(/^```[^]*?^```$/gm, ''))).toEqual(
      expect.arrayContaining(Object.keys(TRANSITIONS)),
    );
  });
});
