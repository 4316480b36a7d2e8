/** T11, the harness itself: what is tried together is told apart when it goes wrong. */
import { describe, expect, it } from '@jest/globals';
import { problemsInBatches } from '../harness/fault-batches.js';

const ALL = Array.from({ length: 12 }, (_, index) => index);

/** What is said of a batch by a job that finds something wrong with these parts of it. */
async function saidOf(isWrong: (part: readonly number[]) => boolean): Promise<string[]> {
  return problemsInBatches({ limit: 1, batches: [ALL], nameOf: (item) => `#${item.toString()}` }, (part) =>
    Promise.resolve(isWrong(part) ? ['leaks'] : []),
  );
}

describe('a batch of faults', () => {
  it('is tried once where nothing is wrong', async () => {
    const tried: number[][] = [];
    const problems = await problemsInBatches(
      { limit: 2, batches: [ALL, [12, 13]], nameOf: String },
      (part) => {
        tried.push([...part]);
        return Promise.resolve([]);
      },
    );
    expect(problems).toEqual([]);
    expect(tried).toEqual([ALL, [12, 13]]);
  });

  it('names the one that goes wrong', async () => {
    expect(await saidOf((part) => part.includes(7))).toEqual(['#7: leaks']);
  });

  it('names each of several', async () => {
    expect(await saidOf((part) => part.includes(2) || part.includes(11))).toEqual([
      '#2: leaks',
      '#11: leaks',
    ]);
  });

  it('names all it takes where none of them alone goes wrong', async () => {
    expect(await saidOf((part) => part.includes(9) && part.includes(10) && part.includes(11))).toEqual([
      '#9 with #10 with #11: leaks',
    ]);
    expect(await saidOf((part) => part.length === ALL.length)).toEqual([
      `${ALL.map((item) => `#${item.toString()}`).join(' with ')}: leaks`,
    ]);
  });

  it('is not halved for hours where all of it goes wrong', async () => {
    const many = Array.from({ length: 1_000 }, (_, index) => index);
    let tried = 0;
    const problems = await problemsInBatches({ limit: 1, batches: [many], nameOf: String }, () => {
      tried += 1;
      return Promise.resolve(['leaks']);
    });
    expect(tried).toBeLessThan(50);
    expect(problems.join().match(/\d+/g)).toHaveLength(many.length);
  });

  it('is red where a story throws', async () => {
    const problems = await problemsInBatches({ limit: 1, batches: [['one']], nameOf: String }, () =>
      Promise.reject(new Error('not within 5 s: it is up')),
    );
    expect(problems).toEqual(['one: Error: not within 5 s: it is up']);
  });
});
