import { describe, expect, it } from '@jest/globals';
import { CausewayError, type ClientErrorCode } from '../../client/index.js';
import { FAILURE_CODES } from '../../domain/failures.js';
import { PROBLEM_STATUS } from '../../gateway/problems/catalogue.js';
import { example } from '../domain/request/request-arbitraries.js';
import { CONNECTION, fakeGateway, problemOf, statusIn, type Wanted } from './fake-gateway.js';

const started = { workflowId: 'w', runId: 'r', wasUnderWay: false, isAsRequested: true };

describe('a request', () => {
  it('is answered with 202 and its place, and says in the history who made it', async () => {
    const gateway = fakeGateway({ request: () => Promise.resolve(started) });
    const headers = { 'X-Request-Id': 'order-4711' };
    const response = await gateway.ask('/v1/peerings', { body: example, headers });
    expect(response.status).toBe(202);
    expect(response.headers.get('location')).toBe(CONNECTION);
    expect(response.headers.get('x-request-id')).toBe('order-4711');
    const [, id = ''] = gateway.keys.all.split('_');
    expect(gateway.calls).toEqual([
      { name: 'request', args: [example, { by: `key ${id}, request order-4711` }] },
    ]);
  });

  it('is refused with every wrong field before anybody is asked', async () => {
    const gateway = fakeGateway();
    const body = { ...example, awsAccountId: '1', subnetCidrs: ['10.0.0.1/16', '172.31.0.0/20'], extra: 1 };
    const { status, code, fields } = await problemOf(gateway, '/v1/peerings', { body });
    expect({ status, code }).toEqual({ status: 400, code: 'InvalidRequest' });
    expect(fields).toEqual(['awsAccountId', 'subnetCidrs[0]', 'extra']);
    expect(gateway.calls).toEqual([]);
  });

  it('conflicts with another body while one is under way', async () => {
    const request = (): Promise<typeof started> =>
      Promise.resolve({ ...started, wasUnderWay: true, isAsRequested: false });
    const answer = await problemOf(fakeGateway({ request }), '/v1/peerings', { body: example });
    expect(answer).toMatchObject({ status: 409, code: 'RequestConflict' });
  });

  it('has a mark that is bound to its key, and to its body', async () => {
    const request = (): Promise<typeof started> => Promise.resolve({ ...started, isAsRequested: false });
    const gateway = fakeGateway({ request });
    const headers = { 'Idempotency-Key': 'order-4711' };
    const answer = await problemOf(gateway, '/v1/peerings', { body: example, headers });
    expect(answer).toMatchObject({ status: 422, code: 'IdempotencyKeyReused' });
    await gateway.ask('/v1/peerings', {
      key: gateway.keys.bound,
      body: { ...example, organizationId: 'org-7' },
      headers,
    });
    const marks = gateway.calls.map(({ args: [, origin] }) => JSON.stringify(origin));
    expect(new Set(marks.map((mark) => /"once":"(\w{64})"/.exec(mark)?.[1])).size).toBe(2);
    expect(marks.join()).not.toContain('order-4711"');
    const wrong = { body: example, headers: { 'Idempotency-Key': 'with space' } };
    expect(await problemOf(gateway, '/v1/peerings', wrong)).toMatchObject({ status: 400 });
  });
});

