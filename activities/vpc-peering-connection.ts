import {
  CreateVpcPeeringConnectionCommand,
  ModifyVpcPeeringConnectionOptionsCommand,
  type VpcPeeringConnection,
} from '@aws-sdk/client-ec2';
import type { Ownership } from '../contract/tags.js';
import type { ObservedPeering } from '../domain/acceptance.js';
import { isOver } from '../domain/lifecycle.js';
import { AwsCallError, isAwsCode } from './aws/call-error.js';
import type { Ec2, Ec2Clients } from './aws/ec2-clients.js';
import { lookBeforeCreate, pollFor, pollUntil, tellingRefusal } from './aws/poll.js';
import { isOwnedBy, tagSpecification } from './aws/tagging.js';
import { findOpenRequests, findOpenRequestsIn, inRegion, withdrawOthers } from './earlier-requests.js';
import { failure } from './failure.js';
import { absent, findPeering, observedPeering, optionOf, statusOf } from './peerings.js';
import { ensureDnsHostnames, findVpc, hasDnsHostnames } from './vpc.js';

export interface EnsurePeeringInput {
  region: string;
  /** The provider's, in any of which an earlier run may have asked. */
  regions: string[];
  owner: Ownership;
  /** The provider's VPC. */
  vpcId: string;
  accepter: { accountId: string; region: string; vpcId: string };
  /** Whether an earlier activity may have asked already. */
  mayExist: boolean;
}

export interface PeeringInRegion {
  region: string;
  vpcPeeringConnectionId: string;
  /** The provider's VPC: whoever does not see that one either cannot say that the peering is gone. */
  vpcId: string;
}

/** `hostnames-off`: AWS takes the provider's option only once the customer's VPC has DNS hostnames and DNS support. */
export type DnsOption = 'on' | 'hostnames-off';

export interface VpcPeeringConnectionActivities {
  /**
   * Asks for the peering, or finds the request this run has made already. A request of an earlier run that nobody owns any
   * more is withdrawn before.
   * @throws ApplicationFailure `ConflictingResource` naming one of an earlier run that the customer has accepted
   */
  ensurePeeringConnection(input: EnsurePeeringInput): Promise<ObservedPeering>;
  /**
   * What AWS shows now; status `absent` when it shows nothing, though the reader is the provider and sees its VPC.
   * @throws ApplicationFailure `WrongAccount`, `NothingShown`
   */
  describePeeringConnection(input: PeeringInRegion): Promise<ObservedPeering>;
  /**
   * The provider's own DNS option; the customer's is the customer's to set.
   * @throws ApplicationFailure `PeeringDisconnected` where there is no peering any more
   */
  ensureDnsResolution(input: PeeringInRegion): Promise<{ option: DnsOption }>;
}

export function createVpcPeeringConnectionActivities(clients: Ec2Clients): VpcPeeringConnectionActivities {
  return {
    async ensurePeeringConnection(input) {
      const { region, regions, owner } = input;
      const ec2 = clients('provision', region);
      let here: VpcPeeringConnection[] = [];
      const existing = await lookBeforeCreate(ec2, input.mayExist, async () => {
        here = await findOpenRequests(ec2, input);
        return here.find((peering) => isOwn(peering, input));
      });
      if (existing === undefined) {
        const others = regions.filter((one) => one !== region);
        const elsewhere = await findOpenRequestsIn(clients, others, input);
        await withdrawOthers(clients, owner, [...inRegion(region, here), ...elsewhere]);
      }
      const id = existing?.VpcPeeringConnectionId ?? (await tellingRefusal(() => requestPeering(ec2, input)));
      return pollUntil(ec2, `peering connection ${id}`, async () => {
        const peering = await findPeering(ec2, id);
        return peering === undefined || !settled(peering) ? undefined : observedPeering(peering);
      });
    },

    async describePeeringConnection({ region, vpcPeeringConnectionId, vpcId }) {
      const ec2 = clients('observe', region);
      const found = await pollFor(ec2, ec2.timing.secondLookMs, () =>
        findPeering(ec2, vpcPeeringConnectionId),
      );
      if (found !== undefined) return observedPeering(found);
      await requireSight(ec2, { vpcId, vpcPeeringConnectionId });
      return absent(vpcPeeringConnectionId);
    },

    async ensureDnsResolution(input) {
      const ec2 = clients('provision', input.region);
      const { vpcPeeringConnectionId: id } = input;
      const before = await pollFor(ec2, ec2.timing.secondLookMs, () => findPeering(ec2, id));
      if (before === undefined) await requireSight(ec2, input);
      if (before === undefined || isOver(statusOf(before))) {
        const status = before === undefined ? 'no longer shown' : statusOf(before);
        throw failure('PeeringDisconnected', `${id} is ${status}`);
      }
      if (optionOf(before.RequesterVpcInfo) === true) return { option: 'on' };
      if (!(await allowsDnsResolution(ec2, input))) return { option: 'hostnames-off' };
      return pollUntil(ec2, `the DNS option of ${id}`, async () => {
        const peering = await findPeering(ec2, id);
        const isTaken = peering !== undefined && optionOf(peering.RequesterVpcInfo) !== false;
        return isTaken ? { option: 'on' } : undefined;
      });
    },
  };
}

