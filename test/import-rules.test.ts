import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import config from '../.dependency-cruiser.mjs';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const ROOMS = [
  'domain',
  'contract',
  'workflows',
  'activities',
  'worker',
  'client',
  'gateway',
  'local',
  'deploy',
  'test',
  'bench',
];

/** Who may import whom, written out a second time on purpose; `test`, `local` and `bench` have rules of their own. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  contract: ['domain'],
  workflows: ['contract', 'domain'],
  activities: ['contract', 'domain'],
  worker: ['activities', 'contract', 'domain'],
  client: ['contract', 'domain'],
  gateway: ['client', 'contract', 'domain'],
  deploy: ['domain', 'contract', 'workflows', 'activities', 'worker', 'client', 'gateway'],
};

/** Packages that are there in a tree of these tests, installed and declared. */
const PACKAGES = [
  'ip-num',
  'zod',
  'pino',
  '@temporalio/common',
  '@temporalio/workflow',
  '@temporalio/client',
  '@aws-sdk/client-ec2',
  '@smithy/types',
];

/** Installed because another package needs it; the project does not declare it. */
const TRANSITIVE = 'long';

type Tree = Readonly<Record<string, string>>;

const importing = (specifier: string): string => `import '${specifier}';\nexport const here = 1;\n`;
const LEAF = 'export const leaf = 1;\n';

/** For every rule, trees that break it and no other. */
const OFFENDERS: Readonly<Record<string, readonly Tree[]>> = {
  'no-cycles': [
    { 'deploy/a.ts': importing('./b.js'), 'deploy/b.ts': importing('./a.js') },
    {
      'domain/a.ts': importing('./b.js'),
      'domain/b.ts': importing('./c.js'),
      'domain/c.ts': importing('./a.js'),
    },
  ],
  'not-to-test-local-bench': ['test', 'local', 'bench'].map((room) => ({
    'deploy/a.ts': importing(`../${room}/b.js`),
    [`${room}/b.ts`]: LEAF,
  })),
  'local-not-to-test': ['local', 'bench'].map((room) => ({
    [`${room}/a.ts`]: importing('../test/b.js'),
    'test/b.ts': LEAF,
  })),
  'not-to-unresolvable': [
    { 'deploy/a.ts': importing('./nowhere.js') },
    { 'client/a.ts': importing('not-installed') },
  ],
  'domain-imports-only-itself': [{ 'domain/a.ts': importing('../contract/b.js'), 'contract/b.ts': LEAF }],
  'domain-packages': ['node:fs', '@temporalio/workflow', 'pino', TRANSITIVE].map((name) => ({
    'domain/a.ts': importing(name),
  })),
  'contract-imports-only-domain': [
    { 'contract/a.ts': importing('../workflows/b.js'), 'workflows/b.ts': LEAF },
  ],
  'contract-packages': ['node:crypto', '@temporalio/client', 'ip-num', TRANSITIVE].map((name) => ({
    'contract/a.ts': importing(name),
  })),
  'workflows-imports-only-contract-domain-activities': [
    { 'workflows/a.ts': importing('../client/b.js'), 'client/b.ts': LEAF },
  ],
  'workflows-know-activities-as-types': [
    {
      'workflows/a.ts': "import { leaf } from '../activities/b.js';\nexport const here = leaf;\n",
      'activities/b.ts': LEAF,
    },
  ],
  'workflows-packages': ['node:timers', '@aws-sdk/client-ec2', '@temporalio/client', TRANSITIVE].map(
    (name) => ({
      'workflows/a.ts': importing(name),
    }),
  ),
  'activities-imports-only-contract-domain': [
    { 'activities/a.ts': importing('../workflows/b.js'), 'workflows/b.ts': LEAF },
  ],
  'worker-imports-only-activities-contract-domain': [
    { 'worker/a.ts': importing('../workflows/b.js'), 'workflows/b.ts': LEAF },
  ],
  'client-imports-only-contract-domain': [
    { 'client/a.ts': importing('../activities/b.js'), 'activities/b.ts': LEAF },
  ],
  'gateway-imports-only-client-contract-domain': [
    { 'gateway/a.ts': importing('../worker/b.js'), 'worker/b.ts': LEAF },
  ],
  'client-without-aws': ['@aws-sdk/client-ec2', '@smithy/types'].map((name) => ({
    'client/a.ts': importing(name),
  })),
};

const rules = (config.forbidden ?? []).map(({ name = '', comment = '' }) => ({ name, comment }));

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'causeway-imports-'));
});
afterEach(async () => {
  process.chdir(ROOT);
  await rm(directory, { recursive: true, force: true });
});

async function write(tree: Tree): Promise<void> {
  for (const [path, text] of Object.entries(tree)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  }
}

