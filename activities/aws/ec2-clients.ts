import { EC2Client, type EC2ClientConfig } from '@aws-sdk/client-ec2';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import type { WorkerSettings } from '../../domain/settings.js';
import { awaitedSignal } from './attempt.js';
import { noteCall } from './audit.js';
import { asCallError, isAwsCode } from './call-error.js';
import { callLimits } from './limits.js';
import { withOperatorTags } from './operator-tags.js';
import { requireNoKeeper } from './reset-run.js';
import { callerIdentity, type CallerIdentity } from './own-account.js';
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
  /** Whose credentials both have. */
  identity: CallerIdentity;
  /** How long its answers may lag behind its writes. */
  timing: Timing;
}

export type Ec2Clients = (purpose: Purpose, region: string) => Ec2;

export interface Ec2ClientsOptions {
  provider: Pick<WorkerSettings['provider'], 'accountId' | 'roleArn' | 'externalId' | 'roles'> &
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

/** Clients by purpose and region, made once each. */
export function createEc2Clients(options: Ec2ClientsOptions): Ec2Clients {
  const made = new Map<string, Ec2>();
  return (purpose, region) => {
    const key = `${purpose}/${region}`;
    const existing = made.get(key);
    if (existing !== undefined) return existing;
    const ec2 = createEc2(options, { purpose, region });
    made.set(key, ec2);
    return ec2;
  };
}

interface Use {
  purpose: Purpose;
  region: string;
}

function createEc2(options: Ec2ClientsOptions, use: Use): Ec2 {
  const { region } = use;
  const role = roleFor(options, use);
  const shared = sharedConfig(options, use);
  const read = new EC2Client({ ...shared, maxAttempts: READ_ATTEMPTS });
  const write = new EC2Client({ ...shared, maxAttempts: 1 });
  const { credentials } = read.config;
  const identity = callerIdentity({
    sts: {
      ...endpointOf(options),
      region,
      credentials,
      requestHandler: callLimits(options.requestTimeoutMs),
    },
    ownAccount: options.provider.accountId,
    role,
  });
  askBeforeWrites(write);
  for (const client of [read, write]) {
    endWithAttempt(client);
    nameErrors(client, { region, identity });
  }
  noteWrites(write, region);
  withOperatorTags(write, options.provider.tags ?? {});
  return { region, read, write, identity, timing: options.timing ?? AWS_TIMING };
}

function roleFor({ provider: { roles, roleArn } }: Ec2ClientsOptions, { purpose }: Use): string | null {
  return roles[purpose] ?? roleArn;
}

function endpointOf({ endpoint }: Ec2ClientsOptions): { endpoint?: string } {
  return endpoint === undefined ? {} : { endpoint };
}

function sharedConfig(options: Ec2ClientsOptions, use: Use): EC2ClientConfig & { region: string } {
  const { region, purpose } = use;
  const { externalId } = options.provider;
  const role = roleFor(options, use);
  const config = { ...endpointOf(options), region, requestHandler: callLimits(options.requestTimeoutMs) };
  if (role === null) return config;
  const credentials = fromTemporaryCredentials({
    params: {
      RoleArn: role,
      RoleSessionName: `causeway-${purpose}`,
      ...(externalId === null ? {} : { ExternalId: externalId }),
    },
    clientConfig: config,
  });
  return { ...config, credentials: namingTheRole({ role, region }, credentials) };
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

/** No call outlives the attempt it belongs to: not one under way, nor one that still waits for a socket. */
function endWithAttempt({ config: { requestHandler } }: EC2Client): void {
  const handle = requestHandler.handle.bind(requestHandler);
  requestHandler.handle = (request, options) => {
    const callers = options !== undefined && 'abortSignal' in options ? options.abortSignal : undefined;
    const signals = [awaitedSignal(), callers].filter((signal) => signal instanceof AbortSignal);
    return handle(request, { ...options, abortSignal: AbortSignal.any(signals) });
  };
}

/**
 * Every failing call leaves as an `AwsCallError` that names the action, so that it is classified in one place. That
 * something is not found is believed of the provider's own account alone: to any other AWS says so of all that is ours.
 */
function nameErrors(
  client: EC2Client,
  { region, identity }: { region: string; identity: CallerIdentity },
): void {
  client.middlewareStack.add(
    (next, context) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        const named = asCallError({ action: actionOf(context), region }, error);
        if (isAwsCode(named, '*.NotFound')) await identity.requireOwn();
        throw named;
      }
    },
    { step: 'initialize', name: 'causewayCallErrors', priority: 'high' },
  );
}

/** Added first, so that it stands outside of what names the errors of AWS. */
function askBeforeWrites(client: EC2Client): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      await requireNoKeeper();
      return next(args);
    },
    { step: 'initialize', name: 'causewayResetRun', priority: 'high' },
  );
}

/** Every call that changed something is noted with AWS's id of it, by which AWS's own trail is searched. */
function noteWrites(client: EC2Client, region: string): void {
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const answer = await next(args);
      const { requestId } = answer.output.$metadata;
      if (requestId !== undefined) noteCall({ action: actionOf(context), region, requestId });
      return answer;
    },
    { step: 'initialize', name: 'causewayAudit' },
  );
}

function actionOf({ commandName = 'call' }: { commandName?: string }): string {
  return `ec2:${commandName.replace(/Command$/, '')}`;
}
