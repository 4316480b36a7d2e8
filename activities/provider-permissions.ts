import type { EC2Client } from '@aws-sdk/client-ec2';
import { AwsCallError } from './aws/call-error.js';
import type { Ec2, Purpose } from './aws/ec2-clients.js';
import { probesFor, type Probe } from './provider-probes.js';
import { findSample } from './provider-sample.js';

/** What AWS says about a role's permissions. */
export interface Permissions {
  /** Actions that AWS would refuse (`ec2:CreateVpc`). */
  lacking: string[];
  /** How much was asked, in a few words. */
  asked: string;
  /** Whether the endpoint carried out a change that it was asked not to. */
  carriedOut: boolean;
}

interface Asked {
  deployment: string;
  abortSignal: AbortSignal;
}

/**
 * Asks with `DryRun`, which carries nothing out. An endpoint that is not AWS may do so all the same, and may know DryRun for
 * some calls only: so every kind of look is asked first, and nothing that would change anything is sent unless the endpoint
 * answered `DryRunOperation` and carried none of the looks out. The deletes come after the other changes, by the same rule.
 */
export async function askForPermissions(ec2: Ec2, purpose: Purpose, asked: Asked): Promise<Permissions> {
  const sample = await findSample(ec2, asked.deployment, asked.abortSignal);
  const { looks, changes, deletes } = probesFor(purpose, asked.deployment, sample);
  const seen = await ask(looks, ec2.read, asked);
  if (seen.carriedOut || !seen.known) {
    const why = 'permissions not checked: the endpoint does not know DryRun';
    return { lacking: seen.carriedOut ? [] : seen.lacking, asked: why, carriedOut: false };
  }
  const lacking = [...seen.lacking];
  for (const stage of [changes, deletes]) {
    const { carriedOut, lacking: more } = await ask(stage, ec2.write, asked);
    lacking.push(...more);
    if (carriedOut)
      return { lacking, asked: 'the endpoint carries out what is asked with DryRun', carriedOut };
  }
  const some =
    sample === undefined
      ? 'permissions checked, but for those on a connection, as none is here'
      : 'permissions checked';
  const slow = 'permissions not all checked: AWS was too slow';
  return { lacking, asked: asked.abortSignal.aborted ? slow : some, carriedOut: false };
}

interface Answers {
  lacking: string[];
  /** Whether any was answered as AWS does. */
  known: boolean;
  carriedOut: boolean;
}

/** Any other answer than the two that AWS documents says nothing about permissions. */
async function ask(probes: readonly Probe[], client: EC2Client, { abortSignal }: Asked): Promise<Answers> {
  const errors = await Promise.all(
    probes.map((probe) =>
      probe(client, { abortSignal }).then(
        () => null,
        (error: unknown) => {
          if (error instanceof AwsCallError) return error;
          throw error;
        },
      ),
    ),
  );
  const refusals = errors.filter((error) => error !== null);
  return {
    lacking: refusals
      .filter(({ awsCode }) => awsCode === 'UnauthorizedOperation')
      .map(({ action }) => action),
    known: refusals.some(({ awsCode }) => awsCode === 'DryRunOperation'),
    carriedOut: errors.includes(null),
  };
}
