import { describe, expect, it } from '@jest/globals';
import type { Command } from 'commander';
import { createProgram } from '../../client/cli/program.js';
import { TRANSITIONS } from '../../domain/lifecycle.js';
import { codesIn, pageOf, rowsOf, sectionOf } from './markdown.js';

const PAGE = pageOf('cli.md');
const commands = commandsOf(createProgram({}));
/** The commands stand under the title, the rest under headings of its own. */
const ROWS = rowsOf(PAGE.split('\n## ')[0] ?? '');

/** All that can be run; of a group the members, by both names. */
function commandsOf(parent: Command, path: readonly string[] = []): { name: string; options: string[] }[] {
  return parent.commands.flatMap((command) => {
    const names = [...path, command.name()];
    if (command.commands.length > 0) return commandsOf(command, names);
    const options = command.options.flatMap(({ long }) => long ?? []).filter((long) => long !== '--json');
    return [{ name: names.join(' '), options: options.sort() }];
  });
}

describe('the page on the command line', () => {
  it('has every command with its options, and no other', () => {
    const told = ROWS.map(([usage = '', , options = '']) => ({
      name: /^[a-z]+(?: [a-z]+)*/.exec(codesIn(usage)[0] ?? '')?.[0] ?? '',
      options: `${usage} ${options}`.match(/--[a-z]+/g)?.sort() ?? [],
    }));
    const byName = (a: { name: string }, b: { name: string }): number => a.name.localeCompare(b.name);
    expect(told.sort(byName)).toEqual(commands.toSorted(byName));
  });

  it('says what each command prints as JSON', () => {
    const told = rowsOf(sectionOf(PAGE, 'Output')).flatMap(([names = '']) => codesIn(names));
    expect(told.sort()).toEqual(commands.map(({ name }) => name).sort());
  });

  it('names every state that can be asked for', () => {
    expect(codesIn(sectionOf(PAGE, 'list').replace(/^```[^]*?^```$/gm, ''))).toEqual(
      expect.arrayContaining(Object.keys(TRANSITIONS)),
    );
  });
});
