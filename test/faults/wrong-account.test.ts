/**
 * T12: roles that belong to another account, while connections live and requests wait. Such a reader sees nothing, as if all
 * had been deleted: nothing ends of it, nothing is deleted, no block is freed, and nothing is made in the wrong account.
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Purpose } from '../../activities/aws/ec2-clients.js';
import { closeSignal, customerAcceptedSignal } from '../../contract/messages.js';
import { PROVIDER } from '../harness/emulator.js';
import { findingsOf } from '../harness/fault-invariants.js';
import { atOnce, HANG_MS, noteTried } from '../harness/fault-plan.js';
import {
  ANOTHER,
  builtBy,
  effectsIn,
  forget,
  holdersAmong,
  pointsBeside,
  startObserver,
  statusesOf,
  withWrongRoles,
  wrongRole,
  type Observer,
} from '../harness/fault-roles.js';
import {
  acceptInAws,
  connect,
  request,
  tell,
  untilKept,
  untilOneOf,
  type Telling,
} from '../harness/fault-telling.js';
import { startFaultWorld, type FaultPoint, type FaultWorld } from '../harness/fault-world.js';
import { until } from '../harness/until.js';

const LIVING = 20;
const WAITING = 5;
const LOOKS = 60;
/** Where it is not about how many, nor how often. */
const SOME_LOOKS = 10;
const AT_ONCE = 5;

let world: FaultWorld;
let tried = 0;
beforeAll(async () => {
  world = await startFaultWorld();
}, HANG_MS);
afterAll(async () => {
  noteTried({ points: tried, leaked: 0 });
  await world.stop();
});

const statesOf = async (points: readonly FaultPoint[]): Promise<string[]> => [
  ...new Set((await statusesOf(world, points)).map(({ state }) => state)),
];

type Begun = 'active' | 'awaiting-acceptance' | null;

async function begin(points: readonly { point: FaultPoint; begun: Begun }[]): Promise<void> {
  const begunAtOnce = await atOnce({ limit: AT_ONCE, items: points }, async ({ point, begun }) => {
    const telling = tell(world, point);
    if (begun === 'active') {
      await connect(telling);
      await untilKept(telling);
    } else if (begun === 'awaiting-acceptance') {
      await request(telling);
      await untilOneOf(telling, begun);
    }
    return telling.seen.at(-1) ?? null;
  });
  expect(begunAtOnce).toEqual(points.map(({ begun }) => ({ status: 'fulfilled', value: begun })));
}

async function observed(point: FaultPoint): Promise<Observer> {
  const observer = await startObserver(world, point);
  await until('the observer knows them', async () => ((await observer.looks()) > 3 ? true : undefined));
  return observer;
}

/** What is wrong, and who can put it right. */
async function expectSaid(points: readonly FaultPoint[]): Promise<void> {
  for (const { parked, nextStep } of await statusesOf(world, points)) {
    expect(parked).toMatchObject({ who: 'provider', message: expect.stringContaining(ANOTHER) });
    expect(nextStep.what).toContain('provider.roles');
  }
}

/** At the end of a test: nobody looks at them any more. */
async function expectInOrder(points: readonly FaultPoint[]): Promise<void> {
  const { violations } = await findingsOf({ client: world.client, control: world.control, points });
  expect(violations).toEqual([]);
  await forget(world, points);
  tried += points.length;
}

it(
  'ends nothing where the observer’s is wrong for sixty looks, and every connection says what is wrong',
  async () => {
    const points = await pointsBeside(world, LIVING + WAITING);
    const [first] = points;
    const living = points.slice(0, LIVING);
    const waiting = points.slice(LIVING);
    const right = await world.startWorker(first);
    await begin([
      ...living.map((point) => ({ point, begun: 'active' as const })),
      ...waiting.map((point) => ({ point, begun: 'awaiting-acceptance' as const })),
    ]);
    const observer = await observed(first);
    await right.end();

    await world.control.clearCalls();
    const wrong = await world.startWorker(withWrongRoles(first, ['observe']));
    const from = await observer.looks();
    await until(
      'sixty looks are done',
      async () => ((await observer.looks()) - from >= LOOKS ? true : undefined),
      HANG_MS,
    );
    await until('all say what is wrong', async () =>
      (await statesOf(points)).join() === 'parked' ? true : undefined,
    );
    await expectSaid(points);
    expect(await effectsIn(world, PROVIDER)).toEqual([]);
    expect(await holdersAmong(world, points)).toEqual(points);
    await wrong.end();

    const again = await world.startWorker(first);
    await until('all go on', async () =>
      (await statesOf(living)).join() === 'active' &&
      (await statesOf(waiting)).join() === 'awaiting-acceptance'
        ? true
        : undefined,
    );
    await expectInOrder(points);
    await observer.stop();
    await again.stop();
  },
  HANG_MS,
);

