import { describe, expect, it } from '@jest/globals';
import { CausewayError, type PeeringStatus } from '../../../client/index.js';
import { PEERING_STATES } from '../../../domain/lifecycle.js';
import { PAGE_HEADERS } from '../../../gateway/pages/page-headers.js';
import { fakePages, formIn, WAITING } from './fake-pages.js';

const HOSTILE = `"><script>alert(1)</script><img src=x onerror=alert(1)>'\u0026`;
const statusOf = (status: Partial<PeeringStatus>): { status: () => Promise<PeeringStatus> } => ({
  status: () => Promise.resolve({ ...WAITING, ...status }),
});

async function textOf(response: Response | Promise<Response>): Promise<string> {
  return (await response).text();
}

describe('the customer’s page', () => {
  it('says who asks from which account, for what, where to accept, and what is opened', async () => {
    const pages = fakePages();
    const response = await pages.get(pages.linkOf());
    const page = await response.text();
    expect(response.status).toBe(200);
    for (const text of [
      'Example Provider',
      '111122223333',
      '444455556666',
      'pcx-0123456789abcdef0',
      '172.31.0.0/20',
      'tcp 5432',
      '10.200.1.0/25',
      '4 days',
    ])
      expect(page).toContain(text);
    expect(page).toContain(
      'https://eu-central-1.console.aws.amazon.com/vpcconsole/home?region=eu-central-1#PeeringConnectionDetails:VpcPeeringConnectionId=pcx-0123456789abcdef0',
    );
  });

  it('tells nothing of other connections, in any state: no reasons, no history, no messages', async () => {
    const failure = {
      code: 'PeeringFailed' as const,
      message: 'tried a block of Rival Ltd',
      who: 'customer' as const,
      nextStep: 'ask Rival Ltd',
    };
    for (const state of PEERING_STATES) {
      const pages = fakePages(
        statusOf({
          state,
          failure: state === 'failed' ? failure : null,
          parked:
            state === 'parked'
              ? {
                  from: 'building-network',
                  for: 'Rival Ltd',
                  who: 'provider',
                  since: WAITING.since,
                  message: 'of Rival Ltd',
                }
              : null,
          nextStep: { who: 'provider', what: 'ask Rival Ltd' },
        }),
      );
      const page = await textOf(pages.get(pages.linkOf()));
      expect(page).not.toContain('Rival');
      expect(page).toContain('<h1>');
    }
  });

  it('shows texts of others as they are written, in every field, and runs none of them', async () => {
    const pages = fakePages(
      statusOf({
        customerName: HOSTILE.slice(0, 55),
        plan: {
          providerRegion: 'x',
          providerCidr: 'x',
          reasons: [HOSTILE],
          advice: [
            `The customer's network is governed with a Transit Gateway: the Transit Gateway offering fits better, see https://x/"onclick=alert(1)`,
          ],
        },
        nextStep: { who: 'customer', what: HOSTILE },
      }),
      { providerName: HOSTILE },
    );
    const page = await textOf(pages.get(pages.linkOf()));
    expect(page).not.toMatch(/<script(?! src="\/assets\/)|<img|<[^>]*\son[a-z]+=/i);
    expect(page).not.toMatch(/href="[^"]*"onclick/);
    expect(page).not.toMatch(/ style="|javascript:/);
  });

  it('has a policy that runs nothing inline and is shown in no frame, and is kept by nobody', async () => {
    const pages = fakePages();
    for (const path of [pages.linkOf(), '/c/nothing', '/sign-in', '/']) {
      const { headers } = await pages.get(path);
      for (const [name, value] of Object.entries(PAGE_HEADERS)) expect(headers.get(name)).toBe(value);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('strict-transport-security')).toContain('max-age=');
    }
  });

  it('answers a forged, a mutilated and an unknown link with the same words, and asks Temporal for none', async () => {
    const pages = fakePages();
    const link = pages.linkOf();
    const bodies: string[] = [];
    for (const path of [
      `${link.slice(0, -4)}AAAA`,
      link.slice(0, -9),
      '/c/x',
      '/c/..%2F..%2Fetc%2Fpasswd',
      `/c/${'x'.repeat(3_000)}`,
    ]) {
      const response = await pages.get(path);
      expect(response.status).toBe(404);
      bodies.push(await response.text());
    }
    expect(new Set(bodies).size).toBe(1);
    expect(pages.calls).toEqual([]);
  });

  it('says of an expired, a revoked and a forgotten link that it is over, and nothing of the connection', async () => {
    const pages = fakePages();
    const gone = fakePages({
      status: () => Promise.reject(new CausewayError('NotFound', 'org-42 is not known')),
    });
    const responses = await Promise.all([
      pages.get(pages.linkOf(1, 8 * 86_400_000)),
      pages.get(pages.linkOf(2)),
      gone.get(gone.linkOf()),
    ]);
    const bodies = await Promise.all(responses.map(textOf));
    expect(responses.map(({ status }) => status)).toEqual([410, 410, 410]);
    expect(new Set(bodies).size).toBe(1);
    expect(bodies[0]).not.toMatch(/Acme|org-42|pcx-|vpc-/);
  });

  it('blames no link for an outage', async () => {
    const pages = fakePages({ status: () => Promise.reject(new CausewayError('NoWorker', 'no worker')) });
    const response = await pages.get(pages.linkOf());
    expect(response.status).toBe(503);
    expect(await response.text()).toContain('Your link is all right');
  });

  it('takes an answer only from its own form', async () => {
    const pages = fakePages();
    const link = pages.linkOf();
    const form = formIn(await textOf(pages.get(link)));
    const foreign = formIn(await textOf(pages.get(pages.linkOf())));
    const refused: [Record<string, string>, Record<string, string>][] = [
      [{}, {}],
      [{ form: foreign }, {}],
      [{ form }, { 'Content-Type': 'text/plain' }],
    ];
    for (const [fields, headers] of refused) {
      const response = await pages.post(`${link}/declined`, fields, headers);
      expect(response.headers.get('location')).toBe(`${link}?told=not-taken`);
    }
    expect(pages.calls.filter(({ name }) => name === 'decline')).toEqual([]);
    expect((await pages.get(`${link}/declined`)).status).toBe(405);
    await pages.post(
      `${link}/declined`,
      { form, by: 'Carol', reason: 'not now' },
      { 'Sec-Fetch-Site': 'same-origin' },
    );
    expect(pages.calls.at(-1)).toMatchObject({
      name: 'decline',
      args: [{ organizationId: 'org-42' }, { by: "Carol, by the customer's link", reason: 'not now' }],
    });
  });

  it('passes on which ranges the network uses, and declines nothing where they cannot be read', async () => {
    const pages = fakePages();
    const link = pages.linkOf();
    const page = await textOf(pages.get(link));
    expect(page).toMatch(/<label for="avoid"[^]*<input id="avoid" name="avoid" maxlength="\d+"/);
    const decline = async (avoid: string): Promise<string | null> => {
      const response = await pages.post(`${link}/declined`, { form: formIn(page), avoid });
      return response.headers.get('location');
    };
    for (const avoid of ['10.0.0.1/8', 'our office', '10.0.0.0/8,'.repeat(100)])
      expect(await decline(avoid)).toBe(`${link}?told=unreadable-ranges`);
    expect(pages.calls.filter(({ name }) => name === 'decline')).toEqual([]);
    expect(await textOf(pages.get(`${link}?told=unreadable-ranges`))).toContain('Nothing was declined');
    expect(await decline('10.0.0.0/8 172.20.0.0/16')).toBe(`${link}?told=declined`);
    expect(pages.calls.at(-1)).toMatchObject({
      name: 'decline',
      args: [{}, { avoidCidrs: ['10.0.0.0/8', '172.20.0.0/16'] }],
    });
  });

  it('takes no body of more than 4 KB', async () => {
    const pages = fakePages();
    const response = await pages.post(`${pages.linkOf()}/declined`, { reason: 'x'.repeat(5_000) });
    expect(response.status).toBe(413);
    expect(pages.calls.filter(({ name }) => name === 'decline')).toEqual([]);
  });

  it('gives each kit as a file, and is no way to another', async () => {
    const pages = fakePages();
    for (const format of ['console', 'cli', 'terraform', 'cloudformation']) {
      const response = await pages.get(`${pages.linkOf()}/kit/${format}`);
      expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
      expect(response.headers.get('content-disposition')).toMatch(
        /^attachment; filename="causeway-pcx-0123456789abcdef0\.\w+"$/,
      );
      expect(await response.text()).toContain('pcx-0123456789abcdef0');
    }
    expect((await pages.get(`${pages.linkOf()}/kit/secrets`)).status).toBe(404);
  });

  it('stands in no log by its link', async () => {
    const pages = fakePages();
    const link = pages.linkOf();
    const form = formIn(await textOf(pages.get(link)));
    await pages.get(`${link}/state`);
    await pages.get(`${link}xx`);
    await pages.post(`${link}/accepted`, { form });
    expect(pages.logged.length).toBeGreaterThan(3);
    expect(pages.logged.join('')).not.toContain(link.split('.')[1]);
    expect(pages.logged.join('')).toContain('/c/:token');
  });

  it('tells the script a mark that changes with what is shown, not with the clock', async () => {
    const markIn = async (status: Partial<PeeringStatus>): Promise<unknown> => {
      const pages = fakePages(statusOf(status));
      const link = pages.linkOf(1);
      const page = await textOf(pages.get(link));
      const state: unknown = JSON.parse(await textOf(pages.get(`${link}/state`)));
      expect(page).toContain(`data-mark="${String(Reflect.get(Object(state), 'mark'))}"`);
      return state;
    };
    expect(await markIn({})).toMatchObject({ headline: 'Waiting for you to accept', left: '4 days' });
    expect(await markIn({ state: 'active' })).toMatchObject({ headline: 'The connection is up', left: null });
  });
});
