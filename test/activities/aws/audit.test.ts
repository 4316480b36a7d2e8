import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { auditInterceptor } from '../../../activities/aws/audit.js';
import { startActivityWorld, type ActivityWorld } from '../../harness/activity-world.js';
import {
  begin,
  buildVpc,
  connect,
  driftInput,
  PROVIDER_REGION,
  vpcInput,
} from '../../harness/connection-stages.js';
import { PROVIDER } from '../../harness/emulator.js';
import type { Act } from '../network-cases.js';

let world: ActivityWorld;

beforeAll(async () => {
  world = await startActivityWorld();
});
beforeEach(() => world.aws.reset());
afterAll(() => world.aws.stop());

/** The answer as it stands in the history. */
const audited = (act: Act): Promise<unknown> =>
  new MockActivityEnvironment({}, { interceptors: [() => ({ inbound: auditInterceptor })] }).run(() =>
    act(world.activities),
  );

describe('what an activity did in AWS', () => {
  it('is left beside its answer: each change with the id that AWS gave it, and no read', async () => {
    const begun = await begin(world);
    await world.aws.control.clearCalls();
    const left = await audited((activities) => activities.ensureVpc(vpcInput(begun)));
    const changes = await world.effects();
    expect(changes.map(({ action }) => action)).toEqual(['CreateVpc', 'ModifyVpcAttribute', 'CreateTags']);
    expect(left).toEqual({
      result: {
        vpcId: expect.any(String),
        routeTableId: expect.any(String),
        networkAclId: expect.any(String),
      },
      calls: changes.map(({ action, requestId }) => ({
        action: `ec2:${action}`,
        region: PROVIDER_REGION,
        requestId,
      })),
    });
  });

  it('is nothing when all was there already, or was only looked at', async () => {
    const connection = await connect(world);
    const again = await audited((activities) => activities.ensureVpc(vpcInput(connection)));
    expect(again).toMatchObject({ result: connection.vpc, calls: [] });
    const looked = await audited((activities) => activities.findDrift(driftInput(connection)));
    expect(looked).toEqual({ result: { drift: [], beyond: [] }, calls: [] });
  });

  it('keeps what activities do at the same time apart', async () => {
    const some = await buildVpc(world);
    const other = { ...(await begin(world, '172.30.0.0/16')), owner: { ...some.owner, run: 'run-2' } };
    await world.aws.control.clearCalls();
    const lefts = await Promise.all([
      audited((activities) => activities.ensureVpc(vpcInput(some))),
      audited((activities) => activities.ensureVpc(vpcInput(other))),
    ]);
    expect(lefts).toMatchObject([{ calls: [] }, { calls: [{ action: 'ec2:CreateVpc' }, {}, {}] }]);
    expect((await world.aws.control.calls({ account: PROVIDER, action: 'CreateVpc' })).length).toBe(1);
  });
});
