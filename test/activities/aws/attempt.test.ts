import { CreateVpcCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { Context } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { asAttempt } from '../../../activities/aws/attempt.js';
import { createEc2Clients } from '../../../activities/aws/ec2-clients.js';
import { credentialsFor } from '../../../local/emulator.js';
import { PROVIDER, type TestEmulator } from '../../harness/emulator.js';
import { withEmulator } from '../../harness/with-emulator.js';

const REGION = 'eu-west-1';

let aws: TestEmulator;
withEmulator((lent) => {
  aws = lent;
  const { accessKeyId, secretAccessKey } = credentialsFor(PROVIDER);
  process.env['AWS_ACCESS_KEY_ID'] = accessKeyId;
  process.env['AWS_SECRET_ACCESS_KEY'] = secretAccessKey;
});

/** As Temporal runs an attempt that it gives so long, with a client for AWS. */
function attempt<T>(
  startToCloseTimeoutMs: number,
  work: (create: () => Promise<unknown>) => Promise<T>,
): Promise<T> {
  const { write } = createEc2Clients({
    provider: { accountId: PROVIDER, roleArn: null, externalId: null, roles: {} },
    endpoint: aws.endpoint,
  })('provision', REGION);
  const create = (): Promise<unknown> => write.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/24' }));
  const environment = new MockActivityEnvironment({ startToCloseTimeoutMs });
  return environment.run(() => asAttempt(Context.current(), () => work(create)));
}

const sent = async (): Promise<number> => (await aws.control.calls({ action: 'CreateVpc' })).length;

describe('an attempt that Temporal no longer waits for', () => {
  it('has its calls cut, and sends nothing more', async () => {
    await aws.control.addFault({ action: 'CreateVpc', kind: 'latency', latencyMs: 3_600_000 });
    await attempt(2_000, async (create) => {
      await expect(create()).rejects.toMatchObject({ awsCode: 'AbortError' });
      await expect(create()).rejects.toMatchObject({ awsCode: 'AbortError' });
    });
    expect(await sent()).toBe(1);
  });
});

describe('an attempt that is waited for', () => {
  it('sends what it is told', async () => {
    await attempt(3_600_000, (create) => create());
    expect(await sent()).toBe(1);
  });
});
