import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { rankRegions } from '../../../domain/regions/ranking.js';
import { chooseProviderRegion, REGIONS, type Region } from '../../../domain/regions/regions.js';
import { roundTripMs } from '../../../domain/regions/round-trip-times.js';

const region = fc.constantFrom(...REGIONS);
const measurements = fc.dictionary(
  region,
  fc.dictionary(region, fc.double({ min: 0.1, max: 500, noNaN: true })),
);
const candidates = fc.uniqueArray(region, { minLength: 1 });

describe('a ranking of regions', () => {
  it('has each candidate once, in order, with the figure of its direction, else of the other, else the table', () => {
    fc.assert(
      fc.property(region, candidates, measurements, (from, some, measured) => {
        const ranking = rankRegions({ from, candidates: [...some, ...some], measured });
        expect(ranking.map((ranked) => ranked.region).sort()).toEqual([...some].sort());
        for (const [index, { region: to, roundTripMs: time, measured: own }] of ranking.entries()) {
          const given = measured[from]?.[to] ?? measured[to]?.[from];
          expect(own).toBe(given === undefined ? undefined : true);
          expect(time).toBe(given ?? tableTime(from, to));
          const next = ranking[index + 1];
          if (next !== undefined && to !== from) expect(time).toBeLessThanOrEqual(next.roundTripMs);
        }
        expect(ranking.findIndex((ranked) => ranked.region === from)).toBeLessThanOrEqual(0);
      }),
    );
  });

  it('takes each direction for itself where both are given', () => {
    const measured = { 'us-east-1': { 'eu-west-1': 60 }, 'eu-west-1': { 'us-east-1': 90 } };
    const timeOf = (from: Region, to: Region): unknown => rankRegions({ from, candidates: [to], measured });
    expect(timeOf('us-east-1', 'eu-west-1')).toEqual([
      { region: 'eu-west-1', roundTripMs: 60, measured: true },
    ]);
    expect(timeOf('eu-west-1', 'us-east-1')).toEqual([
      { region: 'us-east-1', roundTripMs: 90, measured: true },
    ]);
  });
});

function tableTime(from: string, to: string): number | undefined {
  const [a, b] = [from, to].map((name) => REGIONS.find((each) => each === name));
  return a === undefined || b === undefined ? undefined : roundTripMs(a, b);
}

describe('the choice by own measurements', () => {
  const choose = (measured?: Record<string, Record<string, number>>): { region: string; reason: string } =>
    chooseProviderRegion({
      customerRegion: 'eu-central-1',
      candidates: ['us-east-1', 'eu-west-1', 'eu-west-2'],
      measured,
    });

  it('says that a measurement decided, and what the table would have chosen', () => {
    const { region: chosen, reason } = choose({ 'eu-west-1': { 'eu-central-1': 12.5 } });
    expect(chosen).toBe('eu-west-1');
    expect(reason).toBe(
      'eu-west-1 has the shortest round trip to eu-central-1, 12.5 ms by own measurement; next is eu-west-2 with 18 ms; ' +
        'by the table of round trips it would be eu-west-2 with 18 ms',
    );
  });

  it('says so too where the measured one is farther than the table has it', () => {
    const { region: chosen, reason } = choose({ 'eu-central-1': { 'eu-west-2': 30 } });
    expect(chosen).toBe('eu-west-1');
    expect(reason).toBe(
      'eu-west-1 has the shortest round trip to eu-central-1, 27 ms; next is eu-west-2 with 30 ms by own measurement; ' +
        'by the table of round trips it would be eu-west-2 with 18 ms',
    );
  });

  it('does not where the table would have chosen the same, or nothing was measured', () => {
    const confirmed = choose({ 'eu-central-1': { 'eu-west-2': 17 } });
    expect(confirmed.region).toBe('eu-west-2');
    expect(confirmed.reason).toMatch(/17 ms by own measurement; next is eu-west-1 with 27 ms$/);
    expect(choose({})).toEqual(choose());
  });

  it("leaves the customer's own region first", () => {
    const { region: chosen } = chooseProviderRegion({
      customerRegion: 'us-east-1',
      candidates: ['us-east-2', 'us-east-1'],
      measured: { 'us-east-1': { 'us-east-2': 1 } },
    });
    expect(chosen).toBe('us-east-1');
  });
});