/** The same rooms and packages as the project, in a directory of their own. */
async function cruiseTree(tree: Tree): Promise<ICruiseResult> {
  const dependencies = Object.fromEntries(PACKAGES.map((name) => [name, '1.0.0']));
  await write({
    'package.json': JSON.stringify({ name: 'tree', type: 'module', dependencies }),
    'tsconfig.json': '{}',
    ...Object.fromEntries(
      [...PACKAGES, TRANSITIVE].flatMap((name) => [
        [`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' })],
        [`node_modules/${name}/index.js`, 'module.exports = {};\n'],
      ]),
    ),
    ...tree,
  });
  return cruiseIn(directory, [...new Set(Object.keys(tree).map((path) => path.replace(/\/.*/, '')))]);
}

async function cruiseIn(where: string, rooms: string[]): Promise<ICruiseResult> {
  process.chdir(where);
  const { forbidden = [], options = {} } = config;
  const { output } = await cruise(rooms, { ...options, validate: true, ruleSet: { forbidden } });
  if (typeof output === 'string') throw new Error(`a result was expected, not a text: ${output}`);
  return output;
}

const brokenRules = ({ summary }: ICruiseResult): string[] =>
  [...new Set(summary.violations.map(({ rule }) => rule.name))].sort();

describe('the import rules', () => {
  it('hold on this tree', async () => {
    const result = await cruiseIn(ROOT, ROOMS);
    expect(result.summary.violations).toEqual([]);
    expect(result.summary.totalCruised).toBeGreaterThan(100);
    for (const room of ROOMS) {
      expect(result.modules.some(({ source }) => source.startsWith(`${room}/`))).toBe(true);
    }
  });

  it('each have a reason, and an offender below', () => {
    for (const { name, comment } of rules) expect([name, comment.length > 20]).toEqual([name, true]);
    expect(rules.map(({ name }) => name).sort()).toEqual(Object.keys(OFFENDERS).sort());
  });

  it.each(
    Object.entries(OFFENDERS).flatMap(([name, trees]) =>
      trees.map((tree) => ({ name, tree, offence: Object.values(tree)[0]?.split('\n')[0] ?? '' })),
    ),
  )('catch by $name: $offence', async ({ name, tree }) => {
    expect(brokenRules(await cruiseTree(tree))).toEqual([name]);
  });

  it('let every room import what it may, and nothing else', async () => {
    const rooms = [...Object.keys(MAY_IMPORT), 'local', 'bench', 'test'];
    const pairs = rooms.flatMap((from) => rooms.filter((to) => to !== from).map((to) => ({ from, to })));
    const files: [string, string][] = [
      ...rooms.map((room): [string, string] => [`${room}/leaf.ts`, LEAF]),
      ...pairs.map(({ from, to }): [string, string] => [
        `${from}/to-${to}.ts`,
        importing(`../${to}/leaf.js`),
      ]),
    ];
    const refused = new Set(
      (await cruiseTree(Object.fromEntries(files))).summary.violations.map(({ from }) => from),
    );
    const mayNot = pairs.filter(({ from, to }) => {
      if (from === 'test') return false;
      if (from === 'local' || from === 'bench') return to === 'test';
      return MAY_IMPORT[from]?.includes(to) !== true;
    });
    expect([...refused].sort()).toEqual(mayNot.map(({ from, to }) => `${from}/to-${to}.ts`).sort());
  });

  it('let pass what the rooms are made of', async () => {
    const result = await cruiseTree({
      'domain/a.ts':
        "import 'zod';\nimport 'ip-num';\nimport type { B } from './b.js';\nexport type A = B;\n",
      'domain/b.ts': "import type { A } from './a.js';\nexport type B = A;\n",
      'contract/a.ts':
        "import '@temporalio/workflow';\nimport '@temporalio/common';\nimport '../domain/a.js';\n",
      'workflows/a.ts':
        "import '@temporalio/workflow';\nimport type { Activity } from '../activities/a.js';\nexport type Step = Activity;\n",
      'activities/a.ts':
        "import 'node:crypto';\nimport '@aws-sdk/client-ec2';\nexport interface Activity {}\n",
      'worker/a.ts': "import 'node:fs';\nimport 'pino';\nimport '../activities/a.js';\n",
      'client/a.ts': "import 'node:fs';\nimport '@temporalio/client';\nimport '../contract/a.js';\n",
      'test/a.ts': "import '../worker/a.js';\nimport '../workflows/a.js';\nimport '../local/a.js';\n",
      'local/a.ts': "import 'node:net';\nimport '../worker/a.js';\nimport '@aws-sdk/client-ec2';\n",
    });
    expect(result.summary.violations).toEqual([]);
    expect(result.summary.totalDependenciesCruised).toBeGreaterThan(15);
  });
});
