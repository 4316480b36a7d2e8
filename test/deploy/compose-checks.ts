import { Ajv2020 } from 'ajv/dist/2020.js';
import { z } from 'zod';
import { read, type DeployProject, type Service } from './deploy-project.js';
import { dockerfileProblems, isTracked, looseImage } from './dockerfile-checks.js';
import { allOf, lastOf, parseDockerfile, type Stage } from './dockerfile.js';
import { IMAGE_INTERFACES, type ImageInterface } from './image-interfaces.js';

const matchesSchema = new Ajv2020({ strict: false, allErrors: true }).compile(
  z.record(z.string(), z.unknown()).parse(JSON.parse(read('test/deploy/compose-spec/schema.json'))),
);

/** Variables of one service that together name another: its host and its port. */
const HOST_AND_PORT = [
  ['POSTGRES_SEEDS', 'DB_PORT'],
  ['SQL_HOST', 'SQL_PORT'],
] as const;

/** The emulator's keys: they open nothing else. */
const NO_SECRET = /^(?:AKIAEMUL\d{12}|emulator)$/;

/** All that is wrong with the deployment, one text each; none when all is well. */
export function problemsOf(project: DeployProject): string[] {
  return [
    ...schemaProblems(project.compose),
    ...dockerfileProblems(project),
    ...interpolationProblems(project),
    ...Object.entries(project.compose.services).flatMap(([name, service]) =>
      [
        ...imageProblems(service, project),
        ...dependencyProblems(service, project),
        ...variableProblems(service, project),
        ...endpointProblems(service, project),
        ...healthProblems(service, project),
        ...portProblems(service, project),
        ...fileProblems(service, project),
        ...(/^(?:root|0)(?::|$)/.test(service.user ?? '') ? ['runs as root'] : []),
      ].map((problem) => `${name}: ${problem}`),
    ),
  ];
}

/** Whether a compose file, ours or an override, is one by the compose specification's schema. */
export function schemaProblems(compose: unknown): string[] {
  if (matchesSchema(compose)) return [];
  return (matchesSchema.errors ?? []).map(
    ({ instancePath, message, params }) =>
      `schema: ${instancePath} ${message ?? ''} ${JSON.stringify(params)}`,
  );
}

function imageProblems({ image, build }: Service, project: DeployProject): string[] {
  if (image === undefined) return ['has no image'];
  const loose = looseImage(image);
  const problems = loose === undefined ? [] : [loose];
  if (build === undefined) {
    if (IMAGE_INTERFACES[repositoryOf(image)] === undefined) problems.push(`${image} is not a known image`);
    return problems;
  }
  if (!isTracked(project, build.dockerfile)) problems.push(`${build.dockerfile} is not in git`);
  if (stageOf({ build }, project) === undefined) problems.push(`there is no stage ${build.target}`);
  if (!image.endsWith(`:${project.version}`)) problems.push(`${image} has not the project's version`);
  return problems;
}

function dependencyProblems(service: Service, project: DeployProject): string[] {
  return Object.entries(service.depends_on).flatMap(([name, { condition }]) => {
    const other = project.compose.services[name];
    if (other === undefined) return [`depends on ${name}, which is no service`];
    if (condition === 'service_healthy' && !hasHealthcheck(other, project)) {
      return [`waits for ${name} to be healthy, which has no health check`];
    }
    if (condition === 'service_completed_successfully' && !/^on-failure|^no$/.test(other.restart ?? 'no')) {
      return [`waits for ${name} to end, which is started again whenever it ends`];
    }
    return condition === 'service_started' ? [`does not wait until ${name} is ready`] : [];
  });
}

function variableProblems(service: Service, project: DeployProject): string[] {
  const known =
    service.build?.target === 'worker'
      ? project.workerVariables
      : new Set(interfaceOf(service, project).variables);
  return Object.entries(service.environment).flatMap(([name, value]) => {
    const problems = known.has(name) ? [] : [`sets ${name}, which nothing in it reads`];
    const isSecret = /PASSWORD|PWD|SECRET|TOKEN|KEY/.test(name) && value !== null;
    if (isSecret && !value.startsWith('${') && !NO_SECRET.test(value))
      problems.push(`${name} holds a secret`);
    if (value === null && !project.documentation.includes(`\`${name}\``))
      problems.push(`${name} is not documented`);
    return problems;
  });
}

