import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  chooseProviderRegion,
  isRegion,
  RegionError,
  regionProblem,
  REGIONS,
} from '../../../domain/regions/regions.js';
import { roundTripMs } from '../../../domain/regions/round-trip-times.js';

describe('the table of round trips', () => {
  it('knows 32 different regions and every pair of them, the same both ways, a region nearest to itself', () => {
    expect(new Set(REGIONS).size).toBe(32);
    let sum = 0;
    for (const a of REGIONS) {
      for (const b of REGIONS) {
        const time = roundTripMs(a, b);
        expect(time).toBe(roundTripMs(b, a));
        expect(Number.isInteger(time) && time > 0 && time < 1_000).toBe(true);
        if (a !== b) expect(time).toBeGreaterThan(roundTripMs(a, a));
        sum += time;
      }
    }
    // Of all 1,024 figures of the source: no figure was lost or moved by one.
    expect(sum).toBe(156_052);
  });

  it.each([
    ['af-south-1', 'ap-east-1', 355],
    ['eu-west-1', 'us-east-1', 70],
    ['ap-southeast-2', 'ap-southeast-4', 14],
    ['us-west-1', 'us-west-2', 22],
  ] as const)('has the figure of the source for %s and %s', (a, b, time) =>
    expect(roundTripMs(a, b)).toBe(time),
  );
});

describe('a region that is not known', () => {
  it.each([
    ['us-gov-west-1', 'aws-us-gov'],
    ['cn-north-1', 'aws-cn'],
    ['us-iso-east-1', 'aws-iso,'],
    ['us-isob-east-1', 'aws-iso-b'],
    ['eu-isoe-west-1', 'aws-iso-e'],
    ['us-isof-south-1', 'aws-iso-f'],
    ['eusc-de-east-1', 'aws-eusc'],
    ['CN-NORTH-1', 'aws-cn'],
  ])('is refused by the name of its partition: %s', (region, partition) => {
    expect(regionProblem(region)).toContain(`${region} is in the partition ${partition}`);
    expect(regionProblem(region)).toContain('cannot peer with commercial regions');
  });

  it.each([
    ['eu-west-11', 'eu-west-1'],
    ['EU-WEST-1', 'eu-west-1'],
    ['us-esat-1', 'us-east-1'],
    ['eu_central_1', 'eu-central-1'],
    // One letter from each of eu-west-1, -2 and -3: the first by the alphabet.
    ['eu-west-9', 'eu-west-1'],
    ['ap-southeast-9', 'ap-southeast-1'],
    ['ap-eats-2', 'ap-east-2'],
  ])('comes with the nearest spelling: %s', (text, nearest) => {
    expect(regionProblem(text)).toContain(`the nearest spelling is ${nearest}`);
  });

  it.each(['', 'Ireland', 'x'.repeat(2_000_000)])('comes without one where none is near', (text) => {
    const problem = regionProblem(text);
    expect(problem).toContain('write a name such as');
    expect(problem?.length).toBeLessThan(200);
  });

  it.each(['ap-east-2', 'ap-southeast-6', 'ap-south-9'])('is known once it has round trips: %s', (region) => {
    expect(regionProblem(region)).not.toBeNull();
    expect(regionProblem(region, { [region]: { 'us-east-1': 1 } })).toBeNull();
    expect(regionProblem(region, { 'us-east-1': { [region]: 1 } })).toBeNull();
    expect(regionProblem(region, { 'us-east-1': { 'eu-west-1': 1 } })).not.toBeNull();
  });

  it('has a problem exactly where it is not one of the list', () => {
    for (const region of REGIONS) expect(regionProblem(region)).toBeNull();
    fc.assert(
      fc.property(
        fc.oneof(fc.constantFrom<string>(...REGIONS, 'toString', '__proto__'), fc.string()),
        (text) => {
          expect(regionProblem(text) === null).toBe(isRegion(text));
        },
      ),
    );
  });
});

