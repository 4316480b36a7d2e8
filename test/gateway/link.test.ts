import { describe, expect, it } from '@jest/globals';
import { openLink } from '../../client/links/customer-link.js';
import { CONNECTION, fakeGateway, problemOf } from './fake-gateway.js';
import { KEYS } from './pages/fake-pages.js';

const LINKS = { keys: KEYS, publicUrl: 'https://peering.example.com' };

describe('making a link by the API', () => {
  it('revokes the earlier ones and answers with one that opens this connection', async () => {
    const gateway = fakeGateway({ renewLink: () => Promise.resolve(7) }, { links: LINKS });
    const response = await gateway.ask(`${CONNECTION}/link`, { method: 'POST' });
    expect(response.status).toBe(201);
    const { url } = (await response.json()) as { url: string };
    const token = url.slice('https://peering.example.com/c/'.length);
    expect(openLink(token, KEYS, Date.now())).toMatchObject({
      ok: true,
      link: { organizationId: 'org-42', generation: 7 },
    });
    expect(gateway.logged.join('')).not.toContain(token);
  });

  it('is not for a key that reads, nor for one of another organization, nor without keys to sign with', async () => {
    const gateway = fakeGateway({}, { links: LINKS });
    const refused = async (key: string): Promise<number> =>
      (await problemOf(gateway, `${CONNECTION}/link`, { method: 'POST', key })).status;
    expect(await refused(gateway.keys.reader)).toBe(403);
    expect(await refused(gateway.keys.bound)).toBe(404);
    expect(gateway.calls).toEqual([]);
    const none = fakeGateway({ renewLink: () => Promise.resolve(7) });
    expect(await problemOf(none, `${CONNECTION}/link`, { method: 'POST' })).toMatchObject({
      status: 503,
      code: 'ConfigurationInvalid',
    });
    expect(none.calls).toEqual([]);
  });
});
