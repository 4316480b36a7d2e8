import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EndedSessions } from '../../client/ended-sessions.js';
import { until } from '../harness/until.js';
import { startTemporalWorld, type TemporalWorld } from '../harness/temporal-world.js';

let temporal: TemporalWorld;
beforeAll(async () => {
  temporal = await startTemporalWorld();
});
afterAll(() => temporal.stop());

const HOUR_MS = 3_600_000;

describe('a session that was ended', () => {
  it('is known to everybody at once, also when it is ended twice, and no other is', async () => {
    const [here, there] = [new EndedSessions(temporal.client), new EndedSessions(temporal.client)];
    const id = randomUUID();
    expect(await there.has(id)).toBe(false);
    await here.add(id, Date.now() + HOUR_MS);
    await here.add(id, Date.now() + HOUR_MS);
    expect(await there.has(id)).toBe(true);
    expect(await there.has(randomUUID())).toBe(false);
  });

  it('is a record that ends by itself, and is known for as long as Temporal keeps it', async () => {
    const sessions = new EndedSessions(temporal.client);
    const id = randomUUID();
    await sessions.add(id, Date.now() - HOUR_MS);
    await until('the record has ended', async () => {
      const { status } = await temporal.client.workflow.getHandle(`ended-session/${id}`).describe();
      return status.name === 'TIMED_OUT' ? true : undefined;
    });
    expect(await sessions.has(id)).toBe(true);
  });
});
