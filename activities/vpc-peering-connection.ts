import {
  CreateVpcPeeringConnectionCommand,
  DescribeVpcPeeringConnectionsCommand,
  ModifyVpcPeeringConnectionOptionsCommand,
  paginateDescribeVpcPeeringConnections,
  type Filter,
  type VpcPeeringConnection,
  type VpcPeeringConnectionVpcInfo,
} from '@aws-sdk/client-ec2';
import type { Ownership } from '../contract/tags.js';
import type { ObservedPeering, ObservedVpc } from '../domain/acceptance.js';
import { isOver, isVpcPeeringStatus, type VpcPeeringStatus } from '../domain/lifecycle.js';
import { isAwsCode } from './aws/call-error.js';
import { LARGEST_PAGE, type Ec2, type Ec2Clients } from './aws/ec2-clients.js';
import { lookBeforeCreate, pollFor, pollUntil, tellingRefusal } from './aws/poll.js';
import { isOwnedBy, ownedBy, tagSpecification } from './aws/tagging.js';
import { failure } from './failure.js';

export interface EnsurePeeringInput {
  region: string;
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
}

export interface VpcPeeringConnectionActivities {
  /** Asks for the peering, or finds the request this run has made already. */
  ensurePeeringConnection(input: EnsurePeeringInput): Promise<ObservedPeering>;
  /** What AWS shows now; status `absent` when it shows nothing. */
  describePeeringConnection(input: PeeringInRegion): Promise<ObservedPeering>;
  /** The provider's own DNS option; the customer's is the customer's to set. */
  ensureDnsResolution(input: PeeringInRegion): Promise<ObservedPeering>;
}

export function createVpcPeeringConnectionActivities(clients: Ec2Clients): VpcPeeringConnectionActivities {
  return {
    async ensurePeeringConnection(input) {
      const ec2 = clients('provision', input.region);
      const existing = await lookBeforeCreate(ec2, input.mayExist, () => findLivingPeering(ec2, input));
      const id = existing?.VpcPeeringConnectionId ?? (await tellingRefusal(() => requestPeering(ec2, input)));
      return pollUntil(ec2, `peering connection ${id}`, async () => {
        const peering = await findPeering(ec2, id);
        return peering === undefined || !settled(peering) ? undefined : observedPeering(peering);
      });
    },

    async describePeeringConnection({ region, vpcPeeringConnectionId }) {
      const ec2 = clients('observe', region);
      const found = await pollFor(ec2, ec2.timing.absentAfterMs, () =>
        findPeering(ec2, vpcPeeringConnectionId),
      );
      return found === undefined ? absent(vpcPeeringConnectionId) : observedPeering(found);
    },

    async ensureDnsResolution({ region, vpcPeeringConnectionId }) {
      const ec2 = clients('provision', region);
      const read = (): Promise<VpcPeeringConnection | undefined> => findPeering(ec2, vpcPeeringConnectionId);
      const before = await pollFor(ec2, ec2.timing.absentAfterMs, read);
      if (before === undefined || isOver(statusOf(before))) {
        const status = before === undefined ? 'no longer shown' : statusOf(before);
        throw failure('PeeringDeleted', `${vpcPeeringConnectionId} is ${status}`);
      }
      if (!requesterResolves(before)) {
        await ec2.write.send(
          new ModifyVpcPeeringConnectionOptionsCommand({
            VpcPeeringConnectionId: vpcPeeringConnectionId,
            RequesterPeeringConnectionOptions: { AllowDnsResolutionFromRemoteVpc: true },
          }),
        );
      }
      return pollUntil(ec2, `the DNS option of ${vpcPeeringConnectionId}`, async () => {
        const peering = await read();
        return peering !== undefined && requesterResolves(peering) ? observedPeering(peering) : undefined;
      });
    },
  };
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
async function findLivingPeering(
  ec2: Ec2,
  { owner, vpcId, accepter }: EnsurePeeringInput,
): Promise<VpcPeeringConnection | undefined> {
  return (await findPeerings(ec2, ownedBy(owner))).find(
    (peering) =>
      isOwnedBy(owner, peering.Tags) &&
      !isOver(statusOf(peering)) &&
      peering.RequesterVpcInfo?.VpcId === vpcId &&
      peering.AccepterVpcInfo?.VpcId === accepter.vpcId,
  );
}

async function findPeering(ec2: Ec2, id: string): Promise<VpcPeeringConnection | undefined> {
  try {
    const { VpcPeeringConnections } = await ec2.read.send(
      new DescribeVpcPeeringConnectionsCommand({ VpcPeeringConnectionIds: [id] }),
    );
    return VpcPeeringConnections?.find((peering) => peering.VpcPeeringConnectionId === id);
  } catch (error) {
    if (
      isAwsCode(error, 'InvalidVpcPeeringConnectionID.NotFound', 'InvalidVpcPeeringConnectionId.NotFound')
    ) {
      return undefined;
    }
    throw error;
  }
}

/** Every peering that a filter gives, in pages. */
export async function findPeerings(ec2: Ec2, filters: Filter[]): Promise<VpcPeeringConnection[]> {
  const found: VpcPeeringConnection[] = [];
  for await (const page of paginateDescribeVpcPeeringConnections(
    { client: ec2.read, pageSize: LARGEST_PAGE },
    { Filters: filters },
  )) {
    found.push(...(page.VpcPeeringConnections ?? []));
  }
  return found;
}

/** A status AWS may add one day counts as not settled: nothing is configured or given up on it. */
export function statusOf(peering: VpcPeeringConnection): VpcPeeringStatus {
  const code = peering.Status?.Code ?? '';
  return isVpcPeeringStatus(code) ? code : 'initiating-request';
}

export function observedPeering(peering: VpcPeeringConnection): ObservedPeering {
  return {
    vpcPeeringConnectionId: peering.VpcPeeringConnectionId ?? '',
    status: statusOf(peering),
    statusMessage: peering.Status?.Message ?? '',
    expiresAt: peering.ExpirationTime?.toISOString() ?? null,
    requester: observedVpc(peering.RequesterVpcInfo),
    accepter: observedVpc(peering.AccepterVpcInfo),
  };
}

function observedVpc(info: VpcPeeringConnectionVpcInfo | undefined): ObservedVpc {
  const blocks = (info?.CidrBlockSet ?? []).flatMap(({ CidrBlock }) =>
    CidrBlock === undefined ? [] : [CidrBlock],
  );
  return {
    accountId: info?.OwnerId ?? '',
    region: info?.Region ?? '',
    vpcId: info?.VpcId ?? '',
    cidrs: [...new Set([...(info?.CidrBlock === undefined ? [] : [info.CidrBlock]), ...blocks])],
    allowsDnsResolution: info?.PeeringOptions?.AllowDnsResolutionFromRemoteVpc === true,
  };
}

function absent(vpcPeeringConnectionId: string): ObservedPeering {
  return {
    vpcPeeringConnectionId,
    status: 'absent',
    statusMessage: '',
    expiresAt: null,
    requester: observedVpc(undefined),
    accepter: observedVpc(undefined),
  };
}

function requesterResolves(peering: VpcPeeringConnection | undefined): boolean {
  return peering?.RequesterVpcInfo?.PeeringOptions?.AllowDnsResolutionFromRemoteVpc === true;
}
