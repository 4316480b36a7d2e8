import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMap, parse, parseDocument } from 'yaml';
import { z } from 'zod';

export const PROJECT_ROOT = fileURLToPath(new URL('../..', import.meta.url));

const serviceSchema = z.looseObject({
  image: z.string().optional(),
  build: z.looseObject({ dockerfile: z.string(), target: z.string() }).optional(),
  restart: z.string().optional(),
  user: z.string().optional(),
  environment: z.record(z.string(), z.string().nullable()).default({}),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), z.looseObject({ condition: z.string() })).default({}),
  healthcheck: z.looseObject({ test: z.array(z.string()) }).optional(),
  command: z.array(z.string()).default([]),
});

/** The part of a compose file that is checked, in the forms that ours uses; the rest is kept as it is. */
const composeSchema = z.looseObject({
  services: z.record(z.string(), serviceSchema),
  volumes: z.record(z.string(), z.unknown()).default({}),
});

export type Service = z.infer<typeof serviceSchema>;
type Compose = z.infer<typeof composeSchema>;

/** All that the checks look at, so that a test can change any part of it. */
export interface DeployProject {
  compose: Compose;
  dockerfile: string;
  dockerignore: string;
  /** Paths of the files in git, from the project's root. */
  tracked: ReadonlySet<string>;
  /** The variables that the worker reads. */
  workerVariables: ReadonlySet<string>;
  /** `docs/deploy.md`. */
  documentation: string;
  /** The project's version. */
  version: string;
}

export function readProject(): DeployProject {
  return {
    compose: composeSchema.parse(parse(read('docker-compose.yml'), { merge: true })),
    dockerfile: read('deploy/Dockerfile'),
    dockerignore: read('.dockerignore'),
    tracked: trackedFiles(),
    workerVariables: workerVariables(),
    documentation: read('docs/deploy.md'),
    version: z.object({ version: z.string() }).parse(JSON.parse(read('package.json'))).version,
  };
}

/** Merges as Docker Compose does: maps key by key unless tagged `!override`; a service with a profile does not start. */
export function withOverride(base: Compose, overrideText: string): Compose {
  const document = parseDocument(overrideText, { logLevel: 'error' });
  const override = composeSchema.parse(document.toJS());
  const merged = structuredClone(base);
  for (const [name, service] of Object.entries(override.services)) {
    const target = (merged.services[name] ??= serviceSchema.parse({}));
    for (const key of ['environment', 'depends_on'] as const) {
      const node = document.getIn(['services', name, key], true);
      if (!isMap(node)) continue;
      const kept = node.tag === '!override' ? {} : target[key];
      Object.assign(target, { [key]: { ...kept, ...service[key] } });
    }
    if (service['profiles'] !== undefined) {
      merged.services = Object.fromEntries(
        Object.entries(merged.services).filter(([other]) => other !== name),
      );
    }
  }
  return merged;
}

export function read(path: string): string {
  return readFileSync(join(PROJECT_ROOT, path), 'utf8');
}

function trackedFiles(): ReadonlySet<string> {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const { status, stdout, stderr } = spawnSync('git', args, { cwd: PROJECT_ROOT, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ls-files: ${stderr}`);
  return new Set(stdout.split('\0').filter((path) => path !== '' && existsSync(join(PROJECT_ROOT, path))));
}

/** What our own code reads, and what Temporal's environment configuration and AWS's credential chain do for it. */
function workerVariables(): ReadonlySet<string> {
  const ours = read('worker/environment.ts').matchAll(/\benv\['([A-Z0-9_]+)'\]/g);
  const libraries = [
    'node_modules/@temporalio/envconfig/lib/envconfig-toml.js',
    'node_modules/@aws-sdk/credential-provider-env/dist-cjs/index.js',
  ].flatMap((path) => [...read(path).matchAll(/['"]((?:TEMPORAL|AWS)_[A-Z0-9_]+)['"]/g)]);
  return new Set([...ours, ...libraries].flatMap(([, name]) => name ?? []));
}
