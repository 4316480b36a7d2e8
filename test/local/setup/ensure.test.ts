import { appendFileSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isAlive, makeFakeProject, makeProgram, until } from './fake-project.js';
import type { FakeProject } from './fake-project.js';

let project: FakeProject;
beforeEach(() => {
  project = makeFakeProject();
});
afterEach(() => project.remove());

describe('set-up', () => {
  it('installs everything on the first run, says so, and runs the command with its arguments', async () => {
    const { status, stdout, stderr } = await project.run(['demo', '--keep', 'a b']);
    expect(stdout).toBe('ran --keep a b\n');
    expect(status).toBe(0);
    expect(project.calls()).toEqual(['npm', 'venv', 'pip']);
    expect(stderr).toMatch(/^\[1\/3\] node modules …\n\[1\/3\] node modules: done in \d+ s\n\[2\/3\] /);
  });

  it('does nothing and says nothing when everything is there', async () => {
    await project.run(['demo']);
    const { status, stdout, stderr } = await project.run(['demo']);
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'ran\n', stderr: '' });
    expect(project.calls()).toEqual(['npm', 'venv', 'pip']);
  });

  it('accepts node modules that somebody installed by hand', async () => {
    await project.run(['demo']);
    rmSync(join(project.directory, 'node_modules', '.causeway-setup'));
    await project.run(['demo']);
    expect(project.calls()).toEqual(['npm', 'venv', 'pip']);
  });

  it.each([
    ['package-lock.json', '\n', ['npm']],
    ['local/setup/requirements.txt', '# changed\n', ['venv', 'pip']],
  ])('installs anew what %s locks when that has changed', async (file, change, calls) => {
    await project.run(['demo']);
    // Whitespace alone changes nothing for npm's own record, so that goes too.
    rmSync(join(project.directory, 'node_modules', '.package-lock.json'));
    appendFileSync(join(project.directory, file), change);
    await project.run(['demo']);
    expect(project.calls()).toEqual(['npm', 'venv', 'pip', ...calls]);
  });

  it('makes the environment anew when the Python it was made with is gone', async () => {
    await project.run(['demo']);
    rmSync(join(project.directory, '.causeway/venv/bin/python'));
    await project.run(['demo']);
    expect(project.calls()).toEqual(['npm', 'venv', 'pip', 'venv', 'pip']);
  });

  it('makes a half-filled environment anew instead of repairing it', async () => {
    const first = await project.run(['demo'], { FAKE_PIP_FAILS: 'Read timed out.' });
    expect(first.status).toBe(1);
    const second = await project.run(['demo']);
    expect(second.status).toBe(0);
    expect(project.calls()).toEqual(['npm', 'venv', 'pip', 'venv', 'pip']);
  });

  it('needs no environment when variables name everything in it', async () => {
    const bin = join(project.directory, 'named');
    for (const name of ['temporal', 'temporal-test-server']) makeProgram(join(bin, name), '');
    const env = {
      CAUSEWAY_PYTHON: join(project.binDirectory, 'python3'),
      TEMPORAL_CLI_PATH: join(bin, 'temporal'),
      TEMPORAL_TEST_SERVER_PATH: join(bin, 'temporal-test-server'),
    };
    expect((await project.run(['demo'], { ...env, FAKE_MOTO: '5.2.5' })).status).toBe(0);
    expect(project.calls()).toEqual(['npm']);
    // Another version of the emulator will not do: then it is the base of the environment.
    expect((await project.run(['demo'], { ...env, FAKE_MOTO: '4.0.0' })).status).toBe(0);
    expect(project.calls()).toEqual(['npm', 'venv', 'pip']);
  });

  it('installs the tools of the tests for tests alone, unless a variable says where they are', async () => {
    await project.run(['demo']);
    expect(project.calls()).toEqual(['npm', 'venv', 'pip']);
    const bin = join(project.directory, 'named');
    for (const name of ['python', 'aws', 'cfn-lint']) makeProgram(join(bin, name), '');
    await project.run(['test'], { CAUSEWAY_TEST_TOOLS: bin });
    expect(project.calls()).toEqual(['npm', 'venv', 'pip']);
    const { stderr } = await project.run(['test']);
    expect(stderr).toContain(
      "[4/4] AWS CLI, cfn-lint, parliament, schemathesis and Temporal's Python SDK, for tests …",
    );
    await project.run(['test']);
    expect(project.calls()).toEqual(['npm', 'venv', 'pip', 'venv', 'pip']);
    appendFileSync(join(project.directory, 'local/setup/test-tools.txt'), '# changed\n');
    await project.run(['test']);
    expect(project.calls()).toEqual(['npm', 'venv', 'pip', 'venv', 'pip', 'venv', 'pip']);
    rmSync(join(bin, 'aws'));
    const misled = await project.run(['test'], { CAUSEWAY_TEST_TOOLS: bin });
    expect(misled.stderr).toMatch(/CAUSEWAY_TEST_TOOLS is set to .*named\/aws", which is no executable file/);
  });

  it('takes the first Python on PATH that is recent enough', async () => {
    makeProgram(join(project.binDirectory, 'python3'), 'console.log("3.9.6")');
    makeProgram(join(project.binDirectory, 'python'), 'console.log("2.7.18")');
    makeProgram(join(project.binDirectory, 'python3.11'), 'process.exit(7)');
    const { status, stderr } = await project.run(['demo']);
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /no Python of at least 3\.10 found \(.*python3 is Python 3\.9\.6, .*python is Python 2\.7\.18, .*python3\.11 is not a Python that runs\)/,
    );
  });
});

