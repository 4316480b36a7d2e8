import { CreateVpcCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { CreateRoleCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { describe, expect, it } from '@jest/globals';
import { AwsCallError } from '../../../activities/aws/call-error.js';
import { createEc2Clients, type Ec2Clients } from '../../../activities/aws/ec2-clients.js';
import { AWS_TIMING } from '../../../activities/aws/poll.js';
import { failureOfAwsCall } from '../../../activities/failure.js';
import { credentialsFor } from '../../../local/emulator.js';
import { PROVIDER, type TestEmulator } from '../../harness/emulator.js';
import { withEmulator } from '../../harness/with-emulator.js';

const HOME = '777788889999';
const NO_ROLES = { roleArn: null, externalId: null, roles: {} };

let aws: TestEmulator;

withEmulator((lent) => {
  aws = lent;
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const { accessKeyId, secretAccessKey } = credentialsFor(HOME);
  process.env['AWS_ACCESS_KEY_ID'] = accessKeyId;
  process.env['AWS_SECRET_ACCESS_KEY'] = secretAccessKey;
});

type Roles = Omit<Parameters<typeof createEc2Clients>[0]['provider'], 'accountId'>;

function clientsWith(roles: Roles): Ec2Clients {
  return createEc2Clients({ provider: { accountId: PROVIDER, ...roles }, endpoint: aws.endpoint });
}

const arn = (name: string): string => `arn:aws:iam::${PROVIDER}:role/${name}`;

/** A trust policy for the worker's own account, with this ExternalId. */
function trustingHome(externalId: string): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${HOME}:root` },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'sts:ExternalId': externalId } },
      },
    ],
  });
}

const outcomes = async (action: string): Promise<string[]> =>
  (await aws.control.calls({ action })).map(({ outcome }) => outcome);

describe('createEc2Clients', () => {
  it('makes one client for each purpose and region, patient as AWS is slow', () => {
    const clients = clientsWith(NO_ROLES);
    expect(clients('provision', 'eu-west-1')).toBe(clients('provision', 'eu-west-1'));
    expect(clients('provision', 'eu-west-1')).not.toBe(clients('release', 'eu-west-1'));
    expect(clients('provision', 'eu-west-1')).not.toBe(clients('provision', 'us-east-1'));
    expect(clients('provision', 'eu-west-1').timing).toEqual(AWS_TIMING);
  });

  it('repeats a read, as it changes nothing', async () => {
    const { read } = clientsWith(NO_ROLES)('observe', 'eu-west-1');
    await aws.control.addFault({ action: 'DescribeVpcs', kind: 'error', code: 'InternalError', times: 2 });
    await read.send(new DescribeVpcsCommand({}));
    expect(await outcomes('DescribeVpcs')).toEqual(['InternalError', 'InternalError', 'ok']);
  });

  it.each(['lost-reply', 'error'] as const)('never repeats a write by itself (%s)', async (kind) => {
    const { write } = clientsWith(NO_ROLES)('provision', 'eu-west-1');
    await aws.control.addFault({ action: 'CreateVpc', kind });
    const sent = write.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/24' }));
    await expect(sent).rejects.toBeInstanceOf(AwsCallError);
    await expect(sent).rejects.toMatchObject({
      action: 'ec2:CreateVpc',
      region: 'eu-west-1',
      failureCode: 'AwsUnavailable',
    });
    expect(await outcomes('CreateVpc')).toHaveLength(1);
  });

  it.each(['DescribeVpcs', 'AssumeRole'])('ends a %s that hangs, to be tried again', async (action) => {
    await aws
      .iam(PROVIDER)
      .send(new CreateRoleCommand({ RoleName: 'slow', AssumeRolePolicyDocument: trustingHome('agreed') }));
    await aws.control.addFault({ action, kind: 'latency', latencyMs: 60_000, times: null });
    const { write } = createEc2Clients({
      provider: { accountId: PROVIDER, roleArn: arn('slow'), externalId: 'agreed', roles: {} },
      endpoint: aws.endpoint,
      requestTimeoutMs: 500,
    })('provision', 'eu-west-1');
    await expect(write.send(new DescribeVpcsCommand({}))).rejects.toMatchObject({
      awsCode: 'TimeoutError',
      failureCode: 'AwsUnavailable',
    });
  });

  it('acts as the role of each purpose, or the common one, with the ExternalId', async () => {
    for (const name of ['common', 'observer']) {
      await aws
        .iam(PROVIDER)
        .send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: trustingHome('agreed') }));
    }
    const provider = { roleArn: arn('common'), externalId: 'agreed', roles: { observe: arn('observer') } };
    const clients = clientsWith(provider);
    for (const purpose of ['provision', 'observe', 'release'] as const) {
      await clients(purpose, 'eu-west-1').read.send(new DescribeVpcsCommand({}));
    }
    const assumed = (await aws.control.calls({ action: 'AssumeRole' })).map(({ params }) => [
      params['RoleArn'],
      params['ExternalId'],
      params['RoleSessionName'],
    ]);
    expect(assumed).toEqual([
      [arn('common'), 'agreed', 'causeway-provision'],
      [arn('observer'), 'agreed', 'causeway-observe'],
      [arn('common'), 'agreed', 'causeway-release'],
    ]);
    const callers = (await aws.control.calls({ action: 'DescribeVpcs' })).map(({ account }) => account);
    expect(callers).toEqual([PROVIDER, PROVIDER, PROVIDER]);

    const stranger = clientsWith({ ...provider, externalId: 'guessed' })('provision', 'eu-west-1');
    await expect(stranger.read.send(new DescribeVpcsCommand({}))).rejects.toMatchObject({
      failureCode: 'PermissionMissing',
    });
  });

  describe('with a role that may not be assumed', () => {
    const clients = (): Ec2Clients =>
      clientsWith({ roleArn: arn('common'), externalId: 'guessed', roles: {} });
    const denied = {
      action: 'sts:AssumeRole',
      awsCode: 'AccessDenied',
      resource: arn('common'),
      failureCode: 'PermissionMissing',
    };

    it.each(['read', 'write'] as const)(
      'says so, on its ARN, whatever call needed it (%s), and goes on once it may',
      async (side) => {
        const role = { RoleName: 'common', AssumeRolePolicyDocument: trustingHome('agreed') };
        await aws.iam(PROVIDER).send(new CreateRoleCommand(role));
        const client = clients()('provision', 'eu-west-1')[side];
        const sent = client.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/24' }));
        await expect(sent).rejects.toBeInstanceOf(AwsCallError);
        const error: unknown = await sent.catch((thrown: unknown) => thrown);
        expect(error).toMatchObject(denied);
        expect(error instanceof AwsCallError && failureOfAwsCall(error)).toMatchObject({
          type: 'PermissionMissing',
          details: [
            { action: 'sts:AssumeRole', waitsFor: `permission for sts:AssumeRole on ${arn('common')}` },
          ],
        });
        expect(await outcomes('CreateVpc')).toEqual([]);

        const PolicyDocument = trustingHome('guessed');
        await aws
          .iam(PROVIDER)
          .send(new UpdateAssumeRolePolicyCommand({ RoleName: 'common', PolicyDocument }));
        await client.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/24' }));
        expect(await outcomes('CreateVpc')).toEqual(['ok']);
      },
    );

    it('says the same of one that is missing, which AWS does not tell apart', async () => {
      await aws.control.addFault({ action: 'AssumeRole', kind: 'error', code: 'AccessDenied', times: null });
      const { read } = clients()('observe', 'eu-west-1');
      await expect(read.send(new DescribeVpcsCommand({}))).rejects.toMatchObject(denied);
    });

    it('takes an STS that is away for just that', async () => {
      await aws.control.addFault({
        action: 'AssumeRole',
        kind: 'error',
        code: 'ServiceUnavailable',
        times: null,
      });
      const { read } = clients()('observe', 'eu-west-1');
      await expect(read.send(new DescribeVpcsCommand({}))).rejects.toMatchObject({
        action: 'sts:AssumeRole',
        failureCode: 'AwsUnavailable',
      });
    });
  });
});
