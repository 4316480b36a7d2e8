import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { classifyAwsError, FAILURE_CODES, FAILURES, quotaOf, type Failure } from '../../domain/failures.js';
import { codesIn, pageOf, rowsOf, sectionOf } from './markdown.js';

const PAGE = pageOf('errors.md');
const SOURCE = readFileSync(new URL('../../domain/aws-errors.ts', import.meta.url), 'utf8');

const CAUSEWAY: Record<Failure['disposition'], string> = {
  retry: 'retries',
  park: 'parks',
  'give-up': 'gives up',
};

const tableOf = (heading: string): string[][] => rowsOf(sectionOf(PAGE, heading));

/** A code that the pattern of the page (`*` for anything) stands for. */
const example = (pattern: string): string => pattern.replaceAll('*', 'Xx');

/** The patterns of a table in the source, by the words in them, and what they stand for: nothing else has to know the tables. */
function patternsIn(table: string, key: 'code' | 'name'): { words: string[]; means: string }[] {
  const [, rest = ''] = SOURCE.split(`const ${table}: `);
  const [text = ''] = rest.split('\n];');
  const entries = [
    ...text.matchAll(new RegExp(`pattern:\\s*/((?:[^/\\\\]|\\\\.)+)/i?,\\s*${key}: '([^']+)'`, 'g')),
  ];
  expect(entries.length).toBeGreaterThan(5);
  expect(entries).toHaveLength((text.match(/pattern:\s*\//g) ?? []).length);
  return entries.map(([, pattern = '', means = '']) => ({
    words: pattern.match(/[A-Za-z0-9]{4,}/g) ?? [],
    means,
  }));
}

describe('the page on errors', () => {
  it('says of every code, in their order, what it means, who acts and what Causeway does', () => {
    const told = tableOf('The codes').map(([code, meaning, who, causeway = '']) => [
      code,
      meaning,
      who,
      causeway.split(/[:;,]/)[0],
    ]);
    expect(told).toEqual(
      FAILURE_CODES.map((code) => {
        const { summary, who, disposition } = FAILURES[code];
        return [`\`${code}\``, summary, who, CAUSEWAY[disposition]];
      }),
    );
  });

  it('says the cause of every code', () => {
    for (const [code, , , , cause] of tableOf('The codes')) {
      expect([code, cause]).toEqual([code, expect.stringMatching(/\w{4}/)]);
    }
  });

  it('says of every code the next step, and what the customer is told', () => {
    expect(tableOf('What to do')).toEqual(
      FAILURE_CODES.map((code) => [`\`${code}\``, FAILURES[code].operator, FAILURES[code].customer ?? '–']),
    );
  });

  it('explains exactly what Causeway does by the table', () => {
    expect(sectionOf(PAGE, 'Retries, parks, gives up')).toContain(
      `| under way | ${Object.values(CAUSEWAY).join(' | ')} |`,
    );
  });
});

describe('an answer of AWS on that page', () => {
  const rows = tableOf('What AWS answers').map(([code = '', answers = '']) => ({
    code: codesIn(code)[0],
    answers: codesIn(answers),
  }));

  it.each(rows)('that stands at $code is that, whatever its HTTP status', ({ code, answers }) => {
    expect(answers).not.toEqual([]);
    for (const answer of answers) {
      for (const httpStatus of [undefined, 400, 429, 503]) {
        expect([answer, classifyAwsError({ code: example(answer), httpStatus })]).toEqual([answer, code]);
      }
    }
  });

  it('is there for every pattern of the code', () => {
    const missing = patternsIn('AWS_CODES', 'code').flatMap(({ words, means }) => {
      const told = rows
        .filter(({ code }) => code === means)
        .flatMap(({ answers }) => answers)
        .join(' ');
      return words.filter((word) => !told.includes(word)).map((word) => `${means}: ${word}`);
    });
    expect(missing).toEqual([]);
  });
});

describe('a quota on that page', () => {
  const rows = tableOf('Quotas').map(([answers = '', name = '']) => ({ answers: codesIn(answers), name }));

  it('is called as it is shown', () => {
    for (const { answers, name } of rows) {
      for (const answer of answers) expect([answer, quotaOf(example(answer))]).toEqual([answer, name]);
    }
  });

  it('is there for every pattern of the code, and no other, in their order', () => {
    const patterns = patternsIn('QUOTAS', 'name');
    expect(rows.map(({ name }) => name)).toEqual(patterns.map(({ means }) => means));
    for (const [index, { words }] of patterns.entries()) {
      for (const word of words) expect(rows[index]?.answers.join(' ')).toContain(word);
    }
  });
});
