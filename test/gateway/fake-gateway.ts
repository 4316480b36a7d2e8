import { expect } from '@jest/globals';
import { pino } from 'pino';
import { CausewayError, type PeeringStatus } from '../../client/index.js';
import { createApp } from '../../gateway/app.js';
import { Limits } from '../../gateway/http/limits.js';
import type { Causeway, GatewayApp, GatewayParts } from '../../gateway/routes/parts.js';
import { noting } from '../harness/noting.js';
import { newTestKeys, type TestKeys } from './test-keys.js';
import { example } from '../domain/request/request-arbitraries.js';

/** A gateway without a server, in front of a Causeway that answers as the test wants. */
export interface FakeGateway {
  readonly app: GatewayApp;
  readonly keys: TestKeys;
  /** What was logged, line by line. */
  readonly logged: string[];
  /** The calls of Causeway, in order. */
  readonly calls: { name: string; args: unknown[] }[];
  ask(path: string, wanted?: Wanted): Promise<Response>;
}

export interface Wanted {
  readonly method?: string;
  readonly key?: string | null;
  /** Sent as JSON, unless it is text. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export const CONNECTION = '/v1/peerings/org-42/vpc-0a1b2c3d4e5f60718';

export function statusIn(state: PeeringStatus['state']): PeeringStatus {
  return {
    state,
    since: '2026-01-01T00:00:00.000Z',
    organizationId: 'org-42',
    customerName: 'Acme',
    plan: null,
    provider: null,
    customer: { accountId: '444455556666', region: 'eu-west-1', vpcId: example.vpcId, subnetCidrs: [] },
    peeringConnectionId: null,
    expiresAt: null,
    round: 1,
    reminders: 0,
    nextStep: { who: 'causeway', what: 'Nothing to do' },
    parked: null,
    facts: { customerSteps: null },
    history: [],
    failure: null,
  };
}

export function fakeGateway(
  answers: Partial<Causeway> = {},
  more: Partial<Pick<GatewayParts, 'readiness' | 'proxies' | 'closing' | 'links'>> & {
    requestsPerMinute?: number;
  } = {},
): FakeGateway {
  const { keys, apiKeys } = newTestKeys();
  const logged: string[] = [];
  const calls: FakeGateway['calls'] = [];
  const app = createApp({
    causeway: answering(calls, answers),
    keys: apiKeys,
    limits: new Limits(more.requestsPerMinute ?? 10_000),
    log: pino({}, { write: (line: string) => void logged.push(line) }),
    proxies: more.proxies ?? 0,
    ...(more.links === undefined ? {} : { links: more.links }),
    readiness:
      more.readiness ??
      (() => Promise.resolve({ ok: true, checks: [{ name: 'namespace' as const, ok: true }] })),
    closing: more.closing ?? new AbortController().signal,
  });
  return {
    app,
    logged,
    calls,
    keys,
    ask: (path, { method, key = keys.all, body, headers = {} } = {}) =>
      Promise.resolve(
        app.request(
          path,
          {
            method: method ?? (body === undefined ? 'GET' : 'POST'),
            headers: {
              ...(key === null ? {} : { Authorization: `Bearer ${key}` }),
              ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
              ...headers,
            },
            ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
          },
          {},
        ),
      ),
  };
}

/** Whatever the test gives no answer for knows no connection. */
function answering(calls: FakeGateway['calls'], answers: Partial<Causeway>): Causeway {
  const unknown = (): Promise<never> => Promise.reject(new CausewayError('NotFound', 'not known'));
  const defaults: Causeway = {
    accept: unknown,
    cancel: unknown,
    close: unknown,
    decline: unknown,
    listPage: unknown,
    plan: unknown,
    renewLink: unknown,
    request: unknown,
    retry: unknown,
    startChange: unknown,
    status: unknown,
    async *watch() {
      yield await unknown();
    },
  };
  return noting(calls, { ...defaults, ...answers });
}

/** The problem that the gateway answers with, once it is seen to be one. */
export async function problemOf(
  gateway: FakeGateway,
  path: string,
  wanted: Wanted = {},
): Promise<{ status: number; code: unknown; detail: string; fields: string[]; headers: Headers }> {
  const response = await gateway.ask(path, wanted);
  const body = (await response.json()) as {
    type: string;
    status: number;
    code: string;
    detail: string;
    requestId: string;
    errors?: { field: string }[];
  };
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(body).toMatchObject({ type: `urn:causeway:problem:${body.code}`, status: response.status });
  expect(body.requestId).toBe(response.headers.get('x-request-id'));
  const fields = (body.errors ?? []).map(({ field }) => field);
  return { status: response.status, code: body.code, detail: body.detail, fields, headers: response.headers };
}
