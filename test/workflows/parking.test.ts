import { CreateRoleCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { afterEach, describe, expect, it } from '@jest/globals';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { customerDeclinedSignal, statusQuery } from '../../contract/messages.js';
import type { PeeringStatus } from '../../contract/status.js';
import type { PeeringState } from '../../domain/lifecycle.js';
import { PROVIDER } from '../harness/emulator.js';
import { acceptInAws, expectNothingLeft } from '../harness/peering-story.js';
import { requestForNewVpc } from '../harness/requests.js';
import { startSkippingWorld, type SkippingWorld } from '../harness/time-skipping.js';

/** One world a test: the test server skips no more time once some workflows have ended in it. */
let world: SkippingWorld;
afterEach(async () => {
  await world.stop();
});

interface Cause {
  name: string;
  settings?: Parameters<typeof startSkippingWorld>[0];
  begin: () => Promise<void>;
  goAway: () => Promise<void>;
  from: PeeringState;
  waitsFor: RegExp;
}

const ROLE = 'causeway-provider';
const ROLE_ARN = `arn:aws:iam::${PROVIDER}:role/${ROLE}`;
const trusting = (principal: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: principal }, Action: 'sts:AssumeRole' }],
  });

async function quota(name: string, value: number | null): Promise<void> {
  const region = `${PROVIDER}/eu-west-1`;
  await world.aws.control.settings({
    quotaOverrides: { [region]: value === null ? null : { [name]: value } },
  });
}

const CAUSES: Cause[] = [
  {
    name: 'VpcLimitExceeded',
    begin: () => quota('vpcsPerRegion', 0),
    goAway: () => quota('vpcsPerRegion', null),
    from: 'building-network',
    waitsFor: /^VPCs per Region$/,
  },
  {
    name: 'too many outstanding requests',
    begin: () => quota('outstandingPeerings', 0),
    goAway: () => quota('outstandingPeerings', null),
    from: 'requesting',
    waitsFor: /^outstanding VPC peering requests$/,
  },
  {
    name: 'UnauthorizedOperation',
    begin: async () => {
      await world.aws.control.addFault({
        action: 'CreateSubnet',
        kind: 'error',
        code: 'UnauthorizedOperation',
        times: null,
      });
    },
    goAway: () => world.aws.control.clearFaults(),
    from: 'building-network',
    waitsFor: /^permission for ec2:CreateSubnet in eu-west-1$/,
  },
  {
    name: 'an AssumeRole that is denied',
    settings: { roleArn: ROLE_ARN },
    begin: async () => {
      const command = { RoleName: ROLE, AssumeRolePolicyDocument: trusting('999988887777') };
      await world.aws.iam(PROVIDER).send(new CreateRoleCommand(command));
    },
    goAway: async () => {
      const command = { RoleName: ROLE, PolicyDocument: trusting(PROVIDER) };
      await world.aws.iam(PROVIDER).send(new UpdateAssumeRolePolicyCommand(command));
    },
    from: 'building-network',
    waitsFor: new RegExp(`^permission for sts:AssumeRole on ${ROLE_ARN}$`),
  },
];

/** The states of a run's history, once the wanted one is among them, or after a minute. */
async function seenStates(handle: WorkflowHandle, wanted: PeeringState): Promise<PeeringState[]> {
  for (let second = 0; ; second += 1) {
    const { history } = await handle.query<PeeringStatus>(statusQuery);
    const states = history.map(({ state }) => state);
    if (states.includes(wanted) || second === 60) return states;
    await world.env.sleep(1_000);
  }
}

describe.each(CAUSES)('a run that meets $name', ({ settings, begin, goAway, from, waitsFor }) => {
  it('parks, says for what and who can mend it, and goes on by itself within an interval', async () => {
    world = await startSkippingWorld(settings);
    await begin();
    const request = await requestForNewVpc(world.aws);
    const handle = await world.start(request);
    const parked = await world.until(handle, 'parked');
    expect(parked.parked).toMatchObject({ from, who: 'provider' });
    expect(parked.parked?.for).toMatch(waitsFor);
    expect(parked.nextStep.what).toContain(parked.parked?.for);

    await goAway();
    const goneAt = await world.env.currentTimeMs();
    const waiting = await world.until(handle, 'awaiting-acceptance');
    expect(waiting.parked).toBeNull();
    // `observeEvery` is a minute; the step itself, and those after it, take a little too.
    expect(Date.parse(waiting.since) - goneAt).toBeLessThan(90_000);

    await acceptInAws(world, { request, peeringId: waiting.peeringConnectionId ?? '' });
    await handle.signal('customerAccepted');
    expect(await handle.result()).toMatchObject({ state: 'active' });
  });
});

// One whose cause lets nothing be made, and one that stands in the way of undoing too.
describe.each(CAUSES.filter(({ from, settings }) => from === 'requesting' || settings !== undefined))(
  'a run that is parked for $name',
  ({ settings, begin, goAway }) => {
    it('can be cancelled at once, and is undone', async () => {
      world = await startSkippingWorld(settings);
      await begin();
      const request = await requestForNewVpc(world.aws);
      const handle = await world.start(request);
      await world.until(handle, 'parked');
      await handle.cancel();
      await goAway();
      await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
      expect(await handle.query(statusQuery)).toMatchObject({ state: 'cancelled', parked: null });
      await expectNothingLeft(world, request);
    });

    it('can be declined at once, and is undone', async () => {
      world = await startSkippingWorld(settings);
      await begin();
      const request = await requestForNewVpc(world.aws);
      const handle = await world.start(request);
      await world.until(handle, 'parked');
      await handle.signal(customerDeclinedSignal, { by: 'alice', reason: 'not now' });
      // While the cause is still there; releasing may meet it too, and park.
      expect(await seenStates(handle, 'releasing')).toContain('releasing');
      await goAway();
      await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
      const status = await handle.query<PeeringStatus>(statusQuery);
      expect(status).toMatchObject({ state: 'declined', parked: null, failure: { code: 'PeeringDeclined' } });
      expect(status.failure?.message).toContain('not now');
      await expectNothingLeft(world, request);
    });
  },
);