describe('an order', () => {
  const taken = (): Promise<void> => Promise.resolve();
  const refusing = (code: ClientErrorCode) => (): Promise<never> =>
    Promise.reject(new CausewayError(code, 'run `causeway status`'));

  it.each<[string, Parameters<typeof fakeGateway>[0], number, string | undefined]>([
    ['closes a living connection', { close: taken }, 202, 'close'],
    ['cancels a request that is under way', { close: refusing('NotInState'), cancel: taken }, 202, 'cancel'],
    [
      'is answered with the end of what is over',
      {
        close: refusing('NotInState'),
        cancel: refusing('NotInState'),
        status: () => Promise.resolve(statusIn('released')),
      },
      200,
      undefined,
    ],
    ['finds nothing', {}, 404, undefined],
  ])('to delete %s', async (...[, answers, status, told]) => {
    const response = await fakeGateway(answers).ask(CONNECTION, { method: 'DELETE' });
    expect(response.status).toBe(status);
    expect(((await response.json()) as { told?: string }).told).toBe(told);
  });

  it('to delete closes what became a connection between two questions', async () => {
    let closes = 0;
    const gateway = fakeGateway({
      close: () => {
        closes += 1;
        return closes === 1 ? refusing('NotInState')() : taken();
      },
      cancel: refusing('AlreadyConnected'),
    });
    const response = await gateway.ask(CONNECTION, { method: 'DELETE' });
    expect(await response.json()).toMatchObject({ told: 'close' });
  });

  it('to change says who changes, and takes no word on that from others', async () => {
    const gateway = fakeGateway({ startChange: taken });
    const change = { access: [{ protocol: 'tcp', ports: [443] }] };
    const response = await gateway.ask(CONNECTION, { method: 'PATCH', body: change });
    expect(response.status).toBe(202);
    expect(gateway.calls[0]?.args[1]).toMatchObject({
      ...change,
      by: expect.stringMatching(/^key \w+, request /),
    });
    for (const body of [{ ...change, by: 'me' }, {}, { region: 'eu-west-1' }, { access: [] }, []]) {
      expect(await problemOf(gateway, CONNECTION, { method: 'PATCH', body })).toMatchObject({ status: 400 });
    }
  });

  it('to decide has two choices', async () => {
    const gateway = fakeGateway({ accept: taken, decline: taken });
    const path = `${CONNECTION}/acceptance`;
    expect((await gateway.ask(path, { body: { decision: 'accepted' } })).status).toBe(202);
    expect((await gateway.ask(path, { body: { decision: 'declined', reason: 'no' } })).status).toBe(202);
    expect(gateway.calls.map(({ name }) => name)).toEqual(['accept', 'decline']);
    const avoidCidrs = ['10.0.0.0/8', '192.168.7.9/32'];
    expect((await gateway.ask(path, { body: { decision: 'declined', avoidCidrs } })).status).toBe(202);
    expect(gateway.calls.at(-1)).toMatchObject({ name: 'decline', args: [{}, { avoidCidrs }] });
    const wrong = { decision: 'declined', avoidCidrs: ['10.0.0.0/8', '10.0.0.1/8'] };
    expect(await problemOf(gateway, path, { body: wrong })).toMatchObject({
      ...{ fields: ['avoidCidrs[1]'], detail: expect.stringContaining('10.0.0.1/8 has host bits') },
    });
    for (const body of [
      ...[{}, { decision: 'maybe' }, { decision: 'accepted', more: 1 }, null, 7],
      ...[wrong, { decision: 'accepted', avoidCidrs }, { decision: 'declined', avoidCidrs: '10.0.0.0/8' }],
    ])
      expect(await problemOf(gateway, path, { body })).toMatchObject({ status: 400, code: 'InvalidRequest' });
  });

  it('to decide is passed on a few times a minute, whoever gives it, and then was heard already', async () => {
    const gateway = fakeGateway({ accept: taken, decline: taken });
    const path = `${CONNECTION}/acceptance`;
    const heard = async (decision: string): Promise<unknown> => {
      const response = await gateway.ask(path, { body: { decision } });
      expect(response.status).toBe(202);
      return ((await response.json()) as { heardAlready: unknown }).heardAlready;
    };
    const all: unknown[] = [];
    for (let index = 0; index < 8; index += 1) all.push(await heard('accepted'));
    expect(all).toEqual([false, false, false, false, false, true, true, true]);
    expect(await heard('declined')).toBe(false);
    expect(gateway.calls.map(({ name }) => name)).toEqual([...Array<string>(5).fill('accept'), 'decline']);
  });

  it('to try at once is taken, says who gives it, and is refused where nothing is parked', async () => {
    const path = `${CONNECTION}/retry`;
    const gateway = fakeGateway({ retry: taken });
    const response = await gateway.ask(path, { method: 'POST' });
    expect(response.status).toBe(202);
    expect(await response.json()).toEqual({
      organizationId: 'org-42',
      vpcId: example.vpcId,
      told: 'retry',
    });
    expect(gateway.calls).toEqual([
      {
        name: 'retry',
        args: [
          { organizationId: 'org-42', vpcId: example.vpcId },
          expect.stringMatching(/^key \w+, request /),
        ],
      },
    ]);
    const refused = await problemOf(fakeGateway({ retry: refusing('NotInState') }), path, { method: 'POST' });
    expect(refused).toMatchObject({ status: 409, code: 'NotInState' });
    const unknown = await problemOf(fakeGateway(), path, { method: 'POST' });
    expect(unknown).toMatchObject({ status: 404, code: 'NotFound' });
  });

  it('to try at once is taken so often a minute', async () => {
    const gateway = fakeGateway({ retry: taken });
    const order = { method: 'POST' };
    for (let index = 0; index < 20; index += 1)
      expect((await gateway.ask(`${CONNECTION}/retry`, order)).status).toBe(202);
    expect((await problemOf(gateway, `${CONNECTION}/retry`, order)).status).toBe(429);
    expect(gateway.calls).toHaveLength(20);
  });

  it('to change is taken so often a minute, and is not taken from what other connections have', async () => {
    const gateway = fakeGateway({ startChange: taken });
    const change = { method: 'PATCH', body: { access: [{ protocol: 'tcp' }] } };
    for (let index = 0; index < 20; index += 1)
      expect((await gateway.ask(CONNECTION, change)).status).toBe(202);
    const { status, headers } = await problemOf(gateway, CONNECTION, change);
    expect([status, headers.has('retry-after')]).toEqual([429, true]);
    expect((await gateway.ask('/v1/peerings/org-42/vpc-00000000', change)).status).toBe(202);
  });

  it.each([...FAILURE_CODES, 'NotFound', 'NotInState', 'Unreachable', 'NoWorker'] as const)(
    'that fails with %s is answered by the table, without advice for a terminal',
    async (code) => {
      const gateway = fakeGateway({ accept: refusing(code) });
      const answer = await problemOf(gateway, `${CONNECTION}/acceptance`, { body: { decision: 'accepted' } });
      expect(answer).toMatchObject({ status: PROBLEM_STATUS[code], code });
      expect(answer.detail).not.toContain('causeway status');
      expect(answer.headers.has('retry-after')).toBe(answer.status === 503);
    },
  );

  it('that no worker answers, because Temporal is not there, says so', async () => {
    const readiness = (): Promise<{ ok: boolean; checks: [] }> => Promise.resolve({ ok: false, checks: [] });
    const gateway = fakeGateway({ status: refusing('NoWorker') }, { readiness });
    expect(await problemOf(gateway, CONNECTION)).toMatchObject({ status: 503, code: 'Unreachable' });
  });

  it('is not expected to be taken where the worker is missing', async () => {
    const checks = [
      { name: 'namespace' as const, ok: true },
      { name: 'worker' as const, ok: false },
    ];
    const gateway = fakeGateway({}, { readiness: () => Promise.resolve({ ok: false, checks }) });
    const answer = await problemOf(gateway, '/readyz', { key: null });
    expect(answer).toMatchObject({ status: 503, code: 'NoWorker', fields: ['worker'] });
    expect((await gateway.ask('/healthz', { key: null })).status).toBe(200);
  });
});

