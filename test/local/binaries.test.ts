import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { emulatorPython, findTemporalCli, findTestServer } from '../../local/binaries.js';

let environment: NodeJS.ProcessEnv;
beforeEach(() => {
  environment = { ...process.env };
});
afterEach(() => {
  process.env = environment;
});

describe('the binaries of a project that is set up', () => {
  it('are Temporal itself, which runs', () => {
    const cli = findTemporalCli();
    if (cli.kind === 'download') throw new Error('it was expected on this machine');
    expect(execFileSync(cli.path, ['--version'], { encoding: 'utf8' })).toMatch(/^temporal version \d+\.\d+/);
    expect(findTestServer().kind).toBe('path');
  });

  it('are a Python that has the emulator at the locked version', () => {
    const program = 'import moto.server; from importlib.metadata import version; print(version("moto"))';
    expect(execFileSync(emulatorPython(), ['-c', program], { encoding: 'utf8' }).trim()).toBe('5.2.5');
  });

  it('are taken from the variables when those are set', () => {
    process.env['TEMPORAL_CLI_PATH'] = process.execPath;
    process.env['TEMPORAL_TEST_SERVER_PATH'] = process.execPath;
    expect(findTemporalCli()).toEqual({ kind: 'path', path: process.execPath, from: 'variable' });
    expect(findTestServer()).toEqual({ kind: 'path', path: process.execPath, from: 'variable' });
  });

  it('are a configured Python only when it has the emulator', () => {
    const withEmulator = emulatorPython();
    process.env['CAUSEWAY_PYTHON'] = process.execPath;
    expect(emulatorPython()).not.toBe(process.execPath);
    process.env['CAUSEWAY_PYTHON'] = withEmulator;
    expect(emulatorPython()).toBe(withEmulator);
    process.env['CAUSEWAY_PYTHON'] = '/nowhere/python';
    expect(() => emulatorPython()).toThrow(/^CAUSEWAY_PYTHON is set to/);
  });
});
