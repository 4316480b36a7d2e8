import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import packageJson from '../../package.json' with { type: 'json' };

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join('docs', file)),
].sort();

const textOf = (document: string): string => readFileSync(join(ROOT, document), 'utf8');

/** Names of the scripts that a text tells to run. */
const scriptsIn = (text: string): string[] =>
  [...text.matchAll(/\bnpm (?:run (?:--silent |-s )?([\w:-]+)|(test|start)\b)/g)].map(
    ([, run, short]) => run ?? short ?? '',
  );

/** Targets of a text's links to files of the project and to headings, not those in code. */
function linksIn(text: string): string[] {
  const prose = text.replace(/^(```|~~~)[\s\S]*?^\1/gm, '').replace(/`[^`\n]*`/g, '');
  const inline = [...prose.matchAll(/\]\(\s*<?([^)\s>]+)>?[^)]*\)/g)];
  const referenced = [...prose.matchAll(/^\[[^\]]+\]:\s*<?(\S+?)>?(?:\s|$)/gm)];
  return [...inline, ...referenced].map(([, to = '']) => to).filter((to) => !/^[a-z][a-z+.-]*:/i.test(to));
}

/** The names under which GitHub links to the headings of a text. */
function anchorsOf(text: string): string[] {
  const headings = text.replace(/^(```|~~~)[\s\S]*?^\1/gm, '').matchAll(/^#{1,6} +(.+?)\s*#*$/gm);
  const seen = new Map<string, number>();
  return [...headings].map(([, heading = '']) => {
    const slug = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
      .replaceAll(' ', '-');
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    return times === 0 ? slug : `${slug}-${times}`;
  });
}

/** What is wrong with a link of that document, or null. */
function problemOf(document: string, link: string): string | null {
  const [path = '', anchor] = decodeURIComponent(link).split('#');
  const target = path === '' ? join(ROOT, document) : join(ROOT, dirname(document), path);
  if (relative(ROOT, target).startsWith('..')) return `${link} leads out of the project`;
  if (!existsSync(target)) return `${link} leads nowhere`;
  if (anchor === undefined || !target.endsWith('.md')) return null;
  return anchorsOf(readFileSync(target, 'utf8')).includes(anchor) ? null : `${link} names no heading`;
}

describe.each(DOCUMENTS)('%s', (document) => {
  it('names only scripts that there are', () => {
    const missing = scriptsIn(textOf(document)).filter((script) => !(script in packageJson.scripts));
    expect(missing).toEqual([]);
  });

  it('has only links that lead somewhere', () => {
    const problems = linksIn(textOf(document)).map((link) => problemOf(document, link));
    expect(problems.filter((problem) => problem !== null)).toEqual([]);
  });
});

describe('the documentation as a whole', () => {
  it('is long enough to be worth the look', () => {
    const all = DOCUMENTS.map(textOf).join('\n');
    expect(scriptsIn(all)).toEqual(expect.arrayContaining(['demo', 'test']));
    expect(DOCUMENTS.flatMap((document) => linksIn(textOf(document))).length).toBeGreaterThan(5);
  });
});

describe('the look itself', () => {
  it('finds scripts, in prose and in code', () => {
    expect(
      scriptsIn('`npm run demo -- --keep`, then\n```\nnpm test\nnpm run --silent check:types\n```'),
    ).toEqual(['demo', 'test', 'check:types']);
    expect(scriptsIn('npm ci, then npm install')).toEqual([]);
  });

  it('finds links in prose alone, and leaves the web alone', () => {
    const text = [
      '[a](docs/a.md) and [b](<b.md> "title"), [web](https://example.com), [mail](mailto:x@example.com)',
      '`[code](c.md)`',
      '```',
      '[fenced](d.md)',
      '```',
      '[e]: e.md#part',
    ].join('\n');
    expect(linksIn(text)).toEqual(['docs/a.md', 'b.md', 'e.md#part']);
  });

  it('tells a link that leads nowhere, out of the project, or to no heading', () => {
    expect(problemOf('README.md', 'nowhere.md')).toBe('nowhere.md leads nowhere');
    expect(problemOf('docs/cli.md', '../README.md')).toBeNull();
    expect(problemOf('docs/cli.md', '../../README.md')).toBe('../../README.md leads out of the project');
    expect(problemOf('README.md', 'docs/cli.md#no-such-heading')).toBe(
      'docs/cli.md#no-such-heading names no heading',
    );
    const [heading = ''] = anchorsOf(textOf('README.md'));
    expect(problemOf('README.md', `#${heading}`)).toBeNull();
  });

  it('names headings as GitHub does', () => {
    expect(anchorsOf('# What it `does`: now!\n## Part\n## Part\n```\n# no heading\n```')).toEqual([
      'what-it-does-now',
      'part',
      'part-1',
    ]);
  });
});
