/** Every route on the real parts, from a connection's request to its end. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { REQUESTED_BY_MEMO } from '../../contract/names.js';
import { newApiKey } from '../../gateway/keys/api-keys.js';
import type { LocalGateway } from '../../local/gateway.js';
import { PROVIDER_ACCOUNT } from '../../local/accounts.js';
import { leftOf, startStackWorld, type StackCustomer, type StackWorld } from '../harness/stack.js';
import { until } from '../harness/until.js';
import { undescribed, type DescribedName } from './described.js';

let world: StackWorld;
let gateway: LocalGateway;
const BOUND = newApiKey();

beforeAll(async () => {
  world = await startStackWorld({ withWorker: false });
  const { id, sha256 } = BOUND;
  gateway = await world.stack.startGateway({
    apiKeys: [{ id, sha256, name: 'bound', scopes: ['peerings:read'], organizations: ['org-nobody'] }],
    env: { CAUSEWAY_REQUESTS_PER_MINUTE: '1000000' },
  });
});
afterAll(() => world.stop());

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

async function ask(
  path: string,
  { method, body, key = gateway.apiKey, headers = {} }: Asked = {},
): Promise<Answer> {
  const response = await fetch(gateway.url + path, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      Authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const json = (await response.json()) as Record<string, unknown>;
  return { status: response.status, headers: response.headers, body: json };
}

interface Asked {
  method?: string;
  body?: unknown;
  key?: string;
  headers?: Record<string, string>;
}

function expectShape(name: DescribedName, value: unknown): void {
  expect(undescribed(name, value)).toBeNull();
}

const pathOf = ({ request }: StackCustomer): string =>
  `/v1/peerings/${request.organizationId}/${request.vpcId}`;

async function untilState(customer: StackCustomer, state: string): Promise<Record<string, unknown>> {
  return until(`${customer.connection} is ${state}`, async () => {
    const { body } = await ask(pathOf(customer));
    return body['state'] === state ? body : undefined;
  });
}

/** The events of a connection as they come, up to the one that is wanted. */
async function eventsUntil(customer: StackCustomer, isLast: (text: string) => boolean): Promise<string> {
  const stop = new AbortController();
  const response = await fetch(`${gateway.url}${pathOf(customer)}/events`, {
    headers: { Authorization: `Bearer ${gateway.apiKey}` },
    signal: AbortSignal.any([stop.signal, AbortSignal.timeout(45_000)]),
  });
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
  let text = '';
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  while (!isLast(text)) {
    const { done, value } = (await reader?.read()) ?? { done: true };
    if (done) break;
    text += value;
  }
  stop.abort();
  return text;
}

describe('before there is a worker', () => {
  it('the gateway is alive, and not ready', async () => {
    expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200);
    const { status, body } = await ask('/readyz');
    expect({ status, code: body['code'] }).toEqual({ status: 503, code: 'NoWorker' });
    expectShape('Problem', body);
  });

  it('a request is taken all the same, for it waits in Temporal', async () => {
    const customer = await world.newCustomer();
    const { status, headers } = await ask('/v1/peerings', { body: customer.request });
    expect(status).toBe(202);
    expect(headers.get('location')).toBe(pathOf(customer));
    await until('it is listed', async () => {
      const { body } = await ask('/v1/peerings?state=planning');
      return JSON.stringify(body).includes(customer.request.vpcId) ? true : undefined;
    });
  });
});