/**
 * @throws ApplicationFailure where the reader sees nothing of ours, so that what it does not see may well be there:
 * `WrongAccount`, `NothingShown`
 */
async function requireSight(
  ec2: Ec2,
  { vpcId, vpcPeeringConnectionId }: Pick<PeeringInRegion, 'vpcId' | 'vpcPeeringConnectionId'>,
): Promise<void> {
  await ec2.identity.requireOwn();
  if ((await findVpc(ec2, vpcId)) !== undefined) return;
  throw failure(
    'NothingShown',
    `AWS shows neither ${vpcPeeringConnectionId} nor ${vpcId} in ${ec2.region}, to the provider's account`,
    { waitsFor: `${vpcId} to be shown in ${ec2.region}` },
  );
}

/**
 * @returns false where the customer's VPC keeps AWS from taking the option
 * @source https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-dns.html
 */
async function allowsDnsResolution(
  ec2: Ec2,
  { vpcId, vpcPeeringConnectionId: id }: PeeringInRegion,
): Promise<boolean> {
  const allow = new ModifyVpcPeeringConnectionOptionsCommand({
    VpcPeeringConnectionId: id,
    RequesterPeeringConnectionOptions: { AllowDnsResolutionFromRemoteVpc: true },
  });
  try {
    await ec2.write.send(allow);
    return true;
  } catch (error) {
    if (isAwsCode(error, 'OperationNotPermitted')) {
      throw failure('NotYetConsistent', `AWS takes no option of ${id} yet: ${textOf(error)}`);
    }
    if (!isForWantOfHostnames(error)) throw error;
  }
  if (await hasDnsHostnames(ec2, vpcId)) return false;
  await ensureDnsHostnames(ec2, vpcId);
  throw failure('NotYetConsistent', `DNS hostnames of ${vpcId} were off; they are on now`);
}

function isForWantOfHostnames(error: unknown): boolean {
  return error instanceof AwsCallError && /^InvalidVpcPeeringConnectionState\.Dns/.test(error.awsCode);
}

async function requestPeering(ec2: Ec2, { owner, vpcId, accepter }: EnsurePeeringInput): Promise<string> {
  const { VpcPeeringConnection } = await ec2.write.send(
    new CreateVpcPeeringConnectionCommand({
      VpcId: vpcId,
      PeerOwnerId: accepter.accountId,
      PeerRegion: accepter.region,
      PeerVpcId: accepter.vpcId,
      TagSpecifications: tagSpecification('vpc-peering-connection', owner, 'peering'),
    }),
  );
  const id = VpcPeeringConnection?.VpcPeeringConnectionId;
  if (id === undefined) throw failure('AwsUnavailable', 'CreateVpcPeeringConnection answered without an id');
  return id;
}

/** AWS checks the request for a moment before it asks the customer. */
function settled(peering: VpcPeeringConnection): boolean {
  return peering.Status?.Code !== 'initiating-request';
}

/** The request of this run for exactly this pair of VPCs. */
function isOwn(peering: VpcPeeringConnection, { owner, vpcId }: EnsurePeeringInput): boolean {
  return isOwnedBy(owner, peering.Tags) && peering.RequesterVpcInfo?.VpcId === vpcId;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
