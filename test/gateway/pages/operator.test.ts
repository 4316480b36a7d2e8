import { describe, expect, it } from '@jest/globals';
import { CausewayError } from '../../../client/index.js';
import { fakePages, formIn, WAITING, type FakePages } from './fake-pages.js';

const PLACE = '/connections/org-42/vpc-0a1b2c3d4e5f60718';
const LISTED = {
  organizationId: 'org-42',
  vpcId: 'vpc-0a1b2c3d4e5f60718',
  state: 'awaiting-acceptance' as const,
  providerRegion: 'eu-west-1',
  customerAccountId: '444455556666',
  peeringConnectionId: 'pcx-0123456789abcdef0',
  workflowId: 'provision-peering/org-42/vpc-0a1b2c3d4e5f60718',
  runId: 'run-1',
  startedAt: WAITING.since,
};

async function cookieFor(pages: FakePages, key: string): Promise<string> {
  const response = await pages.post('/sign-in', { key });
  expect(response.status).toBe(303);
  return response.headers.get('set-cookie') ?? '';
}

async function signedIn(pages: FakePages, key = pages.keys.all): Promise<Record<string, string>> {
  return { Cookie: (await cookieFor(pages, key)).split(';')[0] ?? '' };
}

const told = (pages: FakePages): string[] =>
  pages.calls
    .map(({ name }) => name)
    .filter((name) => ['retry', 'remind', 'cancel', 'close', 'renewLink'].includes(name));

describe('signing in', () => {
  it('gives a cookie that no script reads, no other site sends, and no plain line carries', async () => {
    const pages = fakePages();
    const given = await cookieFor(pages, pages.keys.all);
    expect(given).toMatch(/^__Host-causeway=/);
    for (const part of ['HttpOnly', 'Secure', 'SameSite=Strict', 'Path=/', 'Max-Age=28800'])
      expect(given).toContain(part);
    const [, secret = ''] = /^cwk_[a-z0-9]+_(.+)$/.exec(pages.keys.all) ?? [];
    expect(given).not.toContain(secret);
  });

  it.each(['', 'cwk_0123456789_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', "' OR 1=1 --"])(
    'is refused with %j',
    async (key) => {
      const response = await fakePages().post('/sign-in', { key });
      expect(response.status).toBe(403);
      expect(response.headers.get('set-cookie')).toBeNull();
    },
  );

  it('is refused from another site', async () => {
    const pages = fakePages();
    const response = await pages.post(
      '/sign-in',
      { key: pages.keys.all },
      { 'Sec-Fetch-Site': 'cross-site' },
    );
    expect(response.headers.get('set-cookie')).toBeNull();
  });

  it('is asked of everybody else, also of whoever made the cookie up', async () => {
    const pages = fakePages();
    const { Cookie = '' } = await signedIn(pages);
    const link = pages.linkOf().slice('/c/'.length);
    for (const cookie of ['', `${Cookie}x`, `__Host-causeway=${link}`, '__Host-causeway=k1.e30.x']) {
      for (const path of ['/', PLACE, `${PLACE}/cancel`]) {
        const response = await pages.get(path, { Cookie: cookie });
        expect([response.status, response.headers.get('location')]).toEqual([303, '/sign-in']);
      }
    }
  });
});

