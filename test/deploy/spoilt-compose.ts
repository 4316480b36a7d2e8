import type { DeployProject, Service } from './deploy-project.js';

/** What is spoilt, and the one problem that must be found then. */
export interface Spoilt {
  what: string;
  spoil: (copy: DeployProject) => void;
  problem: string | RegExp;
}

/** Every way in which the compose file could be wrong that the checks know. */
export const SPOILT_COMPOSE: Spoilt[] = [
  {
    what: 'an unknown key',
    spoil: ({ compose }) => Object.assign(serviceOf(compose, 'worker'), { imagee: 'x' }),
    problem: /^schema: \/services\/worker .*imagee/,
  },
  {
    what: 'an image without a version',
    spoil: ({ compose }) => (serviceOf(compose, 'temporal').image = 'temporalio/server:latest'),
    problem: 'temporal: temporalio/server:latest is not pinned to an exact version',
  },
  {
    what: 'an image with a floating version',
    spoil: ({ compose }) => (serviceOf(compose, 'temporal-ui').image = 'temporalio/ui:2.54'),
    problem: 'temporal-ui: temporalio/ui:2.54 is not pinned to an exact version',
  },
  {
    what: 'a stage that is not there',
    spoil: ({ compose }) => Object.assign(serviceOf(compose, 'emulator').build ?? {}, { target: 'emulater' }),
    problem: 'emulator: there is no stage emulater',
  },
  {
    what: 'a Dockerfile that is not there',
    spoil: ({ compose }) =>
      Object.assign(serviceOf(compose, 'worker').build ?? {}, { dockerfile: 'Dockerfile' }),
    problem: 'worker: Dockerfile is not in git',
  },
  {
    what: 'an image of another version of the project',
    spoil: (copy) => (copy.version = '9.9.9'),
    problem: /^worker: causeway-worker:\S+ has not the project's version$/,
  },
  {
    what: 'a variable that the worker does not read',
    spoil: ({ compose }) => (serviceOf(compose, 'worker').environment['TEMPORAL_ADRESS'] = 'temporal:7233'),
    problem: 'worker: sets TEMPORAL_ADRESS, which nothing in it reads',
  },
  {
    what: 'a variable that Temporal does not read',
    spoil: ({ compose }) =>
      (serviceOf(compose, 'temporal').environment['POSTGRES_PASSWORD'] = '${TEMPORAL_DB_PASSWORD:-x}'),
    problem: 'temporal: sets POSTGRES_PASSWORD, which nothing in it reads',
  },
  {
    what: 'a password in the file',
    spoil: ({ compose }) => (serviceOf(compose, 'postgresql').environment['POSTGRES_PASSWORD'] = 'hunter2'),
    problem: 'postgresql: POSTGRES_PASSWORD holds a secret',
  },
  {
    what: 'a real access key in the file',
    spoil: ({ compose }) =>
      (serviceOf(compose, 'worker').environment['AWS_ACCESS_KEY_ID'] = 'AKIA0000000000000000'),
    problem: 'worker: AWS_ACCESS_KEY_ID holds a secret',
  },
  {
    what: 'a variable without a default',
    spoil: ({ compose }) =>
      (serviceOf(compose, 'worker').environment['TEMPORAL_NAMESPACE'] = '${TEMPORAL_NAMESPACE}'),
    problem: '${TEMPORAL_NAMESPACE} has no default',
  },
  {
    what: 'a variable that is not documented',
    spoil: ({ compose }) =>
      (serviceOf(compose, 'worker').environment['TEMPORAL_NAMESPACE'] = '${CAUSEWAY_NS:-default}'),
    problem: 'CAUSEWAY_NS is not documented',
  },
  {
    what: 'a host that is no service',
    spoil: ({ compose }) => (serviceOf(compose, 'worker').environment['TEMPORAL_ADDRESS'] = 'temporl:7233'),
    problem: 'worker: asks temporl, which is no service',
  },
  {
    what: 'a port on which nothing listens',
    spoil: ({ compose }) =>
      (serviceOf(compose, 'worker').environment['AWS_ENDPOINT_URL'] = 'http://emulator:5001'),
    problem: 'worker: asks emulator on port 5001, where nothing listens',
  },
  {
    what: 'a port of the database on which nothing listens',
    spoil: ({ compose }) => (serviceOf(compose, 'temporal').environment['DB_PORT'] = '3306'),
    problem: 'temporal: asks postgresql on port 3306, where nothing listens',
  },
  {
    what: 'a health check of another port',
    spoil: ({ compose }) =>
      (serviceOf(compose, 'temporal').healthcheck = { test: ['CMD', 'nc', '-z', '127.0.0.1', '7234'] }),
    problem: 'temporal: its health is asked on port 7234',
  },
  {
    what: 'a port open to the network',
    spoil: ({ compose }) => (serviceOf(compose, 'temporal').ports = ['${TEMPORAL_PORT:-7233}:7233']),
    problem: /^temporal: .* is open to more than this machine/,
  },
  {
    what: 'a published port on which nothing listens',
    spoil: ({ compose }) =>
      (serviceOf(compose, 'temporal-ui').ports = ['127.0.0.1:${TEMPORAL_UI_PORT:-8080}:8233']),
    problem: /^temporal-ui: publishes .*:8233, where nothing listens$/,
  },
  {
    what: 'a dependency that is no service',
    spoil: ({ compose }) =>
      (serviceOf(compose, 'worker').depends_on['temporl'] = { condition: 'service_healthy' }),
    problem: 'worker: depends on temporl, which is no service',
  },
  {
    what: 'a wait for the health of a service that has no health check',
    spoil: ({ compose }) => (serviceOf(compose, 'temporal').healthcheck = undefined),
    problem: 'temporal-namespace: waits for temporal to be healthy, which has no health check',
  },
  {
    what: 'a wait for the end of a service that is always started again',
    spoil: ({ compose }) => (serviceOf(compose, 'temporal-schema').restart = 'unless-stopped'),
    problem: 'temporal: waits for temporal-schema to end, which is started again whenever it ends',
  },
  {
    what: 'no wait for readiness',
    spoil: ({ compose }) =>
      (serviceOf(compose, 'worker').depends_on['emulator'] = { condition: 'service_started' }),
    problem: 'worker: does not wait until emulator is ready',
  },
  {
    what: 'a mounted file that is not in git',
    spoil: (copy) => (copy.tracked = without(copy.tracked, 'causeway.config.json')),
    problem: 'worker: mounts ./causeway.config.json, which is not in git',
  },
  {
    what: 'a script that is not in git',
    spoil: (copy) => (copy.tracked = without(copy.tracked, 'deploy/temporal/schema.sh')),
    problem: 'temporal-schema: names /set-up/schema.sh, which is not mounted',
  },
  {
    what: 'a configuration that is not mounted',
    spoil: ({ compose }) =>
      (serviceOf(compose, 'worker').environment['CAUSEWAY_CONFIG'] = '/etc/causeway.config.json'),
    problem: 'worker: names /etc/causeway.config.json, which is not mounted',
  },
  {
    what: 'a mount that can be written to',
    spoil: ({ compose }) =>
      (serviceOf(compose, 'worker').volumes = ['./causeway.config.json:/etc/causeway/causeway.config.json']),
    problem: 'worker: may write to ./causeway.config.json',
  },
  {
    what: 'a volume that is not declared',
    spoil: ({ compose }) => (compose.volumes = {}),
    problem: 'postgresql: volume postgresql-data is not declared',
  },
  {
    what: 'a service that runs as root',
    spoil: ({ compose }) => (serviceOf(compose, 'worker').user = 'root'),
    problem: 'worker: runs as root',
  },
];

function serviceOf({ services }: DeployProject['compose'], name: string): Service {
  const service = services[name];
  if (service === undefined) throw new Error(`no service ${name}`);
  return service;
}

/** As it would be if the file had not been added to git. */
function without(files: ReadonlySet<string>, path: string): ReadonlySet<string> {
  if (!files.has(path)) throw new Error(`${path} was not there`);
  return new Set([...files].filter((file) => file !== path));
}
