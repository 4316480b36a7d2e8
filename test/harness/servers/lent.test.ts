/** What test files share must be to each as if it were its own. */
import { CreateRouteTableCommand, DeleteVpcPeeringConnectionCommand } from '@aws-sdk/client-ec2';
import { CreateRoleCommand, GetRoleCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import { STATE_ATTRIBUTE } from '../../../contract/search-attributes.js';
import { emulatorPython } from '../../../local/binaries.js';
import type { EmulatorControl } from '../../../local/emulator-control.js';
import { startEmulator } from '../../../local/emulator.js';
import { CUSTOMER, PROVIDER, startTestEmulator, type Keys, type TestEmulator } from '../emulator.js';
import { activePeering, codeOf, present } from '../networks.js';
import { until } from '../until.js';
import { startTemporalWorld } from '../temporal-world.js';

const ROLE = 'role-of-another-file';
const ROLE_ARN = `arn:aws:iam::${PROVIDER}:role/${ROLE}`;
const TOKEN = 'token-of-another-file';

/** Everything that the control endpoints know. */
async function stateOf(control: EmulatorControl): Promise<unknown> {
  const { regions, peerings } = await control.inventory({ withDefaults: true });
  return {
    regions,
    peerings,
    settings: await control.settings(),
    faults: await control.faults(),
    calls: await control.calls(),
    isAhead: Math.abs((await control.now()).getTime() - Date.now()) > 3_600_000,
  };
}

/** Does to an emulator all that a test may do, and answers with what AWS would remember. */
async function spoil(aws: TestEmulator): Promise<{ vpcId: string; assumed: Keys }> {
  const { provider, customer, vpcId, peeringId } = await activePeering(aws);
  await provider.send(new CreateRouteTableCommand({ VpcId: vpcId, ClientToken: TOKEN }));
  await customer.send(new DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId: peeringId }));
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [] });
  await aws.iam(PROVIDER).send(new CreateRoleCommand({ RoleName: ROLE, AssumeRolePolicyDocument }));
  const assumed = await aws
    .sts(CUSTOMER)
    .send(new AssumeRoleCommand({ RoleArn: `${ROLE_ARN}-that-is-none`, RoleSessionName: 'test' }));
  await aws.control.settings({
    provisioningSeconds: 9,
    visibility: { vpc: { describes: 3 } },
    quotas: { vpcsPerRegion: 1 },
    quotaOverrides: { [`${PROVIDER}/*`]: { outstandingPeerings: 0 } },
    throttling: { describe: { burst: 1, refill: 0.001 } },
  });
  await aws.control.advance(10 * 86_400);
  await aws.control.addFault({ action: '*', kind: 'error', times: null });
  const { Credentials: keys } = assumed;
  return {
    vpcId,
    assumed: {
      accessKeyId: present(keys?.AccessKeyId),
      secretAccessKey: present(keys?.SecretAccessKey),
      sessionToken: present(keys?.SessionToken),
    },
  };
}

describe('an emulator that another file has used', () => {
  it('knows nothing any more', async () => {
    const own = await startEmulator({ python: emulatorPython() });
    const fresh = await stateOf(own.control).finally(() => own.stop());
    const before = await startTestEmulator();
    const { vpcId, assumed } = await spoil(before);
    await before.stop();

    const aws = await startTestEmulator();
    try {
      expect(aws.endpoint).toBe(before.endpoint);
      expect(await stateOf(aws.control)).toEqual(fresh);
      expect(await codeOf(aws.iam(PROVIDER).send(new GetRoleCommand({ RoleName: ROLE })))).toBe(
        'NoSuchEntityException',
      );
      expect(await codeOf(aws.sts(assumed).send(new GetCallerIdentityCommand({})))).toBe(
        'InvalidClientTokenId',
      );
      expect(
        await codeOf(
          aws.ec2(PROVIDER).send(new CreateRouteTableCommand({ VpcId: vpcId, ClientToken: TOKEN })),
        ),
      ).toBe('InvalidVpcID.NotFound');
    } finally {
      await aws.stop();
    }
  });

  it('is nobody else’s while it is lent', async () => {
    const [one, other] = await Promise.all([startTestEmulator(), startTestEmulator()]);
    await Promise.all([one.stop(), other.stop()]);
    expect(one.endpoint).not.toBe(other.endpoint);
  });
});

describe('a Temporal that other files use', () => {
  it('takes search attributes at once, shows nothing of others, and keeps no Schedule', async () => {
    const [world, other] = await Promise.all([startTemporalWorld(), startTemporalWorld()]);
    expect(world.environment['TEMPORAL_ADDRESS']).toBe(other.environment['TEMPORAL_ADDRESS']);
    const { workflow, schedule } = world.client;
    const order = { taskQueue: 'nobody', workflowId: 'same' };
    await workflow.start('anything', {
      ...order,
      typedSearchAttributes: new TypedSearchAttributes([{ key: STATE_ATTRIBUTE, value: 'planning' }]),
    });
    await other.client.workflow.start('anything', order);
    await until('one is found', async () => {
      const { count } = await workflow.count(`${STATE_ATTRIBUTE.name} = 'planning'`);
      return count === 1 ? true : undefined;
    });
    expect((await other.client.workflow.count(`${STATE_ATTRIBUTE.name} = 'planning'`)).count).toBe(0);
    await schedule.create({
      scheduleId: 'every second',
      spec: { intervals: [{ every: '1 second' }] },
      action: { type: 'startWorkflow', workflowType: 'anything', ...order, workflowId: 'scheduled' },
    });
    await until('the Schedule is listed', async () =>
      (await schedulesOf(world.environment)).length === 1 ? true : undefined,
    );
    await world.stop();
    await other.stop();
    await until('it is gone', async () =>
      (await schedulesOf(world.environment)).length === 0 ? true : undefined,
    );
  });
});

async function schedulesOf(environment: NodeJS.ProcessEnv): Promise<string[]> {
  const { TEMPORAL_ADDRESS: address = '', TEMPORAL_NAMESPACE: namespace = '' } = environment;
  const connection = await Connection.connect({ address });
  try {
    const ids: string[] = [];
    for await (const { scheduleId } of new Client({ connection, namespace }).schedule.list()) {
      ids.push(scheduleId);
    }
    return ids;
  } finally {
    await connection.close();
  }
}
