import { afterAll, afterEach, beforeEach } from '@jest/globals';
import { HANG_MS, noteTried } from './fault-plan.js';
import { startSkippingWorld, type SkippingWorld } from './time-skipping.js';

/**
 * A world for each story of a file, and their number for the totals: the test server skips no more time once some workflows
 * have ended in it.
 *
 * @param use takes it, before each story
 */
export function withStoryWorld(use: (world: SkippingWorld) => void): void {
  let world: SkippingWorld;
  let tried = 0;
  beforeEach(async () => {
    world = await startSkippingWorld();
    tried += 1;
    use(world);
  }, HANG_MS);
  afterEach(() => world.stop());
  afterAll(() => noteTried({ points: tried, leaked: 0 }));
}
