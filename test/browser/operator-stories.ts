import { beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { axeViolations, type Visit } from '../harness/browser.js';
import type { Asked, PagesWorld } from '../harness/pages-world.js';
import { until } from '../harness/until.js';

let world: PagesWorld;
let asked: Asked;

async function signedIn(look: Parameters<PagesWorld['browser']['visit']>[0] = {}): Promise<Visit> {
  const visit = await world.browser.visit(look);
  await visit.page.goto(world.gateway.url);
  await visit.page.getByLabel('API key').fill(world.gateway.apiKey);
  await visit.page.getByRole('button', { name: 'Sign in' }).click();
  await visit.page.getByRole('heading', { name: 'Connections' }).waitFor();
  return visit;
}

async function search(page: Page, text: string): Promise<string[]> {
  await page.goto(`${world.gateway.url}/?q=${encodeURIComponent(text)}`);
  return page.locator('tbody tr td:first-child a').allTextContents();
}

export function operatorStories(worldOf: () => PagesWorld): void {
  beforeAll(async () => {
    world = worldOf();
    asked = await world.asked({ customerName: '<script>alert(1)</script>' });
  });

  it('lets nobody in without a key, nor with one that is none', async () => {
    const { page, close } = await world.browser.visit();
    await page.goto(`${world.gateway.url}/connections/${asked.customer.connection}`);
    expect(page.url()).toBe(`${world.gateway.url}/sign-in`);
    await page.getByLabel('API key').fill('cwk_0123456789_nothing');
    await page.getByRole('button', { name: 'Sign in' }).click();
    expect(await page.getByRole('alert').textContent()).toContain('no key of this gateway');
    expect(await axeViolations(page)).toEqual([]);
    await close();
  });

  it.each([{ scheme: 'light' }, { scheme: 'dark', phone: true }] as const)(
    'shows who waits for what, without a script, and nothing that axe objects to: %j',
    async (look) => {
      const { page, complaints, close } = await signedIn(look);
      await until('the list has it', async () => {
        await page.goto(world.gateway.url);
        return (await page.getByText(asked.customer.connection).count()) > 0 ? true : undefined;
      });
      const row = page.locator('tr', { hasText: asked.customer.connection });
      expect(await row.textContent()).toContain(`customer: Accept ${asked.peeringId}`);
      expect(await row.textContent()).toContain('<script>alert(1)</script>');
      expect(await page.locator('.states').textContent()).toMatch(/awaiting-acceptance\s*\d/);
      expect(await axeViolations(page)).toEqual([]);
      expect(complaints).toEqual([]);
      await row.getByRole('link').click();
      await page.getByRole('heading', { name: 'History' }).waitFor();
      const run = page.getByRole('link', { name: asked.customer.provisionId });
      expect(await run.getAttribute('href')).toContain(
        `http://127.0.0.1:8233/namespaces/${world.stack.namespace}/workflows/provision-peering%2F`,
      );
      expect(await axeViolations(page)).toEqual([]);
      await close();
    },
  );

  it('finds a connection by organization, VPC, account and peering id, and by state', async () => {
    const { page, close } = await signedIn({ script: false });
    const { organizationId, vpcId, awsAccountId } = asked.customer.request;
    const name = asked.customer.connection;
    for (const text of [organizationId, organizationId.slice(0, -1), vpcId, asked.peeringId, name])
      expect({ text, found: await search(page, text) }).toEqual({ text, found: [name] });
    expect(await search(page, awsAccountId)).toContain(name);
    expect(await search(page, 'pcx-00000000000000000')).toEqual([]);
    await search(page, "' OR 1=1");
    expect(await page.getByRole('alert').textContent()).toContain('no organization id');
    await page.goto(`${world.gateway.url}/?state=planning`);
    expect(await page.getByText('No connection is found here').count()).toBe(1);
    await close();
  });

  it('makes a new link, which revokes the older one, reminds, and cancels, each after asking', async () => {
    const { page, close } = await signedIn();
    const place = `${world.gateway.url}/connections/${asked.customer.connection}`;
    await page.goto(place);
    await page.getByRole('link', { name: 'New link for the customer' }).click();
    await page.getByRole('button', { name: 'New link for the customer' }).click();
    const link = (await page.locator('#link').textContent()) ?? '';
    expect((await fetch(asked.link)).status).toBe(410);
    expect((await fetch(link)).status).toBe(200);
    await page.goto(place);
    await page.getByRole('link', { name: 'Remind' }).click();
    await page.getByRole('button', { name: 'Remind' }).click();
    await page.getByText('The reminder is on its way').waitFor();
    await page.getByRole('link', { name: 'Cancel the request' }).click();
    expect((await world.status(asked.customer.provisionId)).state).toBe('awaiting-acceptance');
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Cancel the request' }).click();
    await page.getByText('The request is being undone').waitFor();
    await world.untilState(asked.customer.provisionId, 'cancelled');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.goto(place);
    expect(page.url()).toContain('/sign-in');
    await close();
  });
}
