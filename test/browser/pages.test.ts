import { afterAll, beforeAll, describe } from '@jest/globals';
import { BROWSER } from '../harness/browser.js';
import { startPagesWorld, type PagesWorld } from '../harness/pages-world.js';
import { customerStories } from './customer-stories.js';
import { operatorStories } from './operator-stories.js';

let world: PagesWorld;

// One stack and one browser for both: starting them takes longer than the stories.
(BROWSER === null ? describe.skip : describe)('in a browser', () => {
  beforeAll(async () => {
    world = await startPagesWorld();
  });
  afterAll(() => world.stop());

  describe('the customer’s page', () => {
    customerStories(() => world);
  });
  describe('the operator’s page', () => {
    operatorStories(() => world);
  });
});
