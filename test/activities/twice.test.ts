import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Activities, NetworkActivities } from '../../activities/index.js';
import { DAY_MS } from '../../domain/durations.js';
import { effectsOf, startActivityWorld, type ActivityWorld } from '../harness/activity-world.js';
import { PROVIDER_REGION } from '../harness/connection-stages.js';
import { endedPeering } from '../harness/ended-peerings.js';
import { shapeOf } from '../harness/inventory.js';
import { NOTIFICATION } from '../harness/notifications.js';
import { POOL_POLICY } from '../harness/pool-world.js';
import { startTemporalWorld, type TemporalWorld } from '../harness/temporal-world.js';
import { NETWORK_CASES, type Act } from './network-cases.js';
import { REPAIR_CASES } from './repair-cases.js';

let temporal: TemporalWorld;
let world: ActivityWorld;

beforeAll(async () => {
  temporal = await startTemporalWorld();
  world = await startActivityWorld(temporal.client);
  await temporal.startWorker('causeway', world.activities);
});
beforeEach(() => world.aws.reset());
afterAll(async () => {
  await temporal.stop();
  await world.aws.stop();
});

const SCOPE = `org-${randomUUID()}`;
const HOLDER = 'org-1/vpc-0123456789abcdef0';
const CUSTOMER_SCOPE = 'customer:vpc-0123456789abcdef0';
const RELEASE = {
  scope: SCOPE,
  shards: [null],
  customerScope: CUSTOMER_SCOPE,
  order: { holder: HOLDER, wasActive: false, quarantineMs: DAY_MS },
};

/** Activities that change nothing in AWS: what they ask, and what they answer each time. */
const OTHER_CASES: Record<
  Exclude<keyof Activities, keyof NetworkActivities>,
  { act: Act; answer: unknown }
> = {
  allocateBlock: {
    act: (activities) =>
      activities.allocateBlock({
        scope: SCOPE,
        sharding: 'none',
        customerScope: CUSTOMER_SCOPE,
        order: {
          holder: HOLDER,
          policy: POOL_POLICY,
          avoid: [],
          requested: null,
        },
      }),
    answer: { cidr: '10.200.0.0/25' },
  },
  releaseBlock: {
    act: (activities) => activities.releaseBlock(RELEASE),
    answer: undefined,
  },
  explainBlock: {
    act: (activities) =>
      activities.explainBlock({
        scope: 'nobody asked for one yet',
        sharding: 'none',
        customerScope: CUSTOMER_SCOPE,
        inquiry: { holder: HOLDER, policy: POOL_POLICY, avoid: [], requested: null },
        now: 0,
        naming: false,
      }),
    answer: { cidr: '10.200.0.0/25', heldBefore: false },
  },
  reserveRange: {
    act: (activities) =>
      activities.reserveRange({
        pools: [{ scope: SCOPE, shard: null }],
        cidr: '10.200.64.0/20',
        why: 'a test',
      }),
    answer: { ok: true },
  },
  adoptBlock: {
    act: (activities) =>
      activities.adoptBlock({
        pools: [CUSTOMER_SCOPE, SCOPE].map((scope) => ({ scope: `${scope}-adopting`, shard: null })),
        holder: HOLDER,
        cidr: '10.200.1.0/25',
      }),
    answer: { ok: true, cidr: '10.200.1.0/25' },
  },
  freeAddresses: {
    act: (activities) =>
      activities.freeAddresses({
        pools: [{ scope: 'nobody asked for one yet', shard: null }],
        cidr: '10.200.1.0/25',
        release: { scope: 'nobody asked for one yet', shards: [null], quarantineMs: DAY_MS },
      }),
    answer: { ok: false },
  },
  compareAddresses: {
    act: (activities) => activities.compareAddresses(),
    answer: { vpcs: 0, more: 0 },
  },
  cancelRun: { act: (activities) => activities.cancelRun({ workflowId: HOLDER }), answer: undefined },
  isKept: {
    act: (activities) => activities.isKept({ connection: HOLDER }),
    answer: false,
  },
  isConnected: { act: (activities) => activities.isConnected({ connection: HOLDER }), answer: false },
  recordEnd: {
    act: (activities) =>
      activities.recordEnd({
        connection: HOLDER,
        end: endedPeering({ organizationId: 'org-1', vpcId: 'vpc-0123456789abcdef0' }, 'run-1'),
      }),
    answer: undefined,
  },
  findOrphans: {
    act: (activities) => activities.findOrphans({ region: PROVIDER_REGION, deployment: 'default' }),
    answer: { examined: 0, orphans: [] },
  },
  findResources: {
    act: (activities) =>
      activities.findResources({ region: PROVIDER_REGION, deployment: 'default', run: 'run-1' }),
    answer: [],
  },
  isOwned: { act: (activities) => activities.isOwned({ connection: HOLDER, run: 'run-1' }), answer: false },
  releaseBlockOfNobody: {
    act: (activities) => activities.releaseBlockOfNobody(RELEASE),
    answer: undefined,
  },
  loadSettings: {
    act: (activities) => activities.loadSettings(),
    answer: { addresses: { preferred: '10.200.0.0/25' } },
  },
  /** Without a webhook here; what a receiver gets twice is in notification.test.ts. */
  postNotification: {
    act: (activities) =>
      activities.postNotification({ id: 'notification/x/1', notification: NOTIFICATION }).catch(String),
    answer: expect.stringContaining('notifications.webhookUrl or its key is not set'),
  },
  checkProviderRegion: {
    act: (activities) => activities.checkProviderRegion({ region: PROVIDER_REGION }),
    answer: [{ purpose: 'provision', ok: true }, { purpose: 'observe' }, { purpose: 'release' }],
  },
};

it('has a case for every activity there is', () => {
  const cases = Object.keys({ ...NETWORK_CASES, ...OTHER_CASES });
  expect(cases.sort()).toEqual(Object.keys(world.activities).sort());
});

describe.each(Object.entries({ ...NETWORK_CASES, ...REPAIR_CASES }))(
  '%s',
  (_, { prepare, changes, verify, ...rest }) => {
    it('does what it says, and run again changes nothing', async () => {
      const act = await prepare(world);
      await world.aws.control.clearCalls();
      const first = await world.run(act);
      const inventory = await world.aws.control.inventory();
      verify(inventory);
      expect(await effectsOf(world)).toEqual(changes);

      for (const attempt of [1, 2]) {
        expect(await world.run(act, attempt)).toEqual('secondAnswer' in rest ? rest.secondAnswer : first);
        expect(await effectsOf(world)).toEqual(changes);
      }
      expect(shapeOf(await world.aws.control.inventory())).toEqual(shapeOf(inventory));
    });

    it('leaves the same when an attempt that was given up goes on beside the next one', async () => {
      await world.run(await prepare(world));
      const wanted = shapeOf(await world.aws.control.inventory());
      await world.aws.reset();
      const act = await prepare(world);
      await Promise.allSettled([world.run(act, 1), world.run(act, 2)]);
      await world.run(act, 3);
      expect(shapeOf(await world.aws.control.inventory())).toEqual(wanted);
    });
  },
);

describe.each(Object.entries(OTHER_CASES))('%s', (_, { act, answer }) => {
  it('answers alike each time, and changes nothing in AWS', async () => {
    for (const attempt of [1, 1, 2]) {
      expect([await world.run(act, attempt)]).toMatchObject([answer]);
    }
    expect(await effectsOf(world)).toEqual([]);
  });
});