/** Connections, what is done to them while roles are wrong, and whose roles that takes. */
interface Part {
  readonly deed: string;
  readonly count: number;
  readonly begun: Begun;
  readonly does?: (telling: Telling) => Promise<unknown>;
  /** In the order in which they are needed. */
  readonly needs: readonly Purpose[];
  readonly end: string;
}

const handleOf = ({ point }: Telling, run: 'provisionId' | 'maintainId') =>
  world.client.workflow.getHandle(point[run]);

const CAST: readonly Part[] = [
  { deed: 'lives', count: 3, begun: 'active', needs: ['observe'], end: 'active' },
  {
    deed: 'waits',
    count: 2,
    begun: 'awaiting-acceptance',
    needs: ['observe'],
    end: 'awaiting-acceptance',
  },
  {
    deed: 'is closed',
    count: 1,
    begun: 'active',
    does: (telling) => handleOf(telling, 'maintainId').signal(closeSignal, { by: 'bob' }),
    needs: ['release'],
    end: 'released',
  },
  {
    deed: 'is cancelled',
    count: 1,
    begun: 'awaiting-acceptance',
    does: (telling) => handleOf(telling, 'provisionId').cancel(),
    needs: ['release'],
    end: 'cancelled',
  },
  {
    deed: 'is accepted',
    count: 1,
    begun: 'awaiting-acceptance',
    does: async (telling) => {
      const [waiting] = await statusesOf(world, [telling.point]);
      await acceptInAws(telling.point, waiting?.peeringConnectionId ?? '');
      await handleOf(telling, 'provisionId').signal(customerAcceptedSignal, { by: 'alice' });
    },
    needs: ['observe', 'provision'],
    end: 'active',
  },
  {
    deed: 'is requested',
    count: 1,
    begun: null,
    does: request,
    needs: ['provision'],
    end: 'awaiting-acceptance',
  },
];

const WRONG: readonly Purpose[][] = [['provision'], ['release'], ['observe', 'provision', 'release']];

it.each(WRONG.map((wrong) => [wrong.join(' and '), wrong] as const))(
  'what takes the role for %s waits and names it, everything else goes on, and all does with the right one',
  async (_roles, wrong) => {
    const parts = CAST.flatMap((part) => Array.from({ length: part.count }, () => part));
    const points = await pointsBeside(world, parts.length);
    const [first] = points;
    const cast = points.flatMap((point, index) => {
      const part = parts[index];
      if (part === undefined) return [];
      const lacking = part.needs.find((purpose) => wrong.includes(purpose));
      return [{ ...part, point, lacking: lacking === undefined ? null : wrongRole(lacking) }];
    });
    const stuck = cast.filter(({ lacking }) => lacking !== null).map(({ point }) => point);
    const right = await world.startWorker(first);
    await begin(cast);
    const observer = await observed(first);
    await right.end();
    const built = await builtBy(world, stuck);

    await world.control.clearCalls();
    const mistyped = await world.startWorker(withWrongRoles(first, wrong));
    for (const { point, does } of cast) await does?.(tell(world, point));
    const from = await observer.looks();
    await untilSeen(cast, ({ end, lacking }) => (lacking === null ? end : `parked for ${lacking}`));
    await until('it was looked at again and again', async () =>
      (await observer.looks()) - from >= SOME_LOOKS ? true : undefined,
    );
    await untilSeen(cast, ({ end, lacking }) => (lacking === null ? end : `parked for ${lacking}`));
    await expectSaid(stuck);
    expect(await effectsIn(world, ANOTHER)).toEqual([]);
    expect(await builtBy(world, stuck)).toEqual(built);
    expect(await holdersAmong(world, stuck)).toEqual(stuck);
    await mistyped.end();

    const again = await world.startWorker(first);
    await untilSeen(cast, ({ end }) => end);
    await expectInOrder(points);
    await observer.stop();
    await again.stop();
  },
  HANG_MS,
);

type Member = Part & { readonly point: FaultPoint; readonly lacking: string | null };

/** Waits until each is so, and says of all what they are where it does not come. */
async function untilSeen(cast: readonly Member[], wanted: (member: Member) => string): Promise<void> {
  const expected = cast.map((member) => `${member.deed}: ${wanted(member)}`);
  await until('each has come so far', async () => {
    const statuses = await statusesOf(
      world,
      cast.map(({ point }) => point),
    );
    const seen = statuses.map(({ state, parked }, index) => {
      const { deed, lacking } = cast[index] ?? {};
      const isFor = lacking != null && parked?.message.includes(lacking) === true;
      return `${String(deed)}: ${state}${isFor ? ` for ${lacking}` : ''}`;
    });
    expect(seen).toEqual(expected);
    return true;
  });
}
