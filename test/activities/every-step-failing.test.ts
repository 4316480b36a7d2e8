import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { FAILURES, type FailureCode } from '../../domain/failures.js';
import { effectsOf, startActivityWorld, type ActivityWorld } from '../harness/activity-world.js';
import { PROVIDER_REGION } from '../harness/connection-stages.js';
import { PROVIDER } from '../harness/emulator.js';
import { shapeOf } from '../harness/inventory.js';
import { NETWORK_CASES, type Act } from './network-cases.js';
import { REPAIR_CASES } from './repair-cases.js';

let world: ActivityWorld;

beforeAll(async () => {
  world = await startActivityWorld();
});
beforeEach(() => world.aws.reset());
afterAll(() => world.aws.stop());

/** How AWS may answer before any effect, and what the run is told. */
const REFUSALS: { code: string; type: FailureCode }[] = [
  { code: 'RequestLimitExceeded', type: 'AwsThrottled' },
  { code: 'InternalError', type: 'AwsUnavailable' },
  { code: 'UnauthorizedOperation', type: 'PermissionMissing' },
  { code: 'AnswerNobodyListed', type: 'AwsRefused' },
];

async function prepared(prepare: (world: ActivityWorld) => Promise<Act>): Promise<Act> {
  await world.aws.reset();
  const act = await prepare(world);
  await world.aws.control.clearCalls();
  return act;
}

const CHANGING = Object.entries({ ...NETWORK_CASES, ...REPAIR_CASES }).filter(
  ([, { changes }]) => changes.length > 0,
);

describe.each(CHANGING)('%s', (name, { prepare, changes, verify }) => {
  it(`is carried through when each of its ${changes.length.toString()} calls fails in turn, then loses its reply`, async () => {
    const undisturbed = await prepared(prepare);
    await world.run(undisturbed);
    expect(await effectsOf(world)).toEqual(changes);
    const wanted = shapeOf(await world.aws.control.inventory());

    for (const [step, action] of changes.entries()) {
      const act = await prepared(prepare);
      // A repeated attempt leaves out what is done, so from the second on the call to fail is the first of its kind.
      let skip = changes.slice(0, step).filter((earlier) => earlier === action).length;
      let attempt = 1;
      for (const { code, type } of REFUSALS) {
        await world.aws.control.addFault({ action, kind: 'error', code, skip });
        const failure = await world.failureOf(act, attempt++);
        expect({ step, type: failure.type, nonRetryable: failure.nonRetryable }).toEqual({
          step,
          type,
          nonRetryable: FAILURES[type].disposition === 'give-up',
        });
        expect(failure.message).toContain(`ec2:${action} in ${PROVIDER_REGION}: ${code}`);
        expect(failure.details?.[0]).toMatchObject({ action: `ec2:${action}`, awsCode: code });
        if (type === 'PermissionMissing') {
          expect(failure.details?.[0]).toHaveProperty(
            'waitsFor',
            `permission for ec2:${action} in ${PROVIDER_REGION}`,
          );
        }
        skip = 0;
      }
      expect(await effectsOf(world)).toEqual(changes.slice(0, step));
      await world.aws.control.addFault({ action, kind: 'lost-reply' });
      expect(await world.failureOf(act, attempt++)).toMatchObject({
        type: 'AwsUnavailable',
        nonRetryable: false,
      });
      expect(await effectsOf(world)).toEqual(changes.slice(0, step + 1));

      await world.run(act, attempt);
      const inventory = await world.aws.control.inventory();
      expect({ name, step, world: shapeOf(inventory) }).toEqual({ name, step, world: wanted });
      expect(await effectsOf(world)).toEqual(changes);
      verify(inventory);
    }
  });
});

describe.each(Object.entries(NETWORK_CASES))('%s', (name, { prepare }) => {
  it('is carried through when the last look of each kind is not permitted at first', async () => {
    const undisturbed = await prepared(prepare);
    await world.run(undisturbed);
    const wanted = shapeOf(await world.aws.control.inventory());
    const looks = (await world.aws.control.calls({ account: PROVIDER }))
      .map(({ action }) => action)
      .filter((action) => action.startsWith('Describe'));
    expect(looks).not.toEqual([]);

    for (const action of new Set(looks)) {
      const act = await prepared(prepare);
      const skip = looks.filter((look) => look === action).length - 1;
      await world.aws.control.addFault({ action, kind: 'error', code: 'UnauthorizedOperation', skip });
      const failure = await world.failureOf(act);
      expect({ action, type: failure.type }).toEqual({ action, type: 'PermissionMissing' });
      await world.run(act, 2);
      const seen = shapeOf(await world.aws.control.inventory());
      expect({ name, action, world: seen }).toEqual({ name, action, world: wanted });
    }
  });
});
