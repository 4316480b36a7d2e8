import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { PROBLEM_STATUS } from '../../gateway/problems/catalogue.js';
import openapi from '../../gateway/openapi.json' with { type: 'json' };
import { codesIn, pageOf, rowsOf, sectionOf } from './markdown.js';

const PAGE = pageOf('http.md');
const METHODS = ['get', 'post', 'patch', 'delete'];

describe('the page on the HTTP gateway', () => {
  it('has every route with its scope, and no other', () => {
    const routes = sectionOf(PAGE, 'Routes').split('\n### ')[0] ?? '';
    const table = routes.split('\n').filter((line) => line.startsWith('|'));
    const told = rowsOf(table.join('\n')).map(([route = '', scope = '']) => [
      codesIn(route)[0],
      codesIn(scope)[0] ?? scope,
    ]);
    const there = Object.entries(openapi.paths).flatMap(([path, item]) =>
      Object.entries(item)
        .filter(([method]) => METHODS.includes(method))
        .map(([method, { security }]: [string, { security?: { apiKey: string[] }[] }]) => [
          `${method.toUpperCase()} ${path}`,
          security?.[0]?.apiKey[0] ?? 'none',
        ]),
    );
    expect(told.sort()).toEqual(there.sort());
  });

  it('says with which status each code is answered', () => {
    const told = rowsOf(sectionOf(PAGE, 'Errors')).flatMap(([status = '', codes = '']) =>
      codesIn(codes).map((code) => [code, Number(status)]),
    );
    expect(told.sort()).toEqual(Object.entries(PROBLEM_STATUS).sort());
  });

  it('and the page on deploying have every variable that the gateway reads', () => {
    const source = readFileSync(new URL('../../gateway/environment.ts', import.meta.url), 'utf8');
    const read = [...source.matchAll(/(?:env\['|wholeNumber\('|wholeNumber\(\n? *')([A-Z_]+)'/g)].map(
      ([, name = '']) => name,
    );
    expect(read.length).toBeGreaterThan(5);
    const pages = PAGE + sectionOf(pageOf('deploy.md'), 'What the worker reads');
    for (const name of read) expect(pages).toContain(`\`${name}`);
  });
});
