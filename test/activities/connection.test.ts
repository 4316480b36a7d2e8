import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { maintainWorkflowId, provisionWorkflowId } from '../../contract/names.js';
import { startActivityWorld, type ActivityWorld } from '../harness/activity-world.js';
import { startTemporalWorld, type TemporalWorld } from '../harness/temporal-world.js';

let temporal: TemporalWorld;
let world: ActivityWorld;

beforeAll(async () => {
  temporal = await startTemporalWorld();
  world = await startActivityWorld(temporal.client);
});
afterAll(async () => {
  await temporal.stop();
  await world.aws.stop();
});

const isConnected = (connection: string): Promise<boolean> =>
  world.run((activities) => activities.isConnected({ connection }));

describe('isConnected', () => {
  it('is true from the start of what maintains the connection to its end', async () => {
    const connection = `org-${randomUUID()}/vpc-0123456789abcdef0`;
    expect(await isConnected(connection)).toBe(false);
    await temporal.startIdle(provisionWorkflowId(connection));
    expect(await isConnected(connection)).toBe(false);
    await temporal.startIdle(maintainWorkflowId(connection));
    expect(await isConnected(connection)).toBe(true);
    await temporal.client.workflow.getHandle(maintainWorkflowId(connection)).terminate();
    expect(await isConnected(connection)).toBe(false);
  });
});
