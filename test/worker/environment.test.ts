import { describe, expect, it } from '@jest/globals';
import { readWorkerEnvironment } from '../../worker/environment.js';

describe('the worker’s environment', () => {
  it('has defaults for everything', () => {
    expect(readWorkerEnvironment({})).toEqual({
      configPath: 'causeway.config.json',
      keysPath: null,
      taskQueue: 'causeway',
      awsEndpoint: undefined,
      logLevel: 'info',
      deployment: null,
    });
  });

  it('is taken as it is set', () => {
    expect(
      readWorkerEnvironment({
        CAUSEWAY_CONFIG: '/etc/causeway.json',
        CAUSEWAY_KEYS: '/run/secrets/keys.json',
        CAUSEWAY_TASK_QUEUE: 'other',
        CAUSEWAY_LOG_LEVEL: 'debug',
        AWS_ENDPOINT_URL: 'http://localhost:5000',
        TEMPORAL_DEPLOYMENT_NAME: 'causeway',
        TEMPORAL_WORKER_BUILD_ID: '1.2.3',
      }),
    ).toEqual({
      configPath: '/etc/causeway.json',
      keysPath: '/run/secrets/keys.json',
      taskQueue: 'other',
      awsEndpoint: 'http://localhost:5000',
      logLevel: 'debug',
      deployment: { name: 'causeway', buildId: '1.2.3' },
    });
  });

  it.each([{ TEMPORAL_DEPLOYMENT_NAME: 'causeway' }, { TEMPORAL_WORKER_BUILD_ID: '1.2.3' }])(
    'refuses half of a deployment: %j',
    (half) => {
      expect(() => readWorkerEnvironment(half)).toThrow(
        'TEMPORAL_DEPLOYMENT_NAME and TEMPORAL_WORKER_BUILD_ID go together; set both, or neither',
      );
    },
  );
});

const VARIABLES = ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_EC2', 'AWS_ENDPOINT_URL_STS'];

describe('an endpoint in place of AWS', () => {
  it.each(['http://localhost:5000', 'http://127.0.0.1:5000', 'http://[::1]:5000', 'https://LOCALHOST'])(
    'may be on this machine: %s',
    (endpoint) => {
      for (const variable of VARIABLES) {
        expect(() => readWorkerEnvironment({ [variable]: endpoint })).not.toThrow();
      }
    },
  );

  it.each([
    'https://ec2.evil.example',
    'http://localhost.evil.example',
    'http://localhost@evil.example',
    'http://127.0.0.1.evil.example',
    'http://10.0.0.1:5000',
    'http://0.0.0.0:5000',
    'http://[::]:5000',
    'http://localhost:5000@evil.example/',
  ])('may not be elsewhere, by whichever variable, unless that is said: %s', (endpoint) => {
    for (const variable of VARIABLES) {
      expect(() => readWorkerEnvironment({ [variable]: endpoint })).toThrow(
        new RegExp(`^${variable} names .* is not this machine; set CAUSEWAY_ALLOW_AWS_ENDPOINT=yes`),
      );
      const allowed = (how: string): NodeJS.ProcessEnv => ({
        [variable]: endpoint,
        CAUSEWAY_ALLOW_AWS_ENDPOINT: how,
      });
      expect(() => readWorkerEnvironment(allowed('true'))).toThrow(/not this machine/);
      expect(() => readWorkerEnvironment(allowed('yes'))).not.toThrow();
    }
  });

  it('is refused elsewhere also when another variable names this machine', () => {
    expect(() =>
      readWorkerEnvironment({
        AWS_ENDPOINT_URL_EC2: 'http://localhost:5000',
        AWS_ENDPOINT_URL_STS: 'https://sts.evil.example',
      }),
    ).toThrow(/^AWS_ENDPOINT_URL_STS names sts\.evil\.example/);
  });

  it('is EC2’s own before the one for all', () => {
    const both = {
      AWS_ENDPOINT_URL: 'http://localhost:1',
      AWS_ENDPOINT_URL_EC2: 'http://localhost:2',
    };
    expect(readWorkerEnvironment(both).awsEndpoint).toBe('http://localhost:2');
  });

  it.each(['', 'localhost', 'nonsense'])('is refused when it is no URL: %j', (endpoint) => {
    for (const CAUSEWAY_ALLOW_AWS_ENDPOINT of [undefined, 'yes']) {
      expect(() =>
        readWorkerEnvironment({ AWS_ENDPOINT_URL: endpoint, CAUSEWAY_ALLOW_AWS_ENDPOINT }),
      ).toThrow(`AWS_ENDPOINT_URL is not a URL: ${endpoint}`);
    }
  });
});
