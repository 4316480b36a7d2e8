import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseKeysText } from '../../domain/keys-file.js';
import { ApiKeys, newApiKey } from '../../gateway/keys/api-keys.js';
import { addNewKey } from '../../gateway/keys/new-key.js';
import { addNewLinkKey } from '../../gateway/keys/new-link-key.js';
import { readKeys } from '../../gateway/keys/read-keys.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'causeway-gateway-keys-'));
});
afterAll(() => rm(folder, { recursive: true }));

const READ = ['--name', 'billing', '--scope', 'peerings:read'];
/** 32 bytes in base64url, which has underscores of its own. */
const SECRET_CHARACTERS = 43;
const pathOf = (name: string): string => join(folder, `${name}.json`);

describe('a new key', () => {
  it('opens the API with what it was made for, and is nowhere in the file', async () => {
    const path = pathOf('new');
    await addNewKey(READ, path);
    const key = (await addNewKey([...READ, '--organization', 'org-7'], path)).trim();
    const { keys, warning } = await readKeys(path);
    expect(warning).toBeNull();
    const caller = new ApiKeys(keys.apiKeys).callerWith(key);
    expect(caller).toMatchObject({ scopes: new Set(['peerings:read']), organizations: new Set(['org-7']) });
    expect(keys.apiKeys).toHaveLength(2);
    const text = await readFile(path, 'utf8');
    expect(text).not.toContain(key.slice(-SECRET_CHARACTERS));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('leaves what else is in the file', async () => {
    const path = pathOf('others');
    const webhook = `whsec_${Buffer.alloc(32).toString('base64')}`;
    await writeFile(path, JSON.stringify({ webhook }));
    await addNewKey(READ, path);
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({
      webhook,
      apiKeys: [{ name: 'billing' }],
    });
  });

  it.each([
    [['--name', 'billing'], /apiKeys\.0\.scopes/],
    [['--scope', 'peerings:read'], /apiKeys\.0\.name/],
    [[...READ, '--scope', 'everything'], /apiKeys\.0\.scopes\.1/],
    [[...READ, '--organization', '../x'], /apiKeys\.0\.organizations\.0/],
  ])('is not made by %j, and the file stays as it was', async (args, problem) => {
    const path = pathOf('refused');
    await expect(addNewKey(args, path)).rejects.toThrow(problem);
    await expect(readFile(path)).rejects.toThrow('ENOENT');
  });

  it('needs a file, and a valid one', async () => {
    await expect(addNewKey(READ, null)).rejects.toThrow(/--file, or set CAUSEWAY_KEYS/);
    const path = pathOf('broken');
    await writeFile(path, '{ "apiKeys": 7 }');
    await expect(addNewKey(READ, path)).rejects.toThrow(/is not valid:\n {2}apiKeys: /);
    expect(await readFile(path, 'utf8')).toBe('{ "apiKeys": 7 }');
  });
});

describe('the keys', () => {
  it('of no file, or of one without any, let nobody in and say so', async () => {
    const path = pathOf('empty');
    await writeFile(path, '{}', { mode: 0o600 });
    for (const file of [null, path]) expect((await readKeys(file)).warning).toMatch(/no API key.*keys new/);
  });

  it('that others can read are used with a warning', async () => {
    const path = pathOf('open');
    const { id, sha256 } = newApiKey();
    const apiKeys = [{ id, sha256, name: 'x', scopes: ['peerings:read'] }];
    await writeFile(path, JSON.stringify({ apiKeys }), { mode: 0o644 });
    expect((await readKeys(path)).warning).toMatch(/chmod 600/);
  });

  it('are told by every problem at once, none of which quotes a secret', () => {
    const { sha256 } = newApiKey();
    const secret = 'topsecret-topsecret-topsecret';
    const parsed = parseKeysText(
      JSON.stringify({
        apiKeys: [
          { id: 'A', name: '', sha256: secret, scopes: ['peerings:read', secret] },
          { id: 'abcdefgh', name: 'x', sha256, scopes: [], organizations: [] },
        ],
        links: { current: 'k2', secrets: { k1: secret } },
      }),
    );
    const problems = parsed.ok ? [] : parsed.problems;
    const places = problems.map((problem) => problem.split(': ')[0]);
    expect(places).toEqual(
      expect.arrayContaining([
        ...['apiKeys.0.id', 'apiKeys.0.name', 'apiKeys.0.sha256', 'apiKeys.0.scopes.1'],
        ...['apiKeys.1.scopes', 'apiKeys.1.organizations', 'links.secrets.k1'],
      ]),
    );
    expect(problems.join()).not.toContain('topsecret');
  });

  it('for links have one that is current', () => {
    const secret = Buffer.alloc(32, 7).toString('base64url');
    const links = { current: 'k2', secrets: { k1: secret, k2: secret } };
    expect(parseKeysText(JSON.stringify({ links }))).toMatchObject({ ok: true, keys: { links } });
    const without = parseKeysText(JSON.stringify({ links: { ...links, current: 'k3' } }));
    expect(without).toEqual({ ok: false, problems: ['links.current: is not the id of one of the secrets'] });
  });

  it('with the same id are refused', () => {
    const { id, sha256 } = newApiKey();
    const entry = { id, sha256, name: 'x', scopes: ['peerings:read'] };
    expect(parseKeysText(JSON.stringify({ apiKeys: [entry, entry] }))).toEqual({
      ok: false,
      problems: ['apiKeys: two keys have the same id'],
    });
  });
});

describe('a new key for links', () => {
  it('signs from then on, the newest three before it still verify, and what else is in the file stays', async () => {
    const path = pathOf('links');
    await addNewKey(READ, path);
    const said: string[] = [];
    for (let made = 0; made < 6; made += 1) said.push(await addNewLinkKey([], path));
    const { keys } = await readKeys(path);
    const ids = Object.keys(keys.links?.secrets ?? {});
    expect(ids).toHaveLength(4);
    expect(keys.links?.current).toBe(ids.at(-1));
    expect(said.at(-1)).toContain(`${ids.at(-1) ?? ''} signs links`);
    for (const secret of Object.values(keys.links?.secrets ?? {}))
      expect(said.join('')).not.toContain(secret);
    expect(keys.apiKeys).toHaveLength(1);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });
});
