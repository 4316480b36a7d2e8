import { EC2Client, type EC2ClientConfig } from '@aws-sdk/client-ec2';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import type { WorkerSettings } from '../../domain/settings.js';
import { noteCall } from './audit.js';
import { asCallError } from './call-error.js';
import { withOperatorTags } from './operator-tags.js';
import { AWS_TIMING, type Timing } from './poll.js';

/** What a client is for; each purpose may have a role of its own. */
export type Purpose = 'provision' | 'observe' | 'release';

/**
 * A reader and a writer for one region. The writer never repeats a call by itself: for calls without a client token the
 * SDK's own repetition would create twice and return one, so Temporal alone repeats, and looks first.
 */
export interface Ec2 {
  read: EC2Client;
  write: EC2Client;
  region: string;
  /** How long its answers may lag behind its writes. */
  timing: Timing;
}

export type Ec2Clients = (purpose: Purpose, region: string) => Ec2;

export interface Ec2ClientsOptions {
  provider: Pick<WorkerSettings['provider'], 'roleArn' | 'externalId' | 'roles'> &
    Partial<Pick<WorkerSettings['provider'], 'tags'>>;
  /** Only for emulators; undefined for AWS itself. */
  endpoint: string | undefined;
  /** Only for emulators; AWS's own by default. */
  timing?: Timing;
  /** How long a call may take, in ms; by default what real AWS never takes. */
  requestTimeoutMs?: number;
}

/** As many as AWS gives at once, of everything but route tables. */
export const LARGEST_PAGE = 1_000;

const READ_ATTEMPTS = 3;
const CONNECT_TIMEOUT_MS = 3_000;
const REQUEST_TIMEOUT_MS = 15_000;

/** Clients by purpose and region, made once each. */
export function createEc2Clients(options: Ec2ClientsOptions): Ec2Clients {
  const made = new Map<string, Ec2>();
  return (purpose, region) => {
    const key = `${purpose}/${region}`;
    const existing = made.get(key);
    if (existing !== undefined) return existing;
    const shared = sharedConfig(options, { purpose, region });
    const ec2: Ec2 = {
      region,
      timing: options.timing ?? AWS_TIMING,
      read: withCallErrors(new EC2Client({ ...shared, maxAttempts: READ_ATTEMPTS }), region),
      write: withOperatorTags(
        withAudit(withCallErrors(new EC2Client({ ...shared, maxAttempts: 1 }), region), region),
        options.provider.tags ?? {},
      ),
    };
    made.set(key, ec2);
    return ec2;
  };
}

function sharedConfig(
  options: Ec2ClientsOptions,
  use: { purpose: Purpose; region: string },
): EC2ClientConfig {
  const { roleArn, roles, externalId } = options.provider;
  const role = roles[use.purpose] ?? roleArn;
  const endpoint = options.endpoint === undefined ? {} : { endpoint: options.endpoint };
  const requestHandler = {
    connectionTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
    // Otherwise the SDK only says in the log that a call hangs.
    throwOnRequestTimeout: true,
  };
  return {
    ...endpoint,
    region: use.region,
    requestHandler,
    ...(role === null
      ? {}
      : {
          credentials: namingTheRole(
            { role, region: use.region },
            fromTemporaryCredentials({
              params: {
                RoleArn: role,
                RoleSessionName: `causeway-${use.purpose}`,
                ...(externalId === null ? {} : { ExternalId: externalId }),
              },
              clientConfig: { ...endpoint, region: use.region, requestHandler },
            }),
          ),
        }),
  };
}

type CredentialProvider = ReturnType<typeof fromTemporaryCredentials>;

/** Without the role no call can be made at all: what fails is the assuming of it, not the call that needed it first. */
function namingTheRole(
  { role, region }: { role: string; region: string },
  provider: CredentialProvider,
): CredentialProvider {
  return async (properties) => {
    try {
      return await provider(properties);
    } catch (error) {
      throw asCallError({ action: 'sts:AssumeRole', region, resource: role }, error);
    }
  };
}

/** Every failing call leaves as an `AwsCallError` that names the action, so that it is classified in one place. */
function withCallErrors(client: EC2Client, region: string): EC2Client {
  client.middlewareStack.add(
    (next, context) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        throw asCallError({ action: actionOf(context), region }, error);
      }
    },
    { step: 'initialize', name: 'causewayCallErrors', priority: 'high' },
  );
  return client;
}

/** Every call that changed something is noted with AWS's id of it, by which AWS's own trail is searched. */
function withAudit(client: EC2Client, region: string): EC2Client {
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const answer = await next(args);
      const { requestId } = answer.output.$metadata;
      if (requestId !== undefined) noteCall({ action: actionOf(context), region, requestId });
      return answer;
    },
    { step: 'initialize', name: 'causewayAudit' },
  );
  return client;
}

function actionOf({ commandName = 'call' }: { commandName?: string }): string {
  return `ec2:${commandName.replace(/Command$/, '')}`;
}
