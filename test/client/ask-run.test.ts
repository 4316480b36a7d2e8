import { describe, expect, it } from '@jest/globals';
import { QueryNotRegisteredError } from '@temporalio/client';
import { askRun } from '../../client/ask-run.js';
import { ASKED_TOO_EARLY, statusQuery } from '../../contract/messages.js';

/** A run that refuses so many questions, with these words, before it answers. */
function refusing(refusals: number, words: string): { query: () => Promise<never>; asked: () => number } {
  let asked = 0;
  return {
    asked: () => asked,
    query: () => {
      asked += 1;
      if (asked <= refusals) return Promise.reject(new QueryNotRegisteredError(words, 3));
      // What it answers is nobody's concern here.
      return Promise.resolve('the status' as never);
    },
  };
}

describe('a question to a run', () => {
  it('is asked again when it crossed news', async () => {
    const run = refusing(2, ASKED_TOO_EARLY);
    expect(await askRun(run, statusQuery)).toBe('the status');
    expect(run.asked()).toBe(3);
  });

  it('is given up after a few times', async () => {
    const run = refusing(Infinity, ASKED_TOO_EARLY);
    await expect(askRun(run, statusQuery)).rejects.toThrow(ASKED_TOO_EARLY);
    expect(run.asked()).toBe(5);
  });

  it('is not repeated for any other refusal', async () => {
    const run = refusing(Infinity, 'did not find a handler for status');
    await expect(askRun(run, statusQuery)).rejects.toThrow('did not find');
    expect(run.asked()).toBe(1);
  });
});
