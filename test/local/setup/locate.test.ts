import { describe, expect, it } from '@jest/globals';
import { locate, MisleadingVariableError } from '../../../local/setup/locate.mjs';
import type { Located } from '../../../local/setup/locate.mjs';

const WANTED = { program: 'temporal', variable: 'TEMPORAL_CLI_PATH', projectDirectory: '/project/bin' };

function find(env: NodeJS.ProcessEnv, ...executables: string[]): Located | null {
  return locate(WANTED, { env, cwd: '/here', isExecutable: (path) => executables.includes(path) });
}

describe('a binary is looked for', () => {
  const everywhere = ['/named/t', '/a/temporal', '/b/temporal', '/project/bin/temporal'];

  it('by its variable first, then on PATH in order, then in the project, and is downloaded last', () => {
    const path = { PATH: '/a:/b' };
    expect(find({ ...path, TEMPORAL_CLI_PATH: '/named/t' }, ...everywhere)).toEqual({
      path: '/named/t',
      from: 'variable',
    });
    expect(find(path, ...everywhere)).toEqual({ path: '/a/temporal', from: 'PATH' });
    expect(find(path, '/b/temporal', '/project/bin/temporal')).toEqual({ path: '/b/temporal', from: 'PATH' });
    expect(find(path, '/project/bin/temporal')).toEqual({ path: '/project/bin/temporal', from: 'project' });
    expect(find(path)).toBeNull();
  });

  it('never past a variable that names nothing', () => {
    const look = (): unknown => find({ PATH: '/a', TEMPORAL_CLI_PATH: '/gone/t' }, ...everywhere);
    expect(look).toThrow(MisleadingVariableError);
    expect(look).toThrow(
      'TEMPORAL_CLI_PATH is set to "/gone/t", which is no executable file: correct it or unset it.',
    );
  });

  it('as if the variable were not set when it is empty', () => {
    expect(find({ PATH: '/a', TEMPORAL_CLI_PATH: '' }, ...everywhere)?.from).toBe('PATH');
  });

  it('relative to the current directory, or on PATH when the variable has a bare name', () => {
    expect(find({ TEMPORAL_CLI_PATH: './bin/t' }, '/here/bin/t')?.path).toBe('/here/bin/t');
    expect(find({ PATH: '/a', TEMPORAL_CLI_PATH: 't' }, '/a/t')).toEqual({ path: '/a/t', from: 'variable' });
    expect(find({ PATH: ':bin:' }, '/here/bin/temporal')?.path).toBe('/here/bin/temporal');
  });

  it('without PATH at all', () => {
    expect(find({}, '/project/bin/temporal')?.from).toBe('project');
  });
});
