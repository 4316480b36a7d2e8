/** What a page of somebody else can make its visitor's browser do here. */
import { describe, expect, it } from '@jest/globals';
import { fakePages, formIn, type FakePages } from './fake-pages.js';

type Headers = Readonly<Record<string, string>>;

const IMAGE: Headers = {
  'Sec-Fetch-Site': 'cross-site',
  'Sec-Fetch-Mode': 'no-cors',
  'Sec-Fetch-Dest': 'image',
};
const FOLLOWED: Headers = {
  'Sec-Fetch-Site': 'cross-site',
  'Sec-Fetch-Mode': 'navigate',
  'Sec-Fetch-Dest': 'document',
};
const OWN: Headers = { Origin: 'https://peering.example.com' };

async function operator(pages: FakePages): Promise<Headers> {
  const response = await pages.post('/sign-in', { key: pages.keys.all });
  return { Cookie: (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '' };
}

describe('a request of another site', () => {
  it.each<[string, Headers]>([
    ['an image', IMAGE],
    ['a frame', { ...FOLLOWED, 'Sec-Fetch-Dest': 'iframe' }],
    ['a script of a neighbour', { ...IMAGE, 'Sec-Fetch-Site': 'same-site', 'Sec-Fetch-Dest': 'script' }],
  ])('is refused and costs nothing: %s', async (_, headers) => {
    const pages = fakePages({}, { requestsPerMinute: 1 });
    const link = pages.linkOf();
    for (let index = 0; index < 30; index += 1) {
      for (const path of [link, `${link.slice(0, -4)}AAAA`, '/sign-in', '/'])
        expect((await pages.get(path, headers)).status).toBe(403);
    }
    expect(pages.calls).toEqual([]);
    expect((await pages.get('/sign-in')).status).toBe(200);
    expect((await pages.get(link)).status).toBe(200);
  });

  it('by which somebody follows a link is answered, and costs none of what the visitor has', async () => {
    const pages = fakePages({}, { requestsPerMinute: 1 });
    expect((await pages.get(pages.linkOf(), FOLLOWED)).status).toBe(200);
    const statuses = [];
    for (let index = 0; index < 3; index += 1) statuses.push((await pages.get('/sign-in', FOLLOWED)).status);
    expect(statuses).toEqual([200, 200, 429]);
    expect((await pages.get('/sign-in')).status).toBe(200);
  });
});

describe('a form of another site', () => {
  const FOREIGN: [string, Headers][] = [
    ['whose browser says so', { 'Sec-Fetch-Site': 'cross-site' }],
    ['of the same owner', { 'Sec-Fetch-Site': 'same-site' }],
    ['whose origin is another', { Origin: 'https://evil.example' }],
    ['whose origin only begins like ours', { Origin: 'https://peering.example.com.evil.example' }],
    ['whose origin is nothing', { Origin: 'null' }],
    ['whose origin is no address', { Origin: 'peering.example.com' }],
    [
      'whose browser and origin do not agree',
      { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'same-origin' },
    ],
  ];

  it.each(FOREIGN)('signs nobody in, decides nothing and orders nothing: one %s', async (_, headers) => {
    const pages = fakePages();
    const signIn = await pages.post('/sign-in', { key: pages.keys.all }, headers);
    expect([signIn.status, signIn.headers.get('set-cookie')]).toEqual([403, null]);

    const link = pages.linkOf();
    const form = formIn(await (await pages.get(link)).text());
    const cookie = await operator(pages);
    const place = '/connections/org-42/vpc-0a1b2c3d4e5f60718/cancel';
    const proof = formIn(await (await pages.get(place, cookie)).text());
    const before = pages.calls.length;
    for (const [path, fields, more] of [
      [`${link}/accepted`, { form }, {}],
      [`${link}/declined`, { form }, {}],
      [place, { form: proof }, cookie],
      ['/sign-out', { form: proof }, cookie],
    ] as const)
      expect((await pages.post(path, fields, { ...headers, ...more })).status).toBe(403);
    expect(pages.calls).toHaveLength(before);
    expect((await pages.get('/', cookie)).status).toBe(200);
  });

  it.each<[string, Headers]>([
    ['the address that people know', OWN],
    ['the address that was asked', { Origin: 'https://10.0.0.7:3000', Host: '10.0.0.7:3000' }],
    ['a page that sends no referrer', { Origin: 'null', 'Sec-Fetch-Site': 'same-origin' }],
    ['no browser', {}],
  ])('is none that comes from %s', async (_, headers) => {
    const pages = fakePages();
    expect((await pages.post('/sign-in', { key: pages.keys.all }, headers)).status).toBe(303);
  });
});