describe('what is no request of this API', () => {
  it.each<[string, string, Wanted, number, string]>([
    ['a path that there is not', '/v1/nothing', {}, 404, 'NotFound'],
    ['a path that could be no connection', '/v1/peerings/org-42/vpc-xyz', {}, 404, 'NotFound'],
    ['a path with tricks', '/v1/peerings/..%2f..%2fetc/vpc-0a1b2c3d', {}, 404, 'NotFound'],
    ['another method', '/v1/peerings', { method: 'PUT', body: {} }, 405, 'MethodNotAllowed'],
    ['broken JSON', '/v1/peerings', { body: '{"customerName":' }, 400, 'BadRequest'],
    ['no body', '/v1/peerings', { method: 'POST' }, 400, 'InvalidRequest'],
    ['a list', '/v1/peerings', { body: [] }, 400, 'InvalidRequest'],
    [
      'deep nesting',
      '/v1/peerings',
      { body: `${'['.repeat(8_000)}${']'.repeat(8_000)}` },
      400,
      'InvalidRequest',
    ],
    ['17 KB', '/v1/peerings', { body: 'x'.repeat(17 * 1024) }, 413, 'PayloadTooLarge'],
    [
      'a form',
      '/v1/peerings',
      { body: 'a=b', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } },
      415,
      'UnsupportedMediaType',
    ],
    ['an unknown parameter', '/v1/peerings?stat=active', {}, 400, 'InvalidRequest'],
    ['an unknown state', '/v1/peerings?state=up', {}, 400, 'InvalidRequest'],
    ['too large a page', '/v1/peerings?limit=101', {}, 400, 'InvalidRequest'],
    ['a parameter twice', '/v1/peerings?limit=1&limit=2', {}, 400, 'InvalidRequest'],
  ])('%s is a problem', async (...[, path, wanted, status, code]) => {
    const gateway = fakeGateway();
    expect(await problemOf(gateway, path, wanted)).toMatchObject({ status, code });
    expect(gateway.calls).toEqual([]);
  });

  it('says by Allow which methods there are', async () => {
    const { headers } = await problemOf(fakeGateway(), CONNECTION, { method: 'POST', body: {} });
    expect(headers.get('allow')?.split(', ').sort()).toEqual(['DELETE', 'GET', 'HEAD', 'PATCH']);
  });

  it('is never quoted as a field by the thousand', async () => {
    const body = Object.fromEntries(Array.from({ length: 1_500 }, (_, index) => [`f${index}`, 1]));
    const { detail, fields } = await problemOf(fakeGateway(), '/v1/peerings', { body });
    expect(fields.length).toBeLessThanOrEqual(100);
    expect(detail.length).toBeLessThan(5_000);
  });
});

