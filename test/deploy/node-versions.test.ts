import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { PROJECT_ROOT } from '../../local/setup/layout.mjs';
import { parseDockerfile } from './dockerfile.js';

const read = (path: string): string => readFileSync(join(PROJECT_ROOT, path), 'utf8');

/** The version that CI fetches, the same for all platforms. */
function fetchedBy(directory: string): string {
  const versions = [...read(`.ci/${directory}/package.json`).matchAll(/"node-[a-z0-9-]+": "([^"]+)"/g)];
  expect(new Set(versions.map(([, version]) => version)).size).toBe(1);
  return versions[0]?.[1] ?? '';
}

describe('the versions of Node that are held', () => {
  it('are the one in the images, which CI tests to the patch', () => {
    const images = parseDockerfile(read('deploy/Dockerfile'))
      .map(({ from }) => /^node:([\d.]+)-/.exec(from)?.[1])
      .filter((version) => version !== undefined);
    expect(new Set(images)).toEqual(new Set([fetchedBy('node-24')]));
  });

  it('and the oldest that package.json lets in, which CI tests as well', () => {
    const [, oldest = 'none'] = /"node": ">=([\d.]+)"/.exec(read('package.json')) ?? [];
    expect(fetchedBy('node-20')).toBe(`${oldest}.0`);
  });

  it('and a developer gets the one of the images', () => {
    expect(fetchedBy('node-24')).toMatch(new RegExp(`^${read('.nvmrc').trim()}\\.`));
  });
});
