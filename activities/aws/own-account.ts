import { GetCallerIdentityCommand, STSClient, type STSClientConfig } from '@aws-sdk/client-sts';
import { failure } from '../failure.js';
import { asCallError } from './call-error.js';

/** Whose credentials a client has. AWS shows to another account nothing of ours, and calls it "not found". */
export interface CallerIdentity {
  /**
   * The account that the credentials belong to, 12 digits.
   * @throws AwsCallError
   */
  account(abortSignal?: AbortSignal): Promise<string>;
  /**
   * To be asked before anything is believed to be gone, and before the first of a connection is made.
   * @throws ApplicationFailure `WrongAccount`
   * @throws AwsCallError
   */
  requireOwn(): Promise<void>;
}

export interface CallerIdentityOptions {
  /** With the credentials, the endpoint and the limits of the client that it is about. */
  sts: STSClientConfig & { region: string; credentials: NonNullable<STSClientConfig['credentials']> };
  /** The provider's account, 12 digits. */
  ownAccount: string;
  /** The role that was assumed; null where the worker's own credentials are used. */
  role: string | null;
}

/** Asks once for each access key, since a key belongs to one account for ever. */
export function callerIdentity({ sts, ownAccount, role }: CallerIdentityOptions): CallerIdentity {
  const { region, credentials } = sts;
  const known = new Map<string, string>();
  let client: STSClient | undefined;

  async function account(abortSignal?: AbortSignal): Promise<string> {
    try {
      const { accessKeyId } = typeof credentials === 'function' ? await credentials() : credentials;
      const before = known.get(accessKeyId);
      if (before !== undefined) return before;
      client ??= new STSClient({ ...sts, maxAttempts: 1 });
      const options = abortSignal === undefined ? {} : { abortSignal };
      const { Account = '' } = await client.send(new GetCallerIdentityCommand({}), options);
      known.clear();
      known.set(accessKeyId, Account);
      return Account;
    } catch (error) {
      throw asCallError({ action: 'sts:GetCallerIdentity', region }, error);
    }
  }

  return {
    account,
    async requireOwn() {
      const seen = await account();
      if (seen === ownAccount) return;
      const whose = role === null ? 'the credentials of the worker' : role;
      throw failure(
        'WrongAccount',
        `${whose} in ${region}: account ${seen}, but provider.accountId is ${ownAccount}`,
        { waitsFor: `credentials of account ${ownAccount}` },
      );
    },
  };
}
