import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { asCallError } from './call-error.js';
import type { Ec2 } from './ec2-clients.js';

/**
 * The account that the EC2 client's credentials belong to, by the same credentials and the same endpoint, if it has one of
 * its own.
 *
 * @returns 12 digits
 * @throws AwsCallError
 */
export async function findCallerAccount({ read, region }: Ec2, abortSignal: AbortSignal): Promise<string> {
  const { credentials, endpoint } = read.config;
  const sts = new STSClient({
    region,
    credentials,
    maxAttempts: 1,
    ...(endpoint === undefined ? {} : { endpoint }),
  });
  try {
    const { Account = '' } = await sts.send(new GetCallerIdentityCommand({}), { abortSignal });
    return Account;
  } catch (error) {
    throw asCallError({ action: 'sts:GetCallerIdentity', region }, error);
  } finally {
    sts.destroy();
  }
}
