import { pino } from 'pino';
import { CausewayError, type PeeringStatus } from '../../../client/index.js';
import { signLink } from '../../../client/links/customer-link.js';
import type { LinkKeys } from '../../../domain/keys-file.js';
import { createApp } from '../../../gateway/app.js';
import { Limits } from '../../../gateway/http/limits.js';
import { pages } from '../../../gateway/pages/pages.js';
import type { PagesCauseway, PagesSettings } from '../../../gateway/pages/parts.js';
import { noting } from '../../harness/noting.js';
import { newTestKeys, type TestKeys } from '../test-keys.js';

/** The pages on the gateway's own app, in front of a Causeway that answers as the test wants. */
export interface FakePages {
  readonly app: ReturnType<typeof createApp>;
  readonly keys: TestKeys;
  readonly logged: string[];
  readonly calls: { name: string; args: unknown[] }[];
  /** Path of a link of the status' connection, of that generation and age (ms). */
  linkOf(generation?: number, ageMs?: number): string;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  post(
    path: string,
    fields: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Response>;
}

export const KEYS: LinkKeys = { current: 'k1', secrets: { k1: Buffer.alloc(32, 5).toString('base64url') } };
const DAY_MS = 86_400_000;
const VPC = 'vpc-0a1b2c3d4e5f60718';

/** Waiting for its customer, and of generation 1. */
export const WAITING: PeeringStatus = {
  state: 'awaiting-acceptance',
  since: '2026-01-01T00:00:00.000Z',
  organizationId: 'org-42',
  customerName: 'Acme',
  plan: {
    providerRegion: 'eu-west-1',
    providerCidr: '10.200.1.0/25',
    reasons: ['10.200.0.0/25 is held by org-42/vpc-00000000, Rival Ltd'],
    advice: [],
  },
  provider: {
    accountId: '111122223333',
    region: 'eu-west-1',
    vpcId: 'vpc-11111111111111111',
    cidr: '10.200.1.0/25',
    subnetIds: [],
    routeTableId: null,
    networkAclId: null,
    securityGroupId: null,
  },
  customer: {
    accountId: '444455556666',
    region: 'eu-central-1',
    vpcId: VPC,
    subnetCidrs: ['172.31.0.0/20'],
    access: [{ protocol: 'tcp', ports: [5432] }],
    dnsResolution: true,
  },
  peeringConnectionId: 'pcx-0123456789abcdef0',
  expiresAt: new Date(Date.now() + 5 * DAY_MS).toISOString(),
  round: 1,
  reminders: 0,
  linkGeneration: 1,
  nextStep: { who: 'customer', what: 'Accept' },
  parked: null,
  facts: { customerSteps: null },
  history: [{ at: '2026-01-01T00:00:00.000Z', state: 'planning', note: 'passed over a block of Rival Ltd' }],
  failure: null,
};

const SETTINGS: PagesSettings = {
  publicUrl: 'https://peering.example.com',
  providerName: 'Example Provider',
  consoleAddress: 'https://{region}.console.aws.amazon.com',
  temporalUi: 'https://temporal.example.com',
  namespace: 'default',
};

export function fakePages(
  answers: Partial<PagesCauseway> = {},
  { requestsPerMinute = 10_000, ...settings }: Partial<PagesSettings> & { requestsPerMinute?: number } = {},
): FakePages {
  const { keys, apiKeys } = newTestKeys();
  const limits = new Limits(requestsPerMinute);
  const logged: string[] = [];
  const ended = new Set<string>();
  const calls: FakePages['calls'] = [];
  const unknown = (): Promise<never> => Promise.reject(new CausewayError('NotFound', 'not known'));
  const causeway = noting<PagesCauseway>(calls, {
    accept: () => Promise.resolve(),
    decline: () => Promise.resolve(),
    cancel: () => Promise.resolve(),
    close: () => Promise.resolve(),
    remind: () => Promise.resolve(),
    retry: () => Promise.resolve(),
    renewLink: () => Promise.resolve(2),
    countByState: () => Promise.resolve({ 'awaiting-acceptance': 1 }),
    listPage: () => Promise.resolve({ peerings: [], nextPageToken: null }),
    history: () => Promise.resolve([]),
    status: () => Promise.resolve(WAITING),
    ...answers,
  });
  const app = createApp({
    causeway: {
      ...causeway,
      plan: unknown,
      request: unknown,
      startChange: unknown,
      async *watch() {
        yield await unknown();
      },
    },
    keys: apiKeys,
    limits,
    log: pino({}, { write: (line: string) => void logged.push(line) }),
    proxies: 0,
    readiness: () => Promise.resolve({ ok: true, checks: [] }),
    closing: new AbortController().signal,
    pages: pages({
      causeway,
      keys: apiKeys,
      limits,
      linkKeys: KEYS,
      endedSessions: {
        add: (id) => Promise.resolve(void ended.add(id)),
        has: (id) => Promise.resolve(ended.has(id)),
      },
      settings: { ...SETTINGS, ...settings },
    }),
  });
  const ask = (path: string, init: RequestInit): Promise<Response> =>
    Promise.resolve(app.request(path, init, {}));
  return {
    app,
    logged,
    calls,
    keys,
    linkOf: (generation = 1, ageMs = 0) => {
      const now = Date.now() - ageMs;
      const link = { organizationId: 'org-42', vpcId: VPC, generation, expiresAt: now + 7 * DAY_MS };
      return `/c/${signLink(link, KEYS, now)}`;
    },
    get: (path, headers = {}) => ask(path, { headers }),
    post: (path, fields, headers = {}) =>
      ask(path, {
        method: 'POST',
        body: new URLSearchParams(fields).toString(),
        headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
      }),
  };
}

/** The hidden field by which a form proves that it was on a page of ours. */
export function formIn(page: string): string {
  return /name="form"\s+value="([^"]+)"/.exec(page)?.[1] ?? '';
}
