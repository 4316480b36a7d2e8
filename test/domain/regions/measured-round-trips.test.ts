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
      /^provider\.roundTripMs\."us-esat-1": .*nearest spelling is us-east-1; one that is newer needs a round trip/,
    ],
    [
      { 'us-east-1': { 'eu-west-11': 68 } },
      /^provider\.roundTripMs\.us-east-1\."eu-west-11": .*nearest spelling is eu-west-1; one that is newer needs a round trip/,
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
      Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`x${index.toString()}`, 1])),
      /^provider\.roundTripMs: has 101 regions; at most 100 are allowed$/,
    ],
  ])('are refused by their path: %j', (roundTripMs, problem) => {
    expect(problemsOf({ roundTripMs })).toEqual([expect.stringMatching(problem)]);
  });

  it.each<[string, object]>([
    ["a customer's", { roundTripMs: { 'ap-east-2': { 'us-east-1': 200, 'eu-west-1': 230 } } }],
    [
      'one given the other way',
      { roundTripMs: { 'ap-southeast-6': { 'us-east-1': 200 }, 'eu-west-1': { 'ap-southeast-6': 280 } } },
    ],
    ['one that nobody knew', { roundTripMs: { 'ap-south-9': { 'us-east-1': 200, 'eu-west-1': 130 } } }],
    [
      "the provider's",
      {
        regions: ['us-east-1', 'ap-east-2'],
        roundTripMs: { 'ap-east-2': { 'us-east-1': 200, 'ap-east-2': 3 } },
      },
    ],
  ])('add a region that is newer than the table: %s', (_, provider) => {
    expect(problemsOf(provider)).toEqual([]);
  });

  it.each<[string, object, string]>([
    ['without any', { regions: ['us-east-1', 'ap-east-2'] }, 'provider.regions[1]: ap-east-2 is newer than'],
    [
      'without the one to itself',
      { regions: ['us-east-1', 'ap-east-2'], roundTripMs: { 'ap-east-2': { 'us-east-1': 200 } } },
      'provider.regions[1]: ap-east-2 is newer than',
    ],
    [
      'without the one to a region of the provider',
      { roundTripMs: { 'ap-east-2': { 'us-east-1': 200, 'eu-west-2': 230 } } },
      'provider.roundTripMs."ap-east-2": ap-east-2 is newer than',
    ],
  ])('add none %s', (_, provider, problem) => {
    expect(problemsOf(provider)).toEqual([expect.stringContaining(problem)]);
  });

  it('have all their problems told at once', () => {
    const roundTripMs = {
      'us-esat-1': {},
      'us-east-1': { 'eu-west-1': 0, 'eu-wset-2': 1, 'eu-west-3': 'x' },
    };
    expect(problemsOf({ roundTripMs, accountId: '1' })).toHaveLength(5);
  });
});
