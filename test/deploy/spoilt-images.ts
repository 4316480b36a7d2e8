import type { Spoilt } from './spoilt-compose.js';

/** Every way in which the images could be wrong that the checks know. */
export const SPOILT_IMAGES: Spoilt[] = [
  inDockerfile('a floating base image', {
    from: 'node:24.21.0-bookworm-slim AS worker',
    to: 'node:24-bookworm-slim AS worker',
    problem: 'stage worker: node:24-bookworm-slim is not pinned to an exact version',
  }),
  inDockerfile('a base image without glibc', {
    from: 'node:24.21.0-bookworm-slim AS worker',
    to: 'node:24.21.0-alpine3.23 AS worker',
    problem: /^stage worker: .* is not known to have glibc/,
  }),
  inDockerfile('a copy of what is not in git', {
    from: 'COPY contract contract',
    to: 'COPY contracts contracts',
    problem: 'stage build: contracts is not in git',
  }),
  inDockerfile('a copy from no stage', {
    from: '--from=build /app/dist',
    to: '--from=builder /app/dist',
    problem: 'stage worker: no earlier stage builder',
  }),
  inDockerfile('scripts of packages at the installation', {
    from: 'npm ci --ignore-scripts',
    to: 'npm ci',
    problem: 'stage build: npm runs the scripts of packages',
  }),
  inDockerfile('Python packages without hashes', {
    from: '--require-hashes ',
    to: '',
    problem: 'stage emulator: pip checks no hashes',
  }),
  inDockerfile('a worker that runs as root', {
    from: 'USER node\n',
    to: '',
    problem: 'stage worker: runs as root',
  }),
  inDockerfile('an emulator that runs as root', {
    from: 'USER 10001:10001\n',
    to: 'USER 0:0\n',
    problem: 'stage emulator: runs as root',
  }),
  inDockerfile('a package manager at the start', {
    from: 'CMD ["node", "dist/worker/main.js"]',
    to: 'CMD ["npm", "run", "worker"]',
    problem: 'stage worker: starts npm, a package manager',
  }),
  inDockerfile('a shell at the start', {
    from: 'CMD ["node", "dist/worker/main.js"]',
    to: 'CMD node dist/worker/main.js',
    problem: 'stage worker: has no CMD in exec form, so that signals would go to a shell',
  }),
  inDockerfile('a start of what is not built', {
    from: 'dist/worker/main.js',
    to: 'dist/worker/start.js',
    problem: 'stage worker: dist/worker/start.js has no source in git',
  }),
  inDockerfile('a worker in development mode', {
    from: 'ENV NODE_ENV=production\n',
    to: '',
    problem: 'stage worker: does not set NODE_ENV=production',
  }),
  inDockerfile('no word on what ends it', {
    from: 'STOPSIGNAL SIGTERM\n# The worker',
    to: '# The worker',
    problem: 'stage worker: does not say that SIGTERM ends it',
  }),
  inDockerfile('no word on its health', {
    from: 'HEALTHCHECK NONE\n',
    to: '',
    problem: 'stage worker: says nothing of its health',
  }),
  inDockerfile('an emulator that listens elsewhere', {
    from: 'EXPOSE 5000',
    to: 'EXPOSE 5001',
    problem: 'worker: asks emulator on port 5000, where nothing listens',
  }),
  {
    what: 'a source that .dockerignore hides',
    spoil: (copy) => (copy.dockerignore = copy.dockerignore.replace('!workflows\n', '')),
    problem: 'stage build: .dockerignore hides workflows',
  },
];

function inDockerfile(
  what: string,
  { from, to, problem }: { from: string; to: string; problem: string | RegExp },
): Spoilt {
  return {
    what,
    problem,
    spoil: (copy) => {
      if (!copy.dockerfile.includes(from)) throw new Error(`the Dockerfile has no ${from}`);
      copy.dockerfile = copy.dockerfile.replace(from, to);
    },
  };
}
