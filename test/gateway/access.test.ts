import { describe, expect, it } from '@jest/globals';
import { example } from '../domain/request/request-arbitraries.js';
import { CONNECTION, fakeGateway, problemOf, statusIn, type Wanted } from './fake-gateway.js';

describe('who is let in', () => {
  it.each<[string, Wanted]>([
    ['no key', { key: null }],
    ['another key', { key: 'cwk_0123456789_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }],
    ['no key at all', { key: 'x' }],
    ['another way to authenticate', { key: null, headers: { Authorization: 'Basic YTpi' } }],
  ])('nobody with %s, whatever the path', async (_, wanted) => {
    for (const path of ['/v1/peerings', CONNECTION, '/v1/no-such-path']) {
      const { status, code, headers } = await problemOf(fakeGateway(), path, wanted);
      expect({ status, code }).toEqual({ status: 401, code: 'Unauthorized' });
      expect(headers.get('www-authenticate')).toMatch(/^Bearer realm="causeway"/);
    }
  });

  it('nobody with the id of a key and another secret', async () => {
    const gateway = fakeGateway();
    const [, id = ''] = gateway.keys.all.split('_');
    const forged = `cwk_${id}_${'A'.repeat(43)}`;
    expect(await problemOf(gateway, CONNECTION, { key: forged })).toMatchObject({ status: 401 });
  });

  it('a key that may only read, for nothing else', async () => {
    const gateway = fakeGateway({ status: () => Promise.resolve(statusIn('active')) });
    const { reader: key } = gateway.keys;
    expect((await gateway.ask(CONNECTION, { key })).status).toBe(200);
    const writes: [string, Wanted][] = [
      ['/v1/peerings', { body: example }],
      [CONNECTION, { method: 'DELETE' }],
      [CONNECTION, { method: 'PATCH', body: { access: [{ protocol: 'tcp' }] } }],
      [`${CONNECTION}/acceptance`, { body: { decision: 'accepted' } }],
      [`${CONNECTION}/retry`, { method: 'POST' }],
    ];
    for (const [path, wanted] of writes) {
      const { status, headers } = await problemOf(gateway, path, { ...wanted, key });
      expect(status).toBe(403);
      expect(headers.get('www-authenticate')).toContain('scope="peerings:write"');
    }
    expect(gateway.calls.map(({ name }) => name)).toEqual(['status']);
  });

  it('a key of one organization, to which all else is as if it were not there', async () => {
    const gateway = fakeGateway({ status: () => Promise.resolve(statusIn('active')) });
    const { bound: key } = gateway.keys;
    const unknown = await problemOf(gateway, '/v1/peerings/org-7/vpc-00000000x', { key });
    const foreign: [string, Wanted][] = [
      [CONNECTION, {}],
      [`${CONNECTION}/events`, {}],
      [CONNECTION, { method: 'DELETE' }],
      [CONNECTION, { method: 'PATCH', body: { access: [{ protocol: 'tcp' }] } }],
      [`${CONNECTION}/acceptance`, { body: { decision: 'declined' } }],
      [`${CONNECTION}/retry`, { method: 'POST' }],
      ['/v1/peerings', { body: example }],
      ['/v1/plans', { body: example }],
    ];
    for (const [path, wanted] of foreign) {
      const { status, code, detail } = await problemOf(gateway, path, { ...wanted, key });
      expect({ status, code, detail }).toEqual({ status: 404, code: unknown.code, detail: unknown.detail });
    }
    expect(gateway.calls).toEqual([]);
    expect((await gateway.ask('/v1/peerings/org-7/vpc-0a1b2c3d', { key })).status).toBe(200);
  });

  it('shows such a key only its own in the list', async () => {
    const gateway = fakeGateway({ listPage: () => Promise.resolve({ peerings: [], nextPageToken: null }) });
    const { bound: key } = gateway.keys;
    await gateway.ask('/v1/peerings', { key });
    expect(await (await gateway.ask('/v1/peerings?organizationId=org-42', { key })).json()).toEqual({
      peerings: [],
      nextCursor: null,
    });
    expect(gateway.calls).toEqual([{ name: 'listPage', args: [{ organizationIds: ['org-7'] }] }]);
  });

  it('nobody for a while who guesses keys, and whoever has one all the same', async () => {
    const gateway = fakeGateway();
    for (let guess = 0; guess < 20; guess += 1) await gateway.ask(CONNECTION, { key: `guess-${guess}` });
    const { status, headers } = await problemOf(gateway, CONNECTION, { key: 'guess-20' });
    expect(status).toBe(429);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await gateway.ask(CONNECTION)).status).toBe(404);
  });

  it('nobody too often, and each key as often as if it were the only one', async () => {
    const gateway = fakeGateway({}, { requestsPerMinute: 2 });
    for (const key of [gateway.keys.all, gateway.keys.reader]) {
      const statuses = [];
      for (let index = 0; index < 3; index += 1)
        statuses.push((await gateway.ask(CONNECTION, { key })).status);
      expect(statuses).toEqual([404, 404, 429]);
    }
    expect((await gateway.ask('/healthz')).status).toBe(200);
  });

  it('anybody with a key, however many without one have asked, and from where', async () => {
    const proxies = 1;
    const gateway = fakeGateway({}, { proxies, requestsPerMinute: 10 });
    const from = (address: number): Wanted => ({
      key: null,
      headers: { 'X-Forwarded-For': `192.0.2.${address}` },
    });
    for (let address = 0; address < 60; address += 1)
      for (let index = 0; index < 20; index += 1) await gateway.ask(CONNECTION, from(address));
    expect((await gateway.ask('/openapi.json', from(61))).status).toBe(429);
    expect((await gateway.ask(CONNECTION, { headers: from(0).headers ?? {} })).status).toBe(404);
  });
});

describe('whose address counts', () => {
  const limited = async (proxies: number, forwarded: (index: number) => string): Promise<number[]> => {
    const gateway = fakeGateway({}, { proxies, requestsPerMinute: 1 });
    const statuses: number[] = [];
    for (let index = 0; index < 3; index += 1) {
      const headers = { 'X-Forwarded-For': forwarded(index) };
      statuses.push((await gateway.ask('/openapi.json', { key: null, headers })).status);
    }
    return statuses;
  };

  it('is not what callers say', async () => {
    expect(await limited(0, (index) => `192.0.2.${index}`)).toEqual([200, 200, 429]);
    expect(await limited(1, (index) => `192.0.2.${index}, 198.51.100.1`)).toEqual([200, 200, 429]);
  });

  it('is what our own proxy saw, of IPv6 the network', async () => {
    expect(await limited(1, (index) => `192.0.2.${index}`)).toEqual([200, 200, 200]);
    expect(await limited(1, (index) => `2001:db8::${index}`)).toEqual([200, 200, 429]);
    expect(await limited(1, (index) => `2001:db8:0:${index}::1`)).toEqual([200, 200, 200]);
  });

  it('is told once to be that of a proxy, where none is expected', async () => {
    const warnings = async (proxies: number, headers: Record<string, string>): Promise<string[]> => {
      const gateway = fakeGateway({}, { proxies });
      for (let index = 0; index < 3; index += 1) await gateway.ask('/healthz', { headers });
      return gateway.logged.filter((line) => line.includes('CAUSEWAY_PROXIES'));
    };
    expect(await warnings(0, { 'X-Forwarded-For': '192.0.2.1' })).toHaveLength(1);
    expect(await warnings(0, {})).toEqual([]);
    expect(await warnings(1, { 'X-Forwarded-For': '192.0.2.1' })).toEqual([]);
  });
});