describe('two set-ups at once', () => {
  it('work one after the other, and the second finds everything done', async () => {
    const first = project.start(['demo'], { FAKE_NPM_MS: '1500' });
    await until(() => project.calls().length === 1);
    const second = project.start(['demo']);
    const results = await Promise.all([first.result, second.result]);
    expect(results.map(({ status, stdout }) => [status, stdout])).toEqual([
      [0, 'ran\n'],
      [0, 'ran\n'],
    ]);
    expect(second.stderr()).toBe(`causeway: waiting for another set-up (process ${first.pid}) to finish …\n`);
    expect(project.calls()).toEqual(['npm', 'venv', 'pip']);
  });

  it('do not wait for one that was killed, whose tools end with it', async () => {
    const killed = project.start(['demo'], { FAKE_NPM_MS: '60000' });
    await until(() => project.calls().length === 1);
    const npm = project.pidOfLatest('npm');
    expect(isAlive(npm)).toBe(true);
    process.kill(-killed.pid, 'SIGKILL');
    await until(() => !isAlive(npm));
    const { status, stderr } = await project.run(['demo']);
    expect(status).toBe(0);
    expect(stderr).not.toMatch(/waiting/);
    expect(existsSync(join(project.directory, '.causeway/setup.lock'))).toBe(false);
  });

  it('do not wait for a lock that makes no sense', async () => {
    await project.run(['demo']);
    rmSync(join(project.directory, 'node_modules'), { recursive: true });
    writeFileSync(join(project.directory, '.causeway/setup.lock'), '');
    expect((await project.run(['demo'])).status).toBe(0);
  });
});

describe('an interrupted set-up', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('by %s ends its tools, says how to go on, and goes on', async (signal, expected) => {
    const interrupted = project.start(['demo'], { FAKE_NPM_MS: '60000' });
    await until(() => project.calls().length === 1);
    process.kill(-interrupted.pid, signal);
    const { status, stderr, stdout } = await interrupted.result;
    expect(status).toBe(expected);
    expect(stdout).toBe('');
    expect(stderr.trim().split('\n').at(-1)).toBe(
      'causeway: interrupted; the same command goes on from here',
    );
    expect(isAlive(project.pidOfLatest('npm'))).toBe(false);

    expect((await project.run(['demo'])).stdout).toBe('ran\n');
    expect(project.calls()).toEqual(['npm', 'npm', 'venv', 'pip']);
  });
});
