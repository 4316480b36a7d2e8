/** What somebody with one link, or with none, can use up: only what is theirs. */
import { describe, expect, it } from '@jest/globals';
import { fakePages, formIn, type FakePages } from './fake-pages.js';

const PLACE = '/connections/org-42/vpc-0a1b2c3d4e5f60718';

const forged = (pages: FakePages): string => `${pages.linkOf().slice(0, -4)}AAAA`;

async function statuses(times: number, ask: () => Promise<Response>): Promise<number[]> {
  const seen: number[] = [];
  for (let index = 0; index < times; index += 1) seen.push((await ask()).status);
  return seen;
}

describe('forged links', () => {
  it('are soon not looked at, while a genuine one from the same place opens, and a key signs in', async () => {
    const pages = fakePages();
    const seen = await statuses(25, () => pages.get(forged(pages)));
    expect(seen).toEqual([...Array<number>(20).fill(404), ...Array<number>(5).fill(429)]);
    expect((await pages.get(pages.linkOf())).status).toBe(200);
    expect((await pages.get('/sign-in')).status).toBe(200);
    expect((await pages.post('/sign-in', { key: pages.keys.all })).status).toBe(303);
    expect((await pages.post('/sign-in', { key: 'wrong' })).status).toBe(403);
  });
});

describe('visitors without a key or a link', () => {
  it('use up nothing of links, keys and sessions', async () => {
    const pages = fakePages({}, { requestsPerMinute: 3 });
    const signedIn = await pages.post('/sign-in', { key: pages.keys.all });
    const Cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    expect((await statuses(7, () => pages.get('/sign-in'))).at(-1)).toBe(429);
    expect((await pages.get(pages.linkOf())).status).toBe(200);
    expect((await pages.get('/', { Cookie })).status).toBe(200);
    expect((await pages.post('/sign-in', { key: pages.keys.reader })).status).toBe(303);
  });
});

describe('a link that is opened all the time', () => {
  it('uses up what is its own, not what the newest of the same connection has', async () => {
    const pages = fakePages({}, { requestsPerMinute: 3 });
    expect(await statuses(4, () => pages.get(pages.linkOf(2)))).toEqual([410, 410, 410, 429]);
    expect((await pages.get(pages.linkOf(1))).status).toBe(200);
  });
});

describe('what a customer says again and again', () => {
  it.each(['accepted', 'declined'] as const)(
    'is passed on a few times, and then heard already: %s',
    async (decision) => {
      const pages = fakePages();
      const link = pages.linkOf();
      const form = formIn(await (await pages.get(link)).text());
      const places: (string | null)[] = [];
      for (let index = 0; index < 30; index += 1)
        places.push((await pages.post(`${link}/${decision}`, { form })).headers.get('location'));
      expect(places.slice(0, 5)).toEqual(Array(5).fill(`${link}?told=${decision}`));
      expect(places.slice(5)).toEqual(Array(25).fill(`${link}?told=heard`));
      const order = decision === 'accepted' ? 'accept' : 'decline';
      expect(pages.calls.filter(({ name }) => name === order)).toHaveLength(5);
      // What is not passed on costs Temporal nothing at all.
      expect(pages.calls.filter(({ name }) => name === 'status')).toHaveLength(6);
      expect(await (await pages.get(`${link}?told=heard`)).text()).toContain('We have heard that already');
    },
  );

  it('does not keep the connection from hearing the other decision', async () => {
    const pages = fakePages();
    const link = pages.linkOf();
    const form = formIn(await (await pages.get(link)).text());
    for (let index = 0; index < 10; index += 1) await pages.post(`${link}/accepted`, { form });
    const response = await pages.post(`${link}/declined`, { form });
    expect(response.headers.get('location')).toBe(`${link}?told=declined`);
  });
});

describe('what an operator orders again and again', () => {
  it('is too much for the connection at some point', async () => {
    const pages = fakePages();
    const signedIn = await pages.post('/sign-in', { key: pages.keys.all });
    const headers = { Cookie: (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? '' };
    const form = formIn(await (await pages.get(`${PLACE}/link`, headers)).text());
    const seen = await statuses(21, () => pages.post(`${PLACE}/link`, { form }, headers));
    expect(seen).toEqual([...Array<number>(20).fill(200), 429]);
    expect((await pages.post(`${PLACE}/remind`, { form }, headers)).status).toBe(303);
  });
});
