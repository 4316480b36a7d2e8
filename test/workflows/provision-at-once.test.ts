import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { provisionAtOnce } from '../../bench/provision-at-once.js';
import { activitiesWithoutAws } from '../../bench/stand-in-aws.js';
import { testSettings } from '../harness/settings.js';
import { startTemporalWorld, type TemporalWorld } from '../harness/temporal-world.js';

const TASK_QUEUE = 'provision-at-once';

let temporal: TemporalWorld;
beforeAll(async () => {
  temporal = await startTemporalWorld();
  const settings = testSettings({ addresses: { uniqueness: 'global' } });
  await temporal.startWorker(TASK_QUEUE, activitiesWithoutAws(settings, TASK_QUEUE));
});
afterAll(async () => {
  await temporal.stop();
});

it('gives 60 connections that are requested at once 60 blocks of one global pool, none lost, and fails none', async () => {
  const { violations } = await provisionAtOnce(temporal.client, 60, TASK_QUEUE);
  expect(violations).toEqual([]);
});
