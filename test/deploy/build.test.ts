import { AsyncLocalStorage } from 'node:async_hooks';
import assert from 'node:assert';
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { PROJECT_ROOT, read } from './deploy-project.js';

const BUILD_TIMEOUT_MS = 600_000;
const START_TIMEOUT_MS = 60_000;

let home: string;
let built: SpawnSyncReturns<string>;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'causeway-build-'));
  built = runBuild(join(home, 'dist'));
}, BUILD_TIMEOUT_MS);

afterAll(() => {
  rmSync(home, { recursive: true, force: true });
});

describe('npm run build', () => {
  it('says what it does, and ends well', () => {
    expect(built.stderr).toBe('');
    expect(built.status).toBe(0);
    expect(built.stdout).toMatch(
      /^build: compiling .*\nbuild: bundling .*\nbuild: \d+ modules and a workflow bundle of/,
    );
  });

  it('makes neither tests nor the local stack', () => {
    expect(existsSync(join(home, 'dist', 'client', 'index.js'))).toBe(true);
    expect(
      ['test', 'local', 'bench', 'deploy'].filter((room) => existsSync(join(home, 'dist', room))),
    ).toEqual([]);
  });

  it('refuses to replace a directory that may hold anything', () => {
    const directory = join(home, 'mine');
    mkdirSync(directory);
    writeFileSync(join(directory, 'kept'), 'text');
    const refused = runBuild(directory);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toBe(
      `build: ${directory} is not empty; remove it, or name another directory with --out\n`,
    );
    expect(readFileSync(join(directory, 'kept'), 'utf8')).toBe('text');
  });

  it('bundles every workflow that is exported', () => {
    const exported = [...read('workflows/index.ts').matchAll(/export \{([^}]+)\}/g)]
      .flatMap(([, names = '']) => names.split(','))
      .map((name) => name.trim());
    expect(exported).toContain('provisionPeering');
    expect(workflowsIn(join(home, 'dist', 'workflow-bundle.js')).sort()).toEqual(exported.sort());
  });
});

describe('the built worker', () => {
  it(
    'starts with production dependencies only, and says in one line that Temporal cannot be reached',
    async () => {
      linkProductionDependencies();
      const address = `127.0.0.1:${await closedPort()}`;
      const { status, stderr } = startWorker({ TEMPORAL_ADDRESS: address });
      expect(stderr).toBe(`worker: cannot reach Temporal at ${address}; start it, or set TEMPORAL_ADDRESS\n`);
      expect(status).toBe(1);
    },
    START_TIMEOUT_MS,
  );
});

function runBuild(directory: string): SpawnSyncReturns<string> {
  const args = ['--import', 'tsx', join('deploy', 'build.ts'), '--out', directory];
  return spawnSync(process.execPath, args, {
    cwd: PROJECT_ROOT,
    encoding: 'utf8',
    timeout: BUILD_TIMEOUT_MS,
  });
}

/** As in the image: dist/, package.json and node_modules/ side by side, without tsx, TypeScript and the tests' tools. */
function linkProductionDependencies(): void {
  const manifest = z
    .object({ dependencies: z.record(z.string(), z.string()) })
    .parse(JSON.parse(read('package.json')));
  for (const name of Object.keys(manifest.dependencies).filter((dependency) => dependency !== 'tsx')) {
    const link = join(home, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(PROJECT_ROOT, 'node_modules', name), link);
  }
  writeFileSync(join(home, 'package.json'), read('package.json'));
}

function startWorker(variables: Record<string, string>): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [join('dist', 'worker', 'main.js')], {
    cwd: home,
    encoding: 'utf8',
    timeout: START_TIMEOUT_MS,
    env: {
      PATH: process.env['PATH'],
      CAUSEWAY_CONFIG: join(PROJECT_ROOT, 'causeway.config.json'),
      ...variables,
    },
  });
}

/** A port of this machine on which nothing listens. */
function closedPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => {
        resolve(port);
      });
    });
  });
}

/** Loads the bundle as Temporal's worker does, and asks it for the workflows. */
function workflowsIn(file: string): string[] {
  const globals = {
    AsyncLocalStorage,
    TextEncoder,
    TextDecoder,
    AbortController,
    URL,
    URLSearchParams,
    assert,
  };
  const context = createContext({ ...globals, __webpack_module_cache__: {} });
  runInContext(readFileSync(file, 'utf8'), context);
  const names: unknown = runInContext(
    `Object.entries(__TEMPORAL__.importWorkflows()).filter(([, value]) => typeof value === 'function').map(([name]) => name).join()`,
    context,
  );
  return String(names).split(',');
}
