import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import type { Keys, TestEmulator } from './emulator.js';
import { present } from './networks.js';

export interface AssumedSession {
  /** Whose static keys ask for it. */
  readonly by: string;
  readonly roleArn: string;
  readonly session?: string;
  readonly externalId?: string;
}

/** Keys of a session of that role. */
export async function assumeRole(emulator: TestEmulator, asked: AssumedSession): Promise<Keys> {
  const { by, roleArn, session = 'test', externalId } = asked;
  const { Credentials: keys } = await emulator.sts(by).send(
    new AssumeRoleCommand({
      RoleArn: roleArn,
      RoleSessionName: session,
      ...(externalId === undefined ? {} : { ExternalId: externalId }),
    }),
  );
  return {
    accessKeyId: present(keys?.AccessKeyId),
    secretAccessKey: present(keys?.SecretAccessKey),
    sessionToken: present(keys?.SessionToken),
  };
}
