import { DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import type { ProviderFinding } from '../contract/provider-check.js';
import { FAILURES } from '../domain/failures.js';
import type { WorkerSettings } from '../domain/settings.js';
import { AwsCallError } from './aws/call-error.js';
import type { Ec2, Ec2Clients, Purpose } from './aws/ec2-clients.js';

export interface ProviderCheckActivities {
  /** One finding for each purpose; a call that fails is a finding too. */
  checkProviderRegion(input: { region: string }): Promise<ProviderFinding[]>;
}

const PURPOSES: readonly Purpose[] = ['provision', 'observe', 'release'];

/** For both calls of a purpose together: whoever asked is waiting. */
const ANSWER_WITHIN_MS = 8_000;

/** The least that DescribeVpcs takes; one answer is enough to know that reading is allowed. */
const FEWEST_RESULTS = 5;

export function createProviderCheckActivities(
  clients: Ec2Clients,
  { provider }: Pick<WorkerSettings, 'provider'>,
): ProviderCheckActivities {
  return {
    checkProviderRegion: ({ region }) =>
      Promise.all(
        PURPOSES.map(async (purpose) => ({
          region,
          purpose,
          ...(await look(() => clients(purpose, region), provider.accountId)),
        })),
      ),
  };
}

type Seen = Pick<ProviderFinding, 'ok' | 'answered' | 'detail' | 'next'>;

async function look(client: () => Ec2, accountId: string): Promise<Seen> {
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
  try {
    const ec2 = client();
    const account = await ec2.identity.account(signal);
    if (account !== accountId) return otherAccount(account, accountId);
    await ec2.read.send(new DescribeVpcsCommand({ MaxResults: FEWEST_RESULTS }), { abortSignal: signal });
    return { ok: true, answered: true, detail: `account ${account}, VPCs can be read`, next: null };
  } catch (error) {
    return signal.aborted ? noAnswer() : refused(error);
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

function noAnswer(): Seen {
  return {
    ok: false,
    answered: false,
    detail: `AWS gave no answer within ${ANSWER_WITHIN_MS / 1_000} s`,
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
