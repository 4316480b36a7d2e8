/**
 * IAM in front of the emulated AWS, which has none: calls of the roles below are carried out where their policies allow them.
 * Whoever calls with other keys, as a test does by hand, goes to the emulator itself.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { PROVIDER_PURPOSES, type ProviderPurpose } from '../../../contract/provider-check.js';
import type { PolicyDocument } from '../../../client/iam/policy.js';
import { credentialsFor } from '../../../local/emulator.js';
import { PROVIDER, type TestEmulator } from '../emulator.js';
import { questionsOf, type ReceivedCall } from './authorization.js';
import { isAllowed } from './evaluate.js';
import { worldOf } from './world.js';

/** A question that was put to IAM, and its answer. */
export interface Ruling {
  readonly purpose: ProviderPurpose;
  /** `ec2:CreateVpc`, … */
  readonly action: string;
  readonly allowed: boolean;
}

export interface GuardedAws {
  readonly endpoint: string;
  /** ARNs of the roles, for `provider.roles`. */
  readonly roles: Record<ProviderPurpose, string>;
  readonly rulings: Ruling[];
  stop(): Promise<void>;
}

export type Policies = Record<ProviderPurpose, PolicyDocument>;

const CREDENTIAL = /Credential=(\w+)\/\d+\/([\w-]+)\/(\w+)\/aws4_request/;

export async function startGuardedAws(aws: TestEmulator, policies: Policies): Promise<GuardedAws> {
  const rulings: Ruling[] = [];
  /** By the keys that AssumeRole gave. */
  const sessions = new Map<string, ProviderPurpose>();

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const { Action = '', ...params } = Object.fromEntries(new URLSearchParams(body));
    const [, key = '', region = '', service = ''] =
      CREDENTIAL.exec(request.headers.authorization ?? '') ?? [];
    const purpose = sessions.get(key);
    if (service === 'ec2') {
      if (purpose === undefined) throw new Error(`${Action} was called without a role`);
      if (!(await rule(purpose, { action: Action, region, params }))) {
        response.writeHead(403, { 'content-type': 'text/xml' }).end(DENIED);
        return;
      }
    }
    const headers = headersOf(request);
    if (purpose !== undefined) {
      // The emulator forgets a role's keys with every reset, the provider's own never.
      headers['authorization'] =
        headers['authorization']?.replace(key, credentialsFor(PROVIDER).accessKeyId) ?? '';
      delete headers['x-amz-security-token'];
    }
    const answer = await fetch(aws.endpoint, { method: 'POST', headers, body });
    const content = await answer.text();
    if (Action === 'AssumeRole') {
      const role = PROVIDER_PURPOSES.find((each) => params['RoleArn'] === roles[each]);
      const given = /<AccessKeyId>(\w+)</.exec(content)?.[1];
      if (role !== undefined && given !== undefined) sessions.set(given, role);
    }
    response.writeHead(answer.status, { 'content-type': 'text/xml' }).end(content);
  }

  async function rule(purpose: ProviderPurpose, call: ReceivedCall): Promise<boolean> {
    const questions = await questionsOf(call, await worldOf(aws, call.region));
    const answers = questions.map(({ action, resources }): Ruling => {
      const allowed = isAllowed(policies[purpose], action, resources);
      return { purpose, action, allowed };
    });
    rulings.push(...answers);
    return answers.every(({ allowed }) => allowed);
  }

  const roles = {
    provision: `arn:aws:iam::${PROVIDER}:role/provision`,
    observe: `arn:aws:iam::${PROVIDER}:role/observe`,
    release: `arn:aws:iam::${PROVIDER}:role/release`,
  };
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      response.writeHead(400, { 'content-type': 'text/xml' }).end(errorXml('TestFailed', String(error)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the guard has no port');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    roles,
    rulings,
    stop: () =>
      new Promise((resolve, reject) => {
        server.closeAllConnections();
        server.close((error) => (error === undefined ? resolve() : reject(error)));
      }),
  };
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  const kept = ['authorization', 'content-type', 'x-amz-date', 'x-amz-security-token'];
  return Object.fromEntries(
    kept.flatMap((name): [string, string][] => {
      const value = headers[name];
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
}

const errorXml = (code: string, message: string): string =>
  `<Response><Errors><Error><Code>${code}</Code><Message>${message.replace(/[<&]/g, ' ')}</Message></Error></Errors><RequestID>0</RequestID></Response>`;

const DENIED = errorXml('UnauthorizedOperation', 'You are not authorized to perform this operation.');
