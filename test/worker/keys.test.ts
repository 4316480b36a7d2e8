import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readKeys, webhookSecretFor } from '../../worker/keys.js';
import { WEBHOOK_SECRET } from '../harness/notifications.js';
import { testSettings } from '../harness/settings.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'causeway-keys-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function keysFile(content: unknown, mode = 0o600): Promise<string> {
  const path = join(folder, 'keys.json');
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  await chmod(path, mode);
  return path;
}

const keyOf = (bytes: number): string => `whsec_${Buffer.alloc(bytes, 0xfb).toString('base64')}`;

describe('the file of keys', () => {
  it('need not be there', async () => {
    expect(await readKeys(null)).toEqual({ webhook: null, warning: null });
  });

  it.each([24, 25, 26, 32, 64])('gives a webhook key of %i bytes', async (bytes) => {
    const webhook = keyOf(bytes);
    expect(await readKeys(await keysFile({ webhook }))).toEqual({ webhook, warning: null });
  });

  it('may hold no key', async () => {
    expect(await readKeys(await keysFile({}))).toEqual({ webhook: null, warning: null });
  });

  it.each([0o644, 0o640, 0o604, 0o660])('is used with a warning when others may use it: %o', async (mode) => {
    const keys = await readKeys(await keysFile({ webhook: WEBHOOK_SECRET }, mode));
    expect(keys.webhook).toBe(WEBHOOK_SECRET);
    expect(keys.warning).toMatch(/chmod 600/);
  });

  it('that is not there is told by its name', async () => {
    await expect(readKeys('nowhere/keys.json')).rejects.toThrow(
      'cannot read the keys nowhere/keys.json; name another file with CAUSEWAY_KEYS',
    );
  });

  it.each([
    ['{ "webhook": "whsec_topsecret', /is not JSON/],
    ['whsec_topsecret', /is not JSON/],
    [null, /\(whole file\): .*object/],
    ['"whsec_topsecret"', /\(whole file\): .*object/],
    [{ webhook: 7 }, /webhook: .*string/],
    [{ webhook: keyOf(23) }, /webhook: a webhook key has 24 to 64 bytes, this one 23/],
    [{ webhook: keyOf(65) }, /webhook: a webhook key has 24 to 64 bytes, this one 65/],
    [{ webhook: 'whsec_' }, /webhook: a webhook key has 24 to 64 bytes, this one 0/],
    [{ webhook: keyOf(32).slice(6) }, /webhook: a webhook key is whsec_ and its bytes in base64/],
    [{ webhook: `${keyOf(32)} ` }, /webhook: a webhook key is whsec_/],
    [{ webhook: keyOf(32).slice(0, -1) }, /webhook: a webhook key is whsec_/],
    [{ webhook: `whsec_${'topsecret-_'.repeat(4)}` }, /webhook: a webhook key is whsec_/],
    [{ webhooks: keyOf(32) }, /\(whole file\): .*webhooks/],
  ])('is refused, and not quoted, when it is wrong: %j', async (content, problem) => {
    const path = await keysFile(content);
    const error: unknown = await readKeys(path).catch((thrown: unknown) => thrown);
    const { message, cause } = error instanceof Error ? error : new Error('nothing was refused');
    expect(message).toMatch(problem);
    expect(message).toContain(path);
    expect(`${message} ${String(cause)}`).not.toMatch(/topsecret|whsec_[A-Za-z0-9+/]|\+\/v7/);
  });
});

describe('a webhook', () => {
  const settings = testSettings();
  const withWebhook = {
    ...settings,
    notifications: { webhookUrl: 'https://receiver.example/hook', allowPrivateTarget: false },
  };

  it('needs a key', () => {
    expect(() => webhookSecretFor(withWebhook, { webhook: null, warning: null })).toThrow(
      /^notifications\.webhookUrl needs a key to sign with; set CAUSEWAY_KEYS/,
    );
    expect(webhookSecretFor(withWebhook, { webhook: WEBHOOK_SECRET, warning: null })).toBe(WEBHOOK_SECRET);
  });

  it('that is not there needs none, and gets none', () => {
    expect(webhookSecretFor(settings, { webhook: null, warning: null })).toBeNull();
    expect(webhookSecretFor(settings, { webhook: WEBHOOK_SECRET, warning: null })).toBeNull();
  });
});
