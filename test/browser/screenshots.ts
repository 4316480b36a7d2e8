/** `npm run screenshots`: takes the pictures that the README shows, of a stack of its own, and writes them to docs/images. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { CUSTOMER_ACCOUNT } from '../../local/accounts.js';
import { startConsole } from '../../local/console.js';
import { SampleCustomer } from '../../local/sample-customer.js';
import { sampleLink } from '../../local/sample-link.js';
import { startStack, type LocalStack } from '../../local/stack.js';
import { BROWSER, startBrowser, type Look, type TestBrowser } from '../harness/browser.js';
import { addNeighbours } from './neighbours.js';

const IMAGES = fileURLToPath(new URL('../../docs/images/', import.meta.url));

interface Scene {
  stack: LocalStack;
  browser: TestBrowser;
}

async function main(): Promise<void> {
  if (BROWSER === null) throw new Error('there is no Chromium to take pictures with');
  await mkdir(IMAGES, { recursive: true });
  const stack = await startStack({ observeEvery: '2 seconds', ui: true });
  const browser = await startBrowser();
  try {
    await takeAll({ stack, browser });
  } finally {
    await browser.stop();
    await stack.stop();
  }
}

async function takeAll(scene: Scene): Promise<void> {
  const { stack, browser } = scene;
  await stack.startWorker();
  const customer = new SampleCustomer(stack.emulator.endpoint, CUSTOMER_ACCOUNT, 'eu-central-1');
  const awsConsole = await startConsole(customer);
  try {
    const gateway = await stack.startGateway({
      env: { CAUSEWAY_PROVIDER_NAME: 'Example Provider', CAUSEWAY_TEMPORAL_UI: stack.temporal.uiUrl ?? '' },
    });
    const network = await customer.createNetwork({
      name: 'Acme',
      cidr: '172.31.0.0/16',
      subnetCidrs: ['172.31.0.0/20', '172.31.16.0/20'],
    });
    const link = await sampleLink(stack, gateway, network);
    await addNeighbours(stack);
    const shot = (name: string, look: Look, visit: (page: Page) => Promise<void>): Promise<void> =>
      take(browser, { name, look }, visit);
    const open = async (page: Page): Promise<void> => {
      await page.goto(link);
    };
    await shot('customer-page', {}, open);
    await shot('customer-page-phone-dark', { scheme: 'dark', phone: true }, open);
    const signedIn = async (page: Page): Promise<void> => {
      await page.goto(gateway.url);
      await page.getByLabel('API key').fill(gateway.apiKey);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('table').waitFor();
    };
    await shot('operator-list', {}, signedIn);
    await shot('operator-connection', {}, async (page) => {
      await signedIn(page);
      await page.getByRole('link', { name: /^acme/ }).click();
      await page.getByRole('heading', { name: 'History' }).waitFor();
    });
    await shot('temporal-ui', {}, async (page) => {
      const workflow = encodeURIComponent(`provision-peering/acme/${network.vpcId}`);
      await page.goto(`${stack.temporal.uiUrl ?? ''}/namespaces/default/workflows/${workflow}`);
      await page.getByText('waits for 444455556666 to accept').first().scrollIntoViewIfNeeded();
    });
  } finally {
    await awsConsole.stop();
  }
}

async function take(
  browser: TestBrowser,
  { name, look }: { name: string; look: Look },
  visit: (page: Page) => Promise<void>,
): Promise<void> {
  const { page, close } = await browser.visit(look);
  await visit(page);
  await page.screenshot({ path: join(IMAGES, `${name}.png`) });
  process.stdout.write(`${name}.png\n`);
  await close();
}

main().catch((error: unknown) => {
  process.stderr.write(`screenshots: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
