import { describe, expect, it } from '@jest/globals';
import { TAG } from '../../contract/tags.js';
import { parseSettings } from '../../domain/settings.js';

const parsed = (tags: unknown): ReturnType<typeof parseSettings> =>
  parseSettings({ provider: { accountId: '111122223333', regions: ['us-east-1'], tags } }, 'default');

const problemsOf = (tags: unknown): string[] => {
  const result = parsed(tags);
  return result.ok ? [] : result.problems;
};

const numbered = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`key-${index.toString()}`, 'x']));

describe("the operator's tags", () => {
  it.each([
    {},
    { 'cost-centre': '4711', name: '', 'Owned by': 'a@b.example' },
    { ['é'.repeat(128)]: '😀'.repeat(256) },
    numbered(40),
  ])('are taken as AWS takes them: %j', (tags) => {
    expect(parsed(tags)).toMatchObject({ ok: true, settings: { provider: { tags } } });
  });

  it.each<[unknown, RegExp]>([
    [['x'], /^provider\.tags: must be an object .*, not a list$/],
    [null, /^provider\.tags: must be an object .*, not null$/],
    [{ a: 1 }, /^provider\.tags\.a: must be text, not a number$/],
    [{ '': 'x' }, /^provider\.tags\."": a key has 1 to 128 characters$/],
    [{ ['k'.repeat(129)]: 'x' }, /^provider\.tags\..*: a key has 1 to 128 characters$/],
    [{ ['😀'.repeat(129)]: 'x' }, /^provider\.tags\..*: a key has 1 to 128 characters$/],
    [{ a: 'v'.repeat(257) }, /^provider\.tags\.a: a value has at most 256 characters$/],
    [{ 'a\n': 'x' }, /^provider\.tags\..*: a key has no control characters$/],
    [{ a: '\u0000' }, /^provider\.tags\.a: a value has no control characters$/],
    [numbered(41), /^provider\.tags: has 41 tags; at most 40 are allowed/],
  ])('are refused by name: %j', (tags, problem) => {
    expect(problemsOf(tags)).toEqual([expect.stringMatching(problem)]);
  });

  it.each(['aws:x', 'AWS:cost', 'Causeway:role', 'causeway:mine', ...Object.values(TAG)])(
    'leave %s to AWS or to Causeway',
    (key) => {
      expect(problemsOf({ [key]: 'x' })).toEqual([
        expect.stringMatching(/is not free: aws: is for AWS, and causeway: and Name are for Causeway$/),
      ]);
    },
  );

  it('have all their problems told at once', () => {
    expect(problemsOf({ Name: 'x', a: 1, b: 'fine' })).toHaveLength(2);
  });
});
