/**
 * Whatever a fuzzer makes of the API's own description: some requests against the real parts, and many against the gateway
 * with a stand-in behind it, which says of one connection what the real parts said of theirs.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { CausewayError, type ConnectionKey, type PeeringStatus } from '../../client/index.js';
import type { PeeringPlan } from '../../contract/plan.js';
import { startServer, type RunningServer } from '../../gateway/server.js';
import type { Causeway } from '../../gateway/routes/parts.js';
import type { LocalGateway } from '../../local/gateway.js';
import { fakeGateway } from '../gateway/fake-gateway.js';
import { HANG_MS } from '../harness/fault-plan.js';
import { fuzz } from '../harness/fuzz.js';
import { startStackWorld, type StackCustomer, type StackWorld } from '../harness/stack.js';

const UNLIMITED = 1_000_000;

let world: StackWorld;
let gateway: LocalGateway;
let customer: StackCustomer;
let directory: string;
let servers: RunningServer[];

beforeAll(async () => {
  servers = [];
  [world, directory] = await Promise.all([startStackWorld(), mkdtemp(join(tmpdir(), 'causeway-fuzzing-'))]);
  gateway = await world.stack.startGateway({ env: { CAUSEWAY_REQUESTS_PER_MINUTE: String(UNLIMITED) } });
  customer = await world.newCustomer();
}, HANG_MS);
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await world.stop();
  await rm(directory, { recursive: true });
});

it(
  'finds no answer that the description does not allow, in 200 requests and more to the real parts',
  async () => {
    await requested();
    const { requests, complaints } = await fuzz({
      ...gateway,
      directory,
      connection: customer.request,
      examples: 30,
      phases: 'examples,fuzzing',
    });
    expect(complaints).toBe('');
    expect(requests).toBeGreaterThan(200);
    expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200);
  },
  HANG_MS,
);

it(
  'finds no answer that the description does not allow, in 2,000 requests and more to the gateway alone',
  async () => {
    const { organizationId, vpcId } = customer.request;
    const standIn = fakeGateway(
      saying({
        key: { organizationId, vpcId },
        status: await world.status(customer.provisionId),
        plan: await planned(),
      }),
      { requestsPerMinute: UNLIMITED, links: { keys: gateway.linkKeys, publicUrl: gateway.url } },
    );
    const server = await startServer(standIn.app, { host: '127.0.0.1', port: 0, proxies: 0 });
    servers.push(server);
    const url = `http://127.0.0.1:${server.port.toString()}`;
    const { requests, complaints } = await fuzz({
      url,
      apiKey: standIn.keys.all,
      directory,
      connection: customer.request,
      examples: 190,
      phases: 'examples,coverage,fuzzing',
    });
    expect(complaints).toBe('');
    expect(requests).toBeGreaterThan(2_000);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const asked = new Set(standIn.calls.map(({ name }) => name));
    expect([...asked].sort()).toEqual(
      expect.arrayContaining(['accept', 'listPage', 'plan', 'renewLink', 'request', 'startChange', 'status']),
    );
  },
  HANG_MS,
);

function post(path: string): Promise<Response> {
  return fetch(`${gateway.url}${path}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${gateway.apiKey}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(customer.request),
  });
}

async function requested(): Promise<void> {
  expect((await post('/v1/peerings')).status).toBe(202);
}

async function planned(): Promise<PeeringPlan> {
  return (await (await post('/v1/plans')).json()) as PeeringPlan;
}

/** One connection that there is, as the real one was; all orders to it are taken, and none is to anything else. */
function saying({
  key,
  status,
  plan,
}: {
  key: ConnectionKey;
  status: PeeringStatus;
  plan: PeeringPlan;
}): Partial<Causeway> {
  const known = <T>(asked: ConnectionKey, answer: T): Promise<T> =>
    asked.organizationId === key.organizationId && asked.vpcId === key.vpcId
      ? Promise.resolve(answer)
      : Promise.reject(new CausewayError('NotFound', 'not known'));
  const told = (asked: ConnectionKey): Promise<void> => known(asked, undefined);
  const run = { workflowId: 'w', runId: 'r' };
  const listed = {
    ...key,
    ...run,
    state: status.state,
    providerRegion: status.provider?.region ?? null,
    customerAccountId: customer.request.awsAccountId,
    peeringConnectionId: status.peeringConnectionId,
    startedAt: status.since,
  };
  return {
    accept: told,
    cancel: told,
    close: told,
    decline: told,
    startChange: told,
    renewLink: (asked) => known(asked, 1),
    status: (asked) => known(asked, status),
    plan: () => Promise.resolve(plan),
    request: () => Promise.resolve({ ...run, wasUnderWay: false, isAsRequested: true }),
    listPage: () => Promise.resolve({ peerings: [listed], nextPageToken: null }),
    async *watch(asked) {
      yield await known(asked, status);
    },
  };
}
