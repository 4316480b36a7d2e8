import { condition } from '@temporalio/workflow';
import { durationMs } from '../domain/durations.js';
import type { RunSettings } from '../domain/settings.js';

/** The part of `acceptance.observeEvery` that lies at least between two looks at AWS which somebody's message brought about. */
const PART_OF_OBSERVE_EVERY = 4;

/** Whoever speaks makes a run look at AWS at once; a flood of messages makes it look only so often. */
export class LookPace {
  /** @param lookedAt when a message last brought about a look, ms since the epoch; 0 for never */
  constructor(private lookedAt: number) {}

  get last(): number {
    return this.lookedAt;
  }

  looked(): void {
    this.lookedAt = Date.now();
  }

  /**
   * Waits until a message may make the run look again, or something urgent has come.
   *
   * @returns whether it may look
   */
  async untilDue({ acceptance }: RunSettings, isUrgent: () => boolean): Promise<boolean> {
    const due = this.lookedAt + durationMs(acceptance.observeEvery) / PART_OF_OBSERVE_EVERY;
    const wait = due - Date.now();
    return wait <= 0 || !(await condition(isUrgent, wait, { summary: 'AWS was looked at just now' }));
  }
}
