import { setMaxListeners } from 'node:events';
import { DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { PROVIDER_PURPOSES, type ProviderFinding, type QuotasUsed } from '../contract/provider-check.js';
import { FAILURES } from '../domain/failures.js';
import type { WorkerSettings } from '../domain/settings.js';
import { AwsCallError } from './aws/call-error.js';
import type { Ec2, Ec2Clients, Purpose } from './aws/ec2-clients.js';
import { askForPermissions, type Permissions } from './provider-permissions.js';
import { findPeerings } from './peerings.js';
import { findVpcs } from './vpc.js';

export interface ProviderCheckActivities {
  /** One finding for each purpose; a call that fails is a finding too. */
  checkProviderRegion(input: { region: string }): Promise<ProviderFinding[]>;
}

/** For all calls of a purpose together: whoever asked is waiting. */
const ANSWER_WITHIN_MS = 8_000;

/** The least that DescribeVpcs takes; one answer is enough to know that reading is allowed. */
const FEWEST_RESULTS = 5;

/** @param answerWithinMs for an AWS that is slower than the real one */
export function createProviderCheckActivities(
  clients: Ec2Clients,
  { provider }: Pick<WorkerSettings, 'provider'>,
  answerWithinMs = ANSWER_WITHIN_MS,
): ProviderCheckActivities {
  const within = { provider, ms: answerWithinMs };
  return {
    checkProviderRegion: ({ region }) =>
      Promise.all(
        PROVIDER_PURPOSES.map(async (purpose) => ({
          region,
          purpose,
          ...(await look(() => clients(purpose, region), purpose, within)),
        })),
      ),
  };
}

type Seen = Omit<ProviderFinding, 'region' | 'purpose'>;

async function look(
  client: () => Ec2,
  purpose: Purpose,
  { provider: { accountId, deployment }, ms }: { provider: WorkerSettings['provider']; ms: number },
): Promise<Seen> {
  const signal = AbortSignal.timeout(ms);
  // Each question under way listens.
  setMaxListeners(0, signal);
  try {
    const ec2 = client();
    const account = await ec2.identity.account(signal);
    if (account !== accountId) return otherAccount(account, accountId);
    await ec2.read.send(new DescribeVpcsCommand({ MaxResults: FEWEST_RESULTS }), { abortSignal: signal });
    const asked = { deployment, abortSignal: signal };
    const permissions = await askForPermissions(ec2, purpose, asked);
    const used = purpose === 'observe' ? await countQuotas(ec2, accountId) : null;
    return {
      ...whatIsAllowed(permissions, purpose, `account ${account}, VPCs can be read`),
      ...(used === null ? {} : { used }),
    };
  } catch (error) {
    return signal.aborted ? noAnswer(ms) : refused(error);
  }
}

function whatIsAllowed({ lacking, asked, carriedOut }: Permissions, purpose: Purpose, seen: string): Seen {
  if (carriedOut) {
    const next = 'Do not use this endpoint: it has carried out what it was asked not to';
    return { ok: false, answered: true, detail: asked, next };
  }
  if (lacking.length === 0) return { ok: true, answered: true, detail: `${seen}, ${asked}`, next: null };
  const next = `Allow the role what \`causeway iam --role ${purpose}\` prints`;
  return { ok: false, answered: true, detail: `AWS does not allow ${lacking.join(', ')}`, next };
}

/** Null where it cannot be counted: that says nothing about the connection to AWS. */
async function countQuotas(ec2: Ec2, accountId: string): Promise<QuotasUsed | null> {
  try {
    const [vpcs, requests] = await Promise.all([
      findVpcs(ec2, []),
      findPeerings(ec2, [
        { Name: 'status-code', Values: ['pending-acceptance'] },
        { Name: 'requester-vpc-info.owner-id', Values: [accountId] },
      ]),
    ]);
    return { vpcs: vpcs.length, outstandingRequests: requests.length };
  } catch (error) {
    if (error instanceof AwsCallError) return null;
    throw error;
  }
}

function otherAccount(account: string, wanted: string): Seen {
  return {
    ok: false,
    answered: true,
    detail: `the credentials belong to account ${account}, but provider.accountId is ${wanted}`,
    next: `Give the worker credentials of ${wanted}, or correct provider.accountId or the role in its configuration`,
  };
}

function noAnswer(withinMs = ANSWER_WITHIN_MS): Seen {
  return {
    ok: false,
    answered: false,
    detail: `AWS gave no answer within ${withinMs / 1_000} s`,
    next: 'Look at the network of the worker, and at AWS_ENDPOINT_URL if it is set',
  };
}

function refused(error: unknown): Seen {
  if (!(error instanceof AwsCallError)) {
    const detail = error instanceof Error ? error.message : String(error);
    return { ok: false, answered: false, detail, next: FAILURES.InternalError.operator };
  }
  const { message, awsCode, failureCode } = error;
  if (awsCode === 'CredentialsProviderError') {
    const next = "Give the worker AWS credentials by the environment, a profile, or the instance's role";
    return { ok: false, answered: true, detail: message, next };
  }
  if (failureCode === 'AwsUnavailable') return { ...noAnswer(), detail: message };
  const next =
    failureCode === 'PermissionMissing'
      ? 'Check the credentials of the worker, and allow its role this action'
      : FAILURES[failureCode].operator;
  return { ok: false, answered: true, detail: message, next };
}
