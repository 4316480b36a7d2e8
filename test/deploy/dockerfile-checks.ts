import type { DeployProject } from './deploy-project.js';
import { allOf, lastOf, parseDockerfile, type Stage } from './dockerfile.js';

/** Images with a version of two numbers, not three. */
const TWO_NUMBER_VERSIONS = new Set(['postgres']);

/** What a container may not begin with: it would change what runs, and need the network to start. */
const PACKAGE_MANAGERS = new Set(['npm', 'npx', 'pnpm', 'yarn', 'pip', 'uv', 'apt-get']);

/** Problems of the Dockerfile, one text each; none when all is well. */
export function dockerfileProblems(project: DeployProject): string[] {
  const stages = parseDockerfile(project.dockerfile);
  const run = new Set(Object.values(project.compose.services).flatMap(({ build }) => build?.target ?? []));
  return [
    ...stages.flatMap((stage, index) => [
      ...baseProblems(stage, stages.slice(0, index)),
      ...copyProblems(stage, { project, earlier: stages.slice(0, index) }),
      ...installProblems(stage),
    ]),
    ...stages.filter(({ name }) => run.has(name)).flatMap((stage) => startProblems(stage, project)),
  ];
}

/** Why an image's reference could mean another image tomorrow; undefined when it cannot. */
export function looseImage(image: string): string | undefined {
  const [, repository, tag] = /^([a-z0-9./-]+):([A-Za-z0-9._-]+)$/.exec(image) ?? [];
  if (repository === undefined || tag === undefined) return `${image} has no plain tag`;
  const exact = TWO_NUMBER_VERSIONS.has(repository) ? /^\d+\.\d+(?:-.+)?$/ : /^\d+\.\d+\.\d+(?:-.+)?$/;
  return exact.test(tag) ? undefined : `${image} is not pinned to an exact version`;
}

function baseProblems({ name, from }: Stage, earlier: readonly Stage[]): string[] {
  if (earlier.some((stage) => stage.name === from)) return [];
  const loose = looseImage(from);
  const problems = loose === undefined ? [] : [`stage ${name}: ${loose}`];
  if (!/-bookworm$|-bookworm-slim$|-slim-bookworm$/.test(from)) {
    problems.push(`stage ${name}: ${from} is not known to have glibc, which Temporal's core needs`);
  }
  return problems;
}

function copyProblems(
  stage: Stage,
  { project, earlier }: { project: DeployProject; earlier: readonly Stage[] },
): string[] {
  return allOf(stage, 'COPY').flatMap((rest) => {
    const [, from] = /^--from=(\S+) /.exec(rest) ?? [];
    if (from !== undefined) {
      return earlier.some(({ name }) => name === from)
        ? []
        : [`stage ${stage.name}: no earlier stage ${from}`];
    }
    const sources = rest.split(/\s+/).slice(0, -1);
    return sources.flatMap((source) => [
      ...(isTracked(project, source) ? [] : [`stage ${stage.name}: ${source} is not in git`]),
      ...(reachesImage(project.dockerignore, source)
        ? []
        : [`stage ${stage.name}: .dockerignore hides ${source}`]),
    ]);
  });
}

function installProblems(stage: Stage): string[] {
  return allOf(stage, 'RUN').flatMap((command) => [
    ...(/\bnpm (?:ci|install|i|prune)\b(?!.*--ignore-scripts)/.test(command)
      ? [`stage ${stage.name}: npm runs the scripts of packages`]
      : []),
    ...(/\bpip install\b(?!.*--require-hashes)/.test(command)
      ? [`stage ${stage.name}: pip checks no hashes`]
      : []),
  ]);
}

function startProblems(stage: Stage, project: DeployProject): string[] {
  const problems: string[] = [];
  const user = lastOf(stage, 'USER');
  if (user === undefined || /^(?:root|0)(?::|$)/.test(user)) problems.push('runs as root');
  const command = execForm(lastOf(stage, 'CMD'));
  const [program, script] = command;
  if (program === undefined) problems.push('has no CMD in exec form, so that signals would go to a shell');
  if (program !== undefined && PACKAGE_MANAGERS.has(program))
    problems.push(`starts ${program}, a package manager`);
  if (script !== undefined && !isSource(project, script)) problems.push(`${script} has no source in git`);
  if (lastOf(stage, 'STOPSIGNAL') !== 'SIGTERM') problems.push('does not say that SIGTERM ends it');
  if (lastOf(stage, 'HEALTHCHECK') === undefined) problems.push('says nothing of its health');
  if (program === 'node' && !allOf(stage, 'ENV').some((rest) => /\bNODE_ENV=production\b/.test(rest))) {
    problems.push('does not set NODE_ENV=production');
  }
  return problems.map((problem) => `stage ${stage.name}: ${problem}`);
}

/** The arguments, as far as they are strings; none when it is not a JSON array. */
function execForm(rest: string | undefined): string[] {
  if (rest?.startsWith('[') !== true) return [];
  const value: unknown = JSON.parse(rest);
  return Array.isArray(value) ? value.filter((part) => typeof part === 'string') : [];
}

/** A file in git, or a folder that has one. */
export function isTracked({ tracked }: DeployProject, path: string): boolean {
  const clean = path.replace(/^\.\//, '').replace(/\/$/, '');
  return tracked.has(clean) || [...tracked].some((file) => file.startsWith(`${clean}/`));
}

/** What a container starts: a module that `npm run build` makes, or a Python package. */
function isSource(project: DeployProject, script: string): boolean {
  const [, compiled] = /^dist\/(.+)\.js$/.exec(script) ?? [];
  return compiled === undefined
    ? project.tracked.has(`${script}/__main__.py`)
    : project.tracked.has(`${compiled}.ts`);
}

/** Ours ignores everything and then names what goes in. */
function reachesImage(dockerignore: string, source: string): boolean {
  const lines = dockerignore.split('\n');
  return lines.some(
    (line) => line === `!${source}` || (line.startsWith('!') && source.startsWith(`${line.slice(1)}/`)),
  );
}
