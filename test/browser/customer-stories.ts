import { beforeAll, expect, it } from '@jest/globals';
import { axeViolations } from '../harness/browser.js';
import type { Asked, PagesWorld } from '../harness/pages-world.js';
import { leftOf } from '../harness/stack.js';

let world: PagesWorld;
let asked: Asked;

export function customerStories(worldOf: () => PagesWorld): void {
  beforeAll(async () => {
    world = worldOf();
    asked = await world.asked({ customerName: 'Acme <b>& "Sons"</b>', vpcCidrs: ['172.31.0.0/16'] });
  });

  it.each([
    { scheme: 'light', phone: false },
    { scheme: 'dark', phone: false },
    { scheme: 'light', phone: true },
    { scheme: 'dark', phone: true },
  ] as const)('has nothing that axe objects to, and does not scroll sideways: %j', async (look) => {
    const { page, complaints, close } = await world.browser.visit(look);
    await page.goto(asked.link);
    await page.locator('details summary').first().click();
    expect(await axeViolations(page)).toEqual([]);
    const widths = await page.evaluate<[number, number]>(
      '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
    );
    expect(widths[0]).toBeLessThanOrEqual(widths[1]);
    expect(complaints).toEqual([]);
    await close();
  });

  it('copies the peering id, and shows names as they are written', async () => {
    const { page, close } = await world.browser.visit();
    await page.goto(asked.link);
    expect(await page.locator('h1').textContent()).toBe('Private connection for Acme <b>& "Sons"</b>');
    await page.locator('[data-copy="peering-id"]').click();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(asked.peeringId);
    await close();
  });

  it('leads, by the keyboard alone, from the link to the connection, and shows each step without reloading', async () => {
    const { page, complaints, close } = await world.browser.visit();
    await page.goto(asked.link);
    await page.evaluate('window.neverReloaded = true');
    const reach = async (id: string): Promise<void> => {
      for (let tabs = 0; tabs < 60; tabs += 1) {
        await page.keyboard.press('Tab');
        if ((await page.evaluate('document.activeElement.id')) === id) return;
      }
      throw new Error(`the keyboard does not reach ${id}`);
    };
    await reach('console');
    const [aws] = await Promise.all([page.context().waitForEvent('page'), page.keyboard.press('Enter')]);
    await aws.getByRole('heading', { name: `${asked.peeringId}: pending-acceptance` }).waitFor();
    await aws.getByRole('button', { name: 'Accept request' }).click();
    await aws.getByRole('button', { name: /Add the route/ }).click();
    await aws.close();
    // Nobody has pressed anything on the page itself: AWS is looked at anyway.
    await page.getByRole('heading', { name: 'The connection is up' }).waitFor({ timeout: 40_000 });
    expect(await page.evaluate('window.neverReloaded')).toBe(true);
    expect(await page.getByRole('heading', { name: 'Still to do on your side' }).isVisible()).toBe(true);
    expect(await page.locator('#announcement').textContent()).toBe('The connection is up');
    expect(await axeViolations(page)).toEqual([]);
    expect(complaints).toEqual([]);
    expect((await world.status(asked.customer.maintainId)).state).toBe('active');
    await close();
  });

  it('takes “I have accepted” without a script, and says that AWS shows nothing yet', async () => {
    const second = await world.asked();
    const { page, close } = await world.browser.visit({ script: false });
    await page.goto(second.link);
    await page.getByLabel('Your name').first().fill('Carol');
    await page.getByRole('button', { name: 'I have accepted it' }).click();
    await page.getByText('We are looking in AWS now').waitFor();
    const { history } = await world.status(second.customer.provisionId);
    expect(history.map(({ note }) => note).join('\n')).toContain('Carol, by the customer');
    await second.customer.aws.accept(second.peeringId);
    await world.untilState(second.customer.maintainId, 'active');
    await page.getByRole('link', { name: 'Look again' }).click();
    await page.getByRole('heading', { name: 'The connection is up' }).waitFor();
    await close();
  });

  it('declines, with a reason, and what was made is gone', async () => {
    const third = await world.asked();
    const { page, close } = await world.browser.visit({ phone: true });
    await page.goto(third.link);
    await page.getByText('Decline the request').first().click();
    await page.getByLabel(/^Why/).fill('not this year');
    await page.getByRole('button', { name: 'Decline the request' }).click();
    await page.getByRole('heading', { name: 'The request was declined' }).waitFor({ timeout: 40_000 });
    await world.untilState(third.customer.provisionId, 'declined');
    const { history } = await world.status(third.customer.provisionId);
    expect(history.map(({ note }) => note).join('\n')).toContain('not this year');
    expect(await leftOf(world, third.customer)).toEqual([]);
    await close();
  });

  it('tells nothing by a link that is forged, cut off or revoked, but what to do', async () => {
    const older = asked.link;
    await world.linkFor(asked.customer);
    const { page, close } = await world.browser.visit({ scheme: 'dark' });
    const texts: string[] = [];
    for (const link of [`${older.slice(0, -4)}AAAA`, older.slice(0, -20), older]) {
      await page.goto(link);
      const text = (await page.locator('body').textContent()) ?? '';
      for (const secret of ['Acme', asked.peeringId, asked.customer.network.vpcId, '444455556666', '10.200.'])
        expect(text).not.toContain(secret);
      expect(await axeViolations(page)).toEqual([]);
      texts.push(text);
    }
    expect(texts[0]).toBe(texts[1]);
    expect(texts[0]).toContain('does not open anything');
    expect(texts[2]).toContain('not valid any more');
    await close();
  });
}