describe('a connection over HTTP', () => {
  let customer: StackCustomer;
  beforeAll(async () => {
    await world.startWorker();
    customer = await world.newCustomer();
    await until('the gateway is ready', async () =>
      (await ask('/readyz')).status === 200 ? true : undefined,
    );
  });

  it('is planned, and refused with the reasons of the worker too', async () => {
    const plan = await ask('/v1/plans', { body: customer.request });
    expect(plan.status).toBe(200);
    expectShape('PeeringPlan', plan.body);
    expect(plan.body).toMatchObject({ providerRegion: 'eu-west-1', providerCidr: '10.200.0.0/25' });
    const own = await ask('/v1/plans', { body: { ...customer.request, awsAccountId: PROVIDER_ACCOUNT } });
    expect(own).toMatchObject({ status: 400, body: { code: 'InvalidRequest' } });
    expect(own.body['detail']).toContain("awsAccountId: is the provider's own account");
  });

  it('is not known at first', async () => {
    for (const [path, asked] of [
      ['', {}],
      ['/events', {}],
      ['', { method: 'DELETE' }],
      ['', { method: 'PATCH', body: { access: [{ protocol: 'tcp' }] } }],
      ['/acceptance', { body: { decision: 'accepted' } }],
    ] as [string, Asked][]) {
      const { status, body } = await ask(pathOf(customer) + path, asked);
      expect({ status, code: body['code'] }).toEqual({ status: 404, code: 'NotFound' });
    }
  });

  it('is requested once, however often, and by one body', async () => {
    const headers = { 'Idempotency-Key': randomUUID(), 'X-Request-Id': 'order-4711' };
    const all = await Promise.all(
      [1, 2, 3].map(() => ask('/v1/peerings', { body: customer.request, headers })),
    );
    expect(all.map(({ status }) => status)).toEqual([202, 202, 202]);
    expect(new Set(all.map(({ body }) => body['runId'])).size).toBe(1);
    const meansTheSame = { ...customer.request, dnsResolution: true, providerCidr: null };
    expect((await ask('/v1/peerings', { body: meansTheSame })).status).toBe(202);
    const other = await ask('/v1/peerings', { body: { ...customer.request, customerName: 'Other' } });
    expect(other).toMatchObject({ status: 409, body: { code: 'RequestConflict' } });
    const { memo } = await world.client.workflow.getHandle(customer.provisionId).describe();
    expect(memo?.[REQUESTED_BY_MEMO]).toMatch(/^key \w+, request order-4711$/);
  });

  it('of two bodies at the same time has only one', async () => {
    const raced = await world.newCustomer();
    const bodies = ['A', 'B', 'C', 'D'].map((customerName) => ({ ...raced.request, customerName }));
    const answers = await Promise.all(bodies.map((body) => ask('/v1/peerings', { body })));
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409, 409, 409]);
    await ask(pathOf(raced), { method: 'DELETE' });
  });

  it('is nothing to a key of another organization', async () => {
    const { key } = BOUND;
    expect(await ask(pathOf(customer), { key })).toMatchObject({ status: 404, body: { code: 'NotFound' } });
    expect((await ask('/v1/peerings', { key })).body).toEqual({ peerings: [], nextCursor: null });
    const order = await ask(pathOf(customer), { method: 'DELETE', key });
    expect(order.status).toBe(403);
  });

  it('waits for its customer, who cannot be spoken for', async () => {
    const waiting = await untilState(customer, 'awaiting-acceptance');
    expectShape('PeeringStatus', waiting);
    const path = `${pathOf(customer)}/acceptance`;
    expect((await ask(path, { body: { decision: 'accepted' } })).status).toBe(202);
    await until('the claim is answered', async () => {
      const text = JSON.stringify((await ask(pathOf(customer))).body);
      return /\\"key \w+, request [\w-]{36}\\" says the request is accepted.*not accepted/.test(text)
        ? true
        : undefined;
    });
    const change = { method: 'PATCH', body: { access: [{ protocol: 'tcp' }] } };
    expect(await ask(pathOf(customer), change)).toMatchObject({ status: 409, body: { code: 'NotInState' } });
  });

  it('is seen to become active by whoever listens, once the customer accepts in AWS', async () => {
    const { body } = await ask(pathOf(customer));
    const listening = eventsUntil(customer, (text) => text.includes('"state":"active"'));
    await customer.aws.accept(String(body['peeringConnectionId']));
    const events = await listening;
    expect(events).toMatch(/^event: status\ndata: \{"state":"awaiting-acceptance"/);
    for (const [, data = ''] of events.matchAll(/^data: (\{.*\})$/gm))
      expectShape('PeeringStatus', JSON.parse(data));
    // Until it has handed over, a request that is repeated joins it.
    await world.client.workflow.getHandle(customer.provisionId).result();
    const again = await ask('/v1/peerings', { body: customer.request });
    expect(again).toMatchObject({ status: 409, body: { code: 'AlreadyConnected' } });
    const decision = await ask(`${pathOf(customer)}/acceptance`, { body: { decision: 'declined' } });
    expect(decision).toMatchObject({ status: 409, body: { code: 'AlreadyConnected' } });
  });

  it('is changed, and not by a change that cannot be', async () => {
    const subnetCidrs = ['172.31.64.0/20'];
    expect((await ask(pathOf(customer), { method: 'PATCH', body: { subnetCidrs } })).status).toBe(202);
    await until('the change is there', async () => {
      const { body } = await ask(pathOf(customer));
      return JSON.stringify(body['customer']).includes('172.31.64.0/20') ? true : undefined;
    });
    await untilState(customer, 'active');
    const overlapping = { method: 'PATCH', body: { subnetCidrs: ['10.200.0.0/25'] } };
    expect(await ask(pathOf(customer), overlapping)).toMatchObject({
      status: 400,
      body: { code: 'InvalidRequest' },
    });
  });

  it('is on one page of the list', async () => {
    const seen: unknown[] = [];
    let cursor: unknown = null;
    do {
      const { body } = await ask(
        `/v1/peerings?limit=1${typeof cursor === 'string' ? `&cursor=${cursor}` : ''}`,
      );
      expectShape('PeeringPage', body);
      seen.push(...(body['peerings'] as { vpcId: unknown }[]).map(({ vpcId }) => vpcId));
      cursor = body['nextCursor'];
    } while (cursor !== null);
    expect(seen.filter((vpcId) => vpcId === customer.request.vpcId)).toHaveLength(1);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('is taken down, and then is over', async () => {
    const ending = eventsUntil(customer, (text) => text.includes('event: end'));
    expect(await ask(pathOf(customer), { method: 'DELETE' })).toMatchObject({
      status: 202,
      body: { told: 'close' },
    });
    expect(await ending).toMatch(/"state":"released"[^]*event: end/);
    // Its workflow ends a moment after the status says so.
    const released = await until('it is over', async () => {
      const answer = await ask(pathOf(customer), { method: 'DELETE' });
      return answer.status === 200 ? answer : undefined;
    });
    expect(released.body).toMatchObject({ state: 'released' });
    expect(JSON.stringify(released.body)).toMatch(/closed by \\"key \w+, request /);
    expect(await leftOf(world, customer)).toEqual([]);
  });
});
