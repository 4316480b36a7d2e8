import { chmodSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { makeFakeProject, makeProgram, startCommand } from './fake-project.js';
import type { FakeProject, RunResult } from './fake-project.js';

let project: FakeProject;
beforeEach(() => {
  project = makeFakeProject();
});
afterEach(() => project.remove());

/** One line beside the progress, exit status 1, and the command itself not run. */
function expectOneLine({ status, stdout, stderr }: RunResult, line: RegExp): void {
  const said = stderr.split('\n').filter((text) => text !== '' && !/^\[\d\/3\]/.test(text));
  expect(said).toEqual([expect.stringMatching(line)]);
  expect(status).toBe(1);
  expect(stdout).toBe('');
}

const NPM_FULL = `npm error code ENOSPC
npm error syscall write
npm error errno -28
npm error nospc ENOSPC: no space left on device, write
npm error nospc There appears to be insufficient space on your system to finish.
npm error A complete log of this run can be found in: /home/me/.npm/_logs/x-debug-0.log`;
const NPM_REFUSED = `npm error code ECONNREFUSED
npm error syscall connect
npm error errno ECONNREFUSED
npm error FetchError: request failed, reason: connect ECONNREFUSED 127.0.0.1:9`;
const NPM_FORBIDDEN = `npm error code E403
npm error 403 403 Forbidden - GET zod
npm error 403 In most cases, you or one of your dependencies are requesting a package version that is forbidden`;
const NPM_HASH = `npm error code EINTEGRITY
npm error Integrity checksum failed when using sha512: wanted sha512-AAAA but got sha512-xceH.`;
const NPM_OUT_OF_STEP = `npm error code EUSAGE
npm error
npm error \`npm ci\` can only install packages when your package.json and package-lock.json or npm-shrinkwrap.json are in sync.`;
const VENV_MISSING = `The virtual environment was not created successfully because ensurepip is not
available.  On Debian/Ubuntu systems, you need to install the python3-venv
package using the following command.

    apt install python3.11-venv`;
const PIP_FULL = 'ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device';
const PIP_REFUSED = `WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError('<HTTPConnection>: Failed to establish a new connection: [Errno 111] Connection refused')': /annotated-types/
ERROR: Could not find a version that satisfies the requirement annotated-types==0.8.0 (from versions: none)
ERROR: No matching distribution found for annotated-types==0.8.0`;
const PIP_HASH = `ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you have updated the package versions, please update the hashes.
    annotated-types==0.8.0:
        Expected sha256 deadbeef
             Got        f072f4d8`;
const PIP_NO_WHEEL = `ERROR: Could not find a version that satisfies the requirement rpds-py==2026.9.1 (from versions: none)
ERROR: No matching distribution found for rpds-py==2026.9.1`;

describe('each failure of a tool is told in one line', () => {
  it.each([
    [
      'npm on a full disk',
      { FAKE_NPM_FAILS: NPM_FULL },
      /^causeway: node modules cannot be installed: the disk is full: free some space/,
    ],
    [
      'npm refused',
      { FAKE_NPM_FAILS: NPM_REFUSED },
      /node modules .* a download was refused or the network is not reachable/,
    ],
    ['npm forbidden', { FAKE_NPM_FAILS: NPM_FORBIDDEN }, /node modules .* a download was refused/],
    ['npm with another package', { FAKE_NPM_FAILS: NPM_HASH }, /node modules .*its hash differs/],
    [
      'npm with files out of step',
      { FAKE_NPM_FAILS: NPM_OUT_OF_STEP },
      /package\.json and package-lock\.json do not agree/,
    ],
    ['npm that installs nothing', { FAKE_NPM_FORGETS: '1' }, /npm ended well, but not everything is there/],
    [
      'npm for a reason unheard of',
      { FAKE_NPM_FAILS: 'npm error first\nnpm error the moon is full' },
      /: npm error the moon is full\. Details: .*npm\.log$/,
    ],
    [
      'Python without venv',
      { FAKE_VENV_FAILS: VENV_MISSING },
      /a Python environment cannot be made with .*python3: this Python lacks its venv module: .*apt install python3-venv/,
    ],
    [
      'pip on a full disk',
      { FAKE_PIP_FAILS: PIP_FULL },
      /the AWS emulator and Temporal's binaries cannot be installed: the disk is full/,
    ],
    [
      'pip refused',
      { FAKE_PIP_FAILS: PIP_REFUSED },
      /emulator .* a download was refused or the network is not reachable/,
    ],
    ['pip with another package', { FAKE_PIP_FAILS: PIP_HASH }, /emulator .*its hash differs/],
    [
      'pip without a package for this system',
      { FAKE_PIP_FAILS: PIP_NO_WHEEL },
      /a package is not published for this Python and system: .*CAUSEWAY_PYTHON/,
    ],
  ])('%s', async (_name, env, line) => {
    expectOneLine(await project.run(['demo'], env), line);
  });

  it('no npm', async () => {
    rmSync(join(project.binDirectory, 'npm'));
    expectOneLine(await project.run(['demo']), /node modules cannot be installed: npm was not found on PATH/);
  });

  it('no Python', async () => {
    rmSync(join(project.binDirectory, 'python3'));
    expectOneLine(
      await project.run(['demo']),
      /^causeway: no Python of at least 3\.10 found \(no python3 or python on PATH\): install one .*CAUSEWAY_PYTHON\.$/,
    );
  });

  it('an old Python', async () => {
    const result = await project.run(['demo'], { FAKE_PYTHON_VERSION: '3.9.18' });
    expectOneLine(result, /no Python of at least 3\.10 found \(.*python3 is Python 3\.9\.18\)/);
  });

  it('a variable that names an old Python', async () => {
    const python = join(project.directory, 'old-python');
    makeProgram(python, 'console.log("3.8.1")');
    const result = await project.run(['demo'], { CAUSEWAY_PYTHON: python });
    expectOneLine(
      result,
      /CAUSEWAY_PYTHON names .*old-python, which is Python 3\.8\.1: name one of at least 3\.10/,
    );
  });

  it.each(['CAUSEWAY_PYTHON'])('a variable that names nothing: %s', async (variable) => {
    const result = await project.run(['demo'], { [variable]: '/nowhere/at-all' });
    expectOneLine(
      result,
      new RegExp(`^causeway: ${variable} is set to "/nowhere/at-all", which is no executable file`),
    );
  });

  it('a directory that cannot be written to', async () => {
    // Root may write everywhere, so as root the run gives up its rights.
    chmodSync(project.directory, 0o555);
    const dropRights = 'process.getuid() === 0 && (process.setgid(65534), process.setuid(65534));';
    const { result } = startCommand(
      process.execPath,
      [
        '--import',
        `data:text/javascript,${encodeURIComponent(dropRights)}`,
        join(project.directory, 'local/run.mjs'),
        'demo',
      ],
      { PATH: project.binDirectory },
    );
    const outcome = await result;
    chmodSync(project.directory, 0o755);
    expectOneLine(outcome, /the project directory cannot be written to/);
  });

  it('an old Node', async () => {
    const pretend = 'Object.defineProperty(process, "version", { value: "v20.18.3" })';
    const { result } = startCommand(
      process.execPath,
      [
        '--import',
        `data:text/javascript,${encodeURIComponent(pretend)}`,
        join(project.directory, 'local/run.mjs'),
        'demo',
      ],
      { PATH: project.binDirectory },
    );
    expectOneLine(await result, /^causeway: this is Node v20\.18\.3, and at least 20\.19 is needed/);
  });
});