describe('the operator’s page', () => {
  it('lists what waits for whom, with links that lead to it, and names as they are written', async () => {
    const pages = fakePages({
      listPage: () => Promise.resolve({ peerings: [LISTED], nextPageToken: 'next' }),
      status: () =>
        Promise.resolve({
          ...WAITING,
          customerName: '<script>x</script>',
          nextStep: { who: 'customer', what: 'Accept <b>' },
        }),
    });
    const page = await (await pages.get('/?state=awaiting-acceptance', await signedIn(pages))).text();
    expect(page).toContain(`href="${PLACE}"`);
    expect(page).toContain('Accept &lt;b&gt;');
    expect(page).not.toContain('<script>x');
    expect(page).toContain('/?state=awaiting-acceptance&amp;page=next');
  });

  it('shows the list also when no worker answers', async () => {
    const pages = fakePages({
      listPage: () => Promise.resolve({ peerings: [LISTED], nextPageToken: null }),
      status: () => Promise.reject(new CausewayError('NoWorker', 'none')),
    });
    const page = await (await pages.get('/', await signedIn(pages))).text();
    expect(page).toContain('no worker answered in time');
  });

  it('asks for one page only, with what the address says', async () => {
    const pages = fakePages();
    await pages.get('/?q=444455556666&state=active&page=t', await signedIn(pages));
    expect(pages.calls.find(({ name }) => name === 'listPage')?.args).toEqual([
      { pageSize: 20, state: 'active', search: { by: 'account', accountId: '444455556666' }, pageToken: 't' },
    ]);
  });

  it('shows a key of one organization nothing of another, and says the same as of what is not there', async () => {
    const pages = fakePages();
    const headers = await signedIn(pages, pages.keys.bound);
    const foreign = await pages.get(PLACE, headers);
    const unknown = await pages.get('/connections/org-42/vpc-00000000000000000', headers);
    expect([foreign.status, await foreign.text()]).toEqual([unknown.status, await unknown.text()]);
    expect(foreign.status).toBe(404);
    await pages.get('/', headers);
    expect(pages.calls.map(({ name, args }) => [name, args[0]])).toEqual([
      ['countByState', ['org-7']],
      ['listPage', { pageSize: 20, organizationIds: ['org-7'] }],
    ]);
  });

  it('does nothing for a key that may only read, and offers it nothing', async () => {
    const pages = fakePages();
    const headers = await signedIn(pages, pages.keys.reader);
    expect(await (await pages.get(PLACE, headers)).text()).not.toContain('Cancel the request');
    for (const action of ['retry', 'remind', 'cancel', 'close', 'link']) {
      expect((await pages.get(`${PLACE}/${action}`, headers)).status).toBe(404);
      expect((await pages.post(`${PLACE}/${action}`, { form: 'x' }, headers)).status).toBe(404);
    }
    expect(told(pages)).toEqual([]);
  });

  it('does nothing without the form of the same session, nor by a link', async () => {
    const pages = fakePages();
    const headers = await signedIn(pages);
    const form = formIn(await (await pages.get(`${PLACE}/cancel`, headers)).text());
    const others = formIn(await (await pages.get(`${PLACE}/cancel`, await signedIn(pages))).text());
    expect(form).not.toBe('');
    for (const fields of [{}, { form: others }])
      expect((await pages.post(`${PLACE}/cancel`, fields, headers)).status).toBe(409);
    expect(told(pages)).toEqual([]);
    const response = await pages.post(`${PLACE}/cancel`, { form }, headers);
    expect(response.headers.get('location')).toBe(`${PLACE}?done=cancel`);
    expect(pages.calls.at(-1)).toMatchObject({
      name: 'cancel',
      args: [{ organizationId: 'org-42' }, { by: expect.stringMatching(/^key /) }],
    });
  });

  it.each(['building-network', 'active', 'releasing'] as const)(
    'offers what is parked from %s to be tried again, and does so after asking',
    async (from) => {
      const parked = {
        from,
        for: 'VPCs per Region',
        who: 'provider',
        since: WAITING.since,
        message: 'ec2:CreateVpc in eu-west-1: VpcLimitExceeded',
      } as const;
      const pages = fakePages({ status: () => Promise.resolve({ ...WAITING, state: 'parked', parked }) });
      const headers = await signedIn(pages);
      expect(await (await pages.get(PLACE, headers)).text()).toContain(`href="${PLACE}/retry"`);
      const asking = await (await pages.get(`${PLACE}/retry`, headers)).text();
      expect(asking).toContain('Try again now?');
      expect(told(pages)).toEqual([]);
      const response = await pages.post(`${PLACE}/retry`, { form: formIn(asking) }, headers);
      expect(response.headers.get('location')).toBe(`${PLACE}?done=retry`);
      expect(pages.calls.at(-1)).toMatchObject({
        name: 'retry',
        args: [{ organizationId: 'org-42' }, expect.stringMatching(/^key /)],
      });
      expect(await (await pages.get(`${PLACE}?done=retry`, headers)).text()).toContain(
        'It is being tried now',
      );
    },
  );

  it.each(['building-network', 'awaiting-acceptance', 'active', 'releasing', 'released'] as const)(
    'offers nothing to be tried again while it is %s',
    async (state) => {
      const pages = fakePages({ status: () => Promise.resolve({ ...WAITING, state }) });
      expect(await (await pages.get(PLACE, await signedIn(pages))).text()).not.toContain('Try again now');
    },
  );

  it('shows a new link once, at the address that customers know', async () => {
    const pages = fakePages();
    const headers = await signedIn(pages);
    const form = formIn(await (await pages.get(`${PLACE}/link`, headers)).text());
    const page = await (await pages.post(`${PLACE}/link`, { form }, headers)).text();
    expect(page).toMatch(/https:\/\/peering\.example\.com\/c\/k1\.[\w-]+\.[\w-]{43}/);
    expect(pages.logged.join('')).not.toMatch(/\/c\/k1\./);
  });

  it('says what is no longer possible, and signs out', async () => {
    const pages = fakePages({ close: () => Promise.reject(new CausewayError('NotInState', 'it is over')) });
    const headers = await signedIn(pages);
    const page = await (await pages.get(`${PLACE}/close`, headers)).text();
    const refused = await pages.post(`${PLACE}/close`, { form: formIn(page) }, headers);
    expect([refused.status, (await refused.text()).includes('it is over')]).toEqual([409, true]);
    const out = await pages.post('/sign-out', { form: formIn(page) }, headers);
    expect(out.headers.get('set-cookie')).toContain('Max-Age=0');
  });

  it('opens nothing by a copy of the cookie once somebody has signed out, and by another session all the same', async () => {
    const pages = fakePages();
    const headers = await signedIn(pages);
    const other = await signedIn(pages);
    const form = formIn(await (await pages.get(`${PLACE}/cancel`, headers)).text());
    await pages.post('/sign-out', { form: 'x' }, headers);
    expect((await pages.get(PLACE, headers)).status).toBe(200);
    await pages.post('/sign-out', { form }, headers);
    for (const path of ['/', PLACE, `${PLACE}/cancel`])
      expect((await pages.get(path, headers)).headers.get('location')).toBe('/sign-in');
    await pages.post(`${PLACE}/cancel`, { form }, headers);
    expect(told(pages)).toEqual([]);
    expect((await pages.get(PLACE, other)).status).toBe(200);
  });
});
