import { CreateVpcCommand } from '@aws-sdk/client-ec2';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from '@jest/globals';
import { CUSTOMER, PROVIDER, type Keys, type TestEmulator } from '../../harness/emulator.js';
import { withEmulator } from '../../harness/with-emulator.js';
import { codeOf } from '../../harness/networks.js';
import { assumeRole } from '../../harness/roles.js';

let emulator: TestEmulator;

withEmulator((lent) => {
  emulator = lent;
});

/** A role of the customer's that trusts `principal`, on condition of an external id. */
async function createRole(
  name: string,
  principal: string,
  externalId: string | string[] | null,
): Promise<void> {
  await emulator.iam(CUSTOMER).send(
    new CreateRoleCommand({
      RoleName: name,
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { AWS: principal },
            Action: 'sts:AssumeRole',
            ...(externalId === null ? {} : { Condition: { StringEquals: { 'sts:ExternalId': externalId } } }),
          },
        ],
      }),
    }),
  );
}

const assume = (by: string, role: string, externalId?: string): Promise<Keys> =>
  assumeRole(emulator, {
    by,
    roleArn: `arn:aws:iam::${CUSTOMER}:role/${role}`,
    ...(externalId === undefined ? {} : { externalId }),
  });

describe('AssumeRole (9)', () => {
  it('demands the external id of the trust policy', async () => {
    await createRole('causeway', `arn:aws:iam::${PROVIDER}:root`, 'secret-of-acme');
    expect(await codeOf(assume(PROVIDER, 'causeway'))).toBe('AccessDenied');
    expect(await codeOf(assume(PROVIDER, 'causeway', 'secret-of-another'))).toBe('AccessDenied');
    const keys = await assume(PROVIDER, 'causeway', 'secret-of-acme');
    const identity = await emulator.sts(keys).send(new GetCallerIdentityCommand({}));
    expect(identity.Account).toBe(CUSTOMER);
  });

  it('honours the account that the policy names', async () => {
    await createRole('causeway', PROVIDER, null);
    expect(await codeOf(assume('777788889999', 'causeway'))).toBe('AccessDenied');
    expect(await codeOf(assume(PROVIDER, 'causeway'))).toBe('no error');
  });

  it('takes any of several external ids, and leaves roles that do not exist open', async () => {
    await createRole('several', PROVIDER, ['one', 'two']);
    expect(await codeOf(assume(PROVIDER, 'several', 'two'))).toBe('no error');
    expect(await codeOf(assume(PROVIDER, 'several', 'three'))).toBe('AccessDenied');
    expect(await codeOf(assume(PROVIDER, 'never-made'))).toBe('no error');
  });

  it('gives keys that belong to the account of the role, and are refused once forgotten', async () => {
    await createRole('causeway', PROVIDER, null);
    const keys = await assume(PROVIDER, 'causeway');
    await emulator.ec2(keys).send(new CreateVpcCommand({ CidrBlock: '10.1.0.0/16' }));
    const { regions } = await emulator.control.inventory();
    expect(regions.map((region) => region.account)).toEqual([CUSTOMER]);
    await emulator.control.reset();
    const late = emulator.ec2(keys).send(new CreateVpcCommand({ CidrBlock: '10.1.0.0/16' }));
    expect(await codeOf(late)).toBe('AuthFailure');
  });
});

describe('static keys', () => {
  it('belong to the account in them, in spite of a reset', async () => {
    for (const account of [PROVIDER, CUSTOMER]) {
      expect((await emulator.sts(account).send(new GetCallerIdentityCommand({}))).Account).toBe(account);
    }
    await emulator.control.reset();
    expect((await emulator.sts(CUSTOMER).send(new GetCallerIdentityCommand({}))).Account).toBe(CUSTOMER);
  });
});