describe("the provider's region", () => {
  const someRegions = fc.uniqueArray(fc.constantFrom<string>(...REGIONS), { minLength: 1 });

  it('is the candidate with the smallest round trip, and the ranking is in order', () => {
    fc.assert(
      fc.property(fc.constantFrom(...REGIONS), someRegions, (customerRegion, candidates) => {
        const choice = chooseProviderRegion({ customerRegion, candidates });
        const times = choice.ranking.map((ranked) => ranked.roundTripMs);
        expect(times).toEqual([...times].sort((a, b) => a - b));
        expect(choice.roundTripMs).toBe(Math.min(...times));
        expect(new Set(choice.ranking.map(({ region }) => region))).toEqual(new Set(candidates));
        if (candidates.includes(customerRegion)) expect(choice.region).toBe(customerRegion);
        expect(choice.reason).toContain(choice.region);
        expect(choice.reason).toContain(`${String(choice.roundTripMs)} ms`);
      }),
    );
  });

  it('follows the order of candidates on a tie', () => {
    // Both are 12 ms from Frankfurt.
    const choose = (...candidates: string[]): string =>
      chooseProviderRegion({ customerRegion: 'eu-central-1', candidates }).region;
    expect(choose('us-east-1', 'eu-south-1', 'eu-west-3')).toBe('eu-south-1');
    expect(choose('us-east-1', 'eu-west-3', 'eu-south-1')).toBe('eu-west-3');
  });

  it('is the requested one, with what would be nearer', () => {
    const choice = chooseProviderRegion({
      customerRegion: 'eu-west-2',
      candidates: ['us-east-1', 'eu-west-1'],
      requested: 'us-east-1',
    });
    expect(choice.region).toBe('us-east-1');
    expect(choice.reason).toMatch(/^us-east-1 was asked for.*the nearest would be eu-west-1/);
    expect(choice.ranking[0]?.region).toBe('eu-west-1');
  });

  it('counts a candidate named twice once', () => {
    const choice = chooseProviderRegion({
      customerRegion: 'eu-west-1',
      candidates: ['eu-west-1', 'eu-west-1'],
    });
    expect(choice.ranking).toHaveLength(1);
    expect(choice.reason).toContain('the only region configured');
  });

  describe('where the table has not all of them', () => {
    const measured = { 'ap-east-2': { 'eu-west-1': 230, 'ap-southeast-1': 55, 'ap-east-2': 3 } };

    it("goes by the operator's figures for a customer there", () => {
      const choice = chooseProviderRegion({
        customerRegion: 'ap-east-2',
        candidates: ['eu-west-1', 'ap-southeast-1'],
        measured,
      });
      expect(choice).toMatchObject({ region: 'ap-southeast-1', roundTripMs: 55 });
      expect(choice.reason).toBe(
        'ap-southeast-1 has the shortest round trip to ap-east-2, 55 ms by own measurement; next is eu-west-1 with 230 ms by own measurement',
      );
    });

    it('may be the new one, for customers to whom its round trip is given, and is none for others', () => {
      const candidates = ['ap-east-2', 'eu-west-1'];
      const regionsFor = (customerRegion: string): string[] =>
        chooseProviderRegion({ customerRegion, candidates, measured }).ranking.map(({ region }) => region);
      expect(regionsFor('ap-east-2')).toEqual(['ap-east-2', 'eu-west-1']);
      expect(regionsFor('ap-southeast-1')).toEqual(['ap-east-2', 'eu-west-1']);
      expect(regionsFor('us-east-1')).toEqual(['eu-west-1']);
    });

    it.each([
      { customerRegion: 'us-east-1', candidates: ['ap-east-2'], measured },
      {
        customerRegion: 'us-east-1',
        candidates: ['ap-east-2', 'eu-west-1'],
        requested: 'ap-east-2',
        measured,
      },
    ])('cannot be told without any figure: %j', (input) => {
      expect(() => chooseProviderRegion(input)).toThrow(
        'no round trip is known between us-east-1 and ap-east-2; provider.roundTripMs',
      );
    });
  });

  it.each([
    { customerRegion: 'ap-east-2', candidates: ['eu-west-1'] },
    { customerRegion: 'eu-west-1', candidates: [] },
    { customerRegion: 'cn-north-1', candidates: ['eu-west-1'] },
    { customerRegion: 'eu-west-1', candidates: ['eu-west-1', 'nowhere'] },
    { customerRegion: 'eu-west-1', candidates: ['eu-west-1'], requested: 'us-east-1' },
  ])('cannot be chosen from %j', (input) => {
    expect(() => chooseProviderRegion(input)).toThrow(RegionError);
  });
});
