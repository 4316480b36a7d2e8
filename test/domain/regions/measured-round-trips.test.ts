import { describe, expect, it } from '@jest/globals';
import { parseSettings } from '../../../domain/settings.js';

const problemsOf = (provider: object): string[] => {
  const result = parseSettings(
    { provider: { accountId: '111122223333', regions: ['us-east-1', 'eu-west-1'], ...provider } },
    'default',
  );
  return result.ok ? [] : result.problems;
};

describe("the operator's own round trips", () => {
  it.each<[unknown, RegExp]>([
    [null, /^provider\.roundTripMs: must be an object .*, not null$/],
    [[1], /^provider\.roundTripMs: must be an object .*, not a list$/],
    [
      { 'us-esat-1': { 'eu-west-1': 68 } },
      /^provider\.roundTripMs\."us-esat-1": .*nearest spelling is us-east-1$/,
    ],
    [
      { 'us-east-1': { 'eu-west-11': 68 } },
      /^provider\.roundTripMs\.us-east-1\."eu-west-11": .*nearest spelling is eu-west-1$/,
    ],
    [
      { 'us-east-1': { 'cn-north-1': 68 } },
      /^provider\.roundTripMs\.us-east-1\."cn-north-1": .*partition aws-cn/,
    ],
    [{ 'us-east-1': 68 }, /^provider\.roundTripMs\.us-east-1: must be an object .*, not a number$/],
    ...[0, -1, 10_001, Infinity, NaN].map((time): [unknown, RegExp] => [
      { 'us-east-1': { 'eu-west-1': time } },
      /^provider\.roundTripMs\.us-east-1\.eu-west-1: .* ms is no round trip; above 0 and up to 10000 is allowed$/,
    ]),
    [
      { 'us-east-1': { 'eu-west-1': '68' } },
      /^provider\.roundTripMs\.us-east-1\.eu-west-1: must be a number of milliseconds, not text$/,
    ],
    [
      Object.fromEntries(Array.from({ length: 33 }, (_, index) => [`x${index.toString()}`, 1])),
      /^provider\.roundTripMs: has 33 regions, of 32 that are known$/,
    ],
  ])('are refused by their path: %j', (roundTripMs, problem) => {
    expect(problemsOf({ roundTripMs })).toEqual([expect.stringMatching(problem)]);
  });

  it('have all their problems told at once', () => {
    const roundTripMs = {
      'us-esat-1': {},
      'us-east-1': { 'eu-west-1': 0, 'eu-wset-2': 1, 'eu-west-3': 'x' },
    };
    expect(problemsOf({ roundTripMs, accountId: '1' })).toHaveLength(5);
  });
});
