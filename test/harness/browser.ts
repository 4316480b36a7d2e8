import { createRequire } from 'node:module';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { findBrowser } from '../../local/setup/browser.mjs';
import { WAIT_MS } from './bounds.js';

/** A real browser with a profile of its own. */
export interface TestBrowser {
  /** A page as a new visitor sees it; what its console says against the page is kept in `complaints`. */
  visit(look?: Look): Promise<Visit>;
  stop(): Promise<void>;
}

export interface Look {
  readonly scheme?: 'light' | 'dark';
  readonly phone?: boolean;
  readonly script?: boolean;
}

export interface Visit {
  readonly page: Page;
  readonly complaints: string[];
  readonly close: () => Promise<void>;
}

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const PHONE = { width: 375, height: 740 };
const DESK = { width: 1100, height: 850 };

/** The path of a Chromium, or null: then the tests that need one are skipped, and say so. */
export const BROWSER = findBrowser();
if (BROWSER === null)
  process.stderr.write(
    'browser tests are skipped: no Chromium; install Debian’s chromium, or name one with CAUSEWAY_CHROMIUM\n',
  );

export async function startBrowser(): Promise<TestBrowser> {
  const profile = await mkdtemp(join(tmpdir(), 'causeway-browser-'));
  const browser = await chromium.launch({
    executablePath: BROWSER ?? '',
    args: [...FLAGS, `--disk-cache-dir=${profile}`],
    handleSIGINT: false,
  });
  return {
    visit: async ({ scheme = 'light', phone = false, script = true } = {}) => {
      const context = await browser.newContext({
        colorScheme: scheme,
        viewport: phone ? PHONE : DESK,
        javaScriptEnabled: script,
        permissions: ['clipboard-read', 'clipboard-write'],
      });
      context.setDefaultTimeout(WAIT_MS);
      return visitIn(context);
    },
    stop: async () => {
      await browser.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

async function visitIn(context: BrowserContext): Promise<Visit> {
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  return { page, complaints, close: () => context.close() };
}

interface AxeResult {
  violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[];
}

/** What axe has against the page as it is now, by rule. The policy of the page lets no script in, so it comes from outside. */
export async function axeViolations(page: Page): Promise<string[]> {
  const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const result = await page.evaluate<AxeResult>(`${axe}; axe.run(document)`);
  return result.violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary ?? ''}`).join('; ')}`,
  );
}