describe('every answer', () => {
  const paths: [string, Wanted][] = [
    ['/healthz', {}],
    ['/openapi.json', {}],
    ['/nothing', {}],
    [CONNECTION, { key: null }],
    [CONNECTION, {}],
    [CONNECTION, { method: 'PUT', body: {} }],
    ['/v1/peerings', { body: '{' }],
  ];

  it('has the headers that keep browsers from doing anything with it', async () => {
    for (const [path, wanted] of paths) {
      const { headers } = await fakeGateway().ask(path, wanted);
      expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; frame-ancestors 'none'/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('strict-transport-security')).toMatch(/^max-age=\d{8}/);
    }
  });

  it('has an id: the caller’s where it is a plain one, else a new one', async () => {
    for (const given of ['a b', 'x'.repeat(65), 'a;b', '<b>']) {
      const { headers } = await fakeGateway().ask('/healthz', { headers: { 'X-Request-Id': given } });
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it('is logged in one line, without keys, bodies or the path', async () => {
    const gateway = fakeGateway({ status: () => Promise.reject(new Error('secret-cause')) });
    for (const [path, wanted] of paths) await gateway.ask(path, wanted);
    const { keys, logged } = gateway;
    await gateway.ask('/c/customers-token-in-the-path', { headers: { Cookie: 'cookie-value' } });
    const lines = logged.map((line) => JSON.parse(line) as { msg: string; route: string | null });
    expect(lines.filter(({ msg }) => msg === 'request')).toHaveLength(paths.length + 1);
    expect(lines.map(({ route }) => route)).toContain('/v1/peerings/:org/:vpc');
    const secrets = [keys.all, keys.all.slice(-43), 'customers-token', 'cookie-value', 'org-42'];
    for (const secret of secrets) expect(logged.join('')).not.toContain(secret);
  });

  it('is a 500 only for what nobody foresaw, which is logged and not told', async () => {
    const gateway = fakeGateway({ status: () => Promise.reject(new Error('secret-cause')) });
    const { status, code, detail } = await problemOf(gateway, CONNECTION);
    expect({ status, code, detail }).toEqual({
      status: 500,
      code: 'InternalError',
      detail: 'report it with the request id',
    });
    expect(gateway.logged.join('')).toContain('secret-cause');
  });
});
