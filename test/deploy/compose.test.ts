import { spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { parse, parseDocument } from 'yaml';
import { problemsOf, schemaProblems } from './compose-checks.js';
import { PROJECT_ROOT, read, readProject, withOverride } from './deploy-project.js';
import { SPOILT_COMPOSE } from './spoilt-compose.js';
import { SPOILT_IMAGES } from './spoilt-images.js';

const project = readProject();
const AWS_OVERRIDE = 'deploy/compose.aws.yml';

describe('the compose file', () => {
  it('is valid by the specification, and all that it names exists', () => {
    expect(problemsOf(project)).toEqual([]);
  });

  it('starts a worker, the emulator, and Temporal with its database and UI', () => {
    const names = [
      'emulator',
      'postgresql',
      'temporal',
      'temporal-namespace',
      'temporal-schema',
      'temporal-ui',
      'worker',
    ];
    expect(Object.keys(project.compose.services).sort()).toEqual(names);
  });

  it('runs scripts that a shell can parse', () => {
    for (const script of ['schema.sh', 'namespace.sh']) {
      const { status, stderr } = spawnSync('sh', ['-n', `deploy/temporal/${script}`], {
        cwd: PROJECT_ROOT,
        encoding: 'utf8',
      });
      expect({ script, status, stderr }).toEqual({ script, status: 0, stderr: '' });
    }
  });

  it('is accepted by Docker Compose where that is installed, else by a parser of YAML, and with the override too', () => {
    for (const files of [['docker-compose.yml'], ['docker-compose.yml', AWS_OVERRIDE]]) {
      const { status, stderr } = composeConfig(files);
      expect({ files, status, stderr }).toEqual({ files, status: 0, stderr: '' });
    }
  });
});

describe('the override for AWS', () => {
  const override = read(AWS_OVERRIDE);

  it('is valid by the specification, and all that it names exists', () => {
    expect(schemaProblems(parse(override, { logLevel: 'error' }))).toEqual([]);
    expect(problemsOf({ ...project, compose: withOverride(project.compose, override) })).toEqual([]);
  });

  it('leaves nothing of the emulator', () => {
    const { services } = withOverride(project.compose, override);
    expect(services['emulator']).toBeUndefined();
    expect(JSON.stringify(services['worker'])).not.toMatch(/emul/i);
  });

  it('would leave the endpoint of the emulator if it were merged only', () => {
    const compose = withOverride(project.compose, override.replaceAll(' !override', ''));
    expect(problemsOf({ ...project, compose })).toEqual([
      'worker: depends on emulator, which is no service',
      'worker: asks emulator, which is no service',
    ]);
  });
});

describe('the checks refuse', () => {
  it.each([...SPOILT_COMPOSE, ...SPOILT_IMAGES])('$what', ({ spoil, problem }) => {
    const copy = structuredClone(project);
    spoil(copy);
    const problems = problemsOf(copy);
    const expected: unknown = typeof problem === 'string' ? problem : expect.stringMatching(problem);
    expect(problems).toContainEqual(expected);
  });
});

/** Docker Compose resolves the files and checks them by itself; without it their YAML at least is parsed strictly. */
function composeConfig(files: readonly string[]): { status: number | null; stderr: string } {
  const docker = spawnSync('docker', ['compose', 'version'], { encoding: 'utf8' });
  if (docker.status === 0) {
    const args = ['compose', ...files.flatMap((file) => ['--file', file]), 'config', '--quiet'];
    return spawnSync('docker', args, { cwd: PROJECT_ROOT, encoding: 'utf8' });
  }
  const errors = files.flatMap(
    (file) => parseDocument(read(file), { strict: true, logLevel: 'error' }).errors,
  );
  return { status: errors.length, stderr: errors.map(({ message }) => message).join('\n') };
}