/** Whatever looks like `host:port` in a variable, or is one by two variables. */
function endpointProblems({ environment }: Service, project: DeployProject): string[] {
  const written = Object.values(environment).flatMap((value) => {
    const [, host, port] = /^(?:https?:\/\/)?([a-z][a-z0-9-]*):(\d+)$/.exec(value ?? '') ?? [];
    return host === undefined ? [] : [{ host, port: Number(port) }];
  });
  const paired = HOST_AND_PORT.flatMap(([hostName, portName]) => {
    const host = environment[hostName];
    return typeof host === 'string' ? [{ host, port: Number(environment[portName]) }] : [];
  });
  return [...written, ...paired].flatMap(({ host, port }) => {
    const service = project.compose.services[host];
    if (service === undefined) return [`asks ${host}, which is no service`];
    return interfaceOf(service, project).ports.includes(port)
      ? []
      : [`asks ${host} on port ${port}, where nothing listens`];
  });
}

function healthProblems(service: Service, project: DeployProject): string[] {
  const test = service.healthcheck?.test.join(' ') ?? '';
  return [...test.matchAll(/127\.0\.0\.1[: ](\d+)/g)].flatMap(([, port]) =>
    interfaceOf(service, project).ports.includes(Number(port))
      ? []
      : [`its health is asked on port ${port ?? ''}`],
  );
}

function portProblems(service: Service, project: DeployProject): string[] {
  return service.ports.flatMap((published) => {
    const [, address, port] = /^(.*?):?\$\{\w+:-\d+\}:(\d+)$/.exec(published) ?? [];
    if (address !== '127.0.0.1')
      return [`${published} is open to more than this machine, or its port is fixed`];
    return interfaceOf(service, project).ports.includes(Number(port))
      ? []
      : [`publishes ${published}, where nothing listens`];
  });
}

function fileProblems(service: Service, project: DeployProject): string[] {
  const mounts = service.volumes.map((volume) => {
    const [source = '', target = '', mode] = volume.split(':');
    return { source, target, mode };
  });
  const problems = mounts.flatMap(({ source, mode }) => {
    if (!source.startsWith('./'))
      return source in project.compose.volumes ? [] : [`volume ${source} is not declared`];
    if (!isTracked(project, source)) return [`mounts ${source}, which is not in git`];
    return mode === 'ro' ? [] : [`may write to ${source}`];
  });
  const paths = [...Object.values(service.environment), ...service.command].filter((value) =>
    value?.startsWith('/'),
  );
  for (const path of paths) {
    const mount = mounts.find(({ target }) => path === target || path?.startsWith(`${target}/`) === true);
    const file = mount === undefined ? undefined : `${mount.source}${path?.slice(mount.target.length) ?? ''}`;
    if (file === undefined || !isTracked(project, file))
      problems.push(`names ${path ?? ''}, which is not mounted`);
  }
  return problems;
}

/** `${NAME}` with no default fails or, worse, means nothing; one that is not documented is not found. */
function interpolationProblems({ compose, documentation }: DeployProject): string[] {
  const references = JSON.stringify(compose).matchAll(/\$(?:\{([A-Z0-9_]+)([^}]*)\}|(\w+))/g);
  return [...references].flatMap(([text, name, rest = '']) => {
    if (name === undefined || !/^:-./.test(rest)) return [`${text} has no default`];
    return documentation.includes(`\`${name}\``) ? [] : [`${name} is not documented`];
  });
}

function hasHealthcheck(service: Service, project: DeployProject): boolean {
  if (service.healthcheck !== undefined) return true;
  const stage = stageOf(service, project);
  const check = stage === undefined ? undefined : lastOf(stage, 'HEALTHCHECK');
  return check !== undefined && check !== 'NONE';
}

function interfaceOf(service: Service, project: DeployProject): ImageInterface {
  const stage = stageOf(service, project);
  if (stage !== undefined) return { ports: allOf(stage, 'EXPOSE').map(Number), variables: [] };
  return IMAGE_INTERFACES[repositoryOf(service.image ?? '')] ?? { ports: [], variables: [] };
}

function stageOf({ build }: Pick<Service, 'build'>, { dockerfile }: DeployProject): Stage | undefined {
  return build === undefined
    ? undefined
    : parseDockerfile(dockerfile).find(({ name }) => name === build.target);
}

function repositoryOf(image: string): string {
  return image.replace(/:[^:/]*$/, '');
}
