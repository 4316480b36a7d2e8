/** The real AWS CLI on PATH, for scripts that a test runs as a customer would. */
import { spawn } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { credentialsFor } from '../../local/emulator.js';
import { startProcess } from '../../local/processes.js';
import { WAIT_MS } from './bounds.js';
import { testTool } from './test-tools.js';

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface AwsCli {
  /** Runs a bash script, read from standard input, with the keys of that account. */
  bash(script: string, options: { account: string; args?: string[]; env?: NodeJS.ProcessEnv }): Promise<Ran>;
  /** One call with the keys of that account. */
  aws(args: string[], options: { account: string }): Promise<Ran>;
  stop(): Promise<void>;
}

const HERE = fileURLToPath(new URL('./aws-cli', import.meta.url));

/** @param endpoint of the emulated AWS, to which every call goes */
export async function startAwsCli(endpoint: string): Promise<AwsCli> {
  const directory = await mkdtemp(join(tmpdir(), 'causeway-aws-'));
  const socket = join(directory, 'socket');
  const python = testTool('python');
  const server = await startProcess({
    name: 'AWS CLI',
    command: python,
    args: [join(HERE, 'server.py'), socket],
    readyWhen: (line) => line === 'listening',
    readyTimeoutMs: WAIT_MS,
  });
  const aws = join(directory, 'aws');
  await writeFile(aws, `#!/bin/sh\nexec '${python}' -IS '${join(HERE, 'client.py')}' "$@"\n`);
  await chmod(aws, 0o755);
  const environment = (account: string): NodeJS.ProcessEnv => {
    const { accessKeyId, secretAccessKey } = credentialsFor(account);
    return {
      PATH: `${directory}${delimiter}${process.env['PATH'] ?? ''}`,
      HOME: directory,
      AWS_CLI_SOCKET: socket,
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_DEFAULT_REGION: 'us-east-1',
    };
  };
  return {
    bash: (script, { account, args = [], env = {} }) =>
      run(['bash', '-s', '--', ...args], { env: { ...environment(account), ...env }, input: script }),
    aws: (args, { account }) => run([aws, ...args], { env: environment(account), input: '' }),
    stop: async () => {
      await server.stop();
      await rm(directory, { recursive: true });
    },
  };
}

/** Runs a program to its end, with exactly that environment. */
export function run(
  [command = '', ...args]: string[],
  { env, input }: { env: NodeJS.ProcessEnv; input: string },
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env });
    const written = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (written.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (written.stderr += text));
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, ...written }));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
