import type { AccessPlan } from '../domain/access/plan-access.js';
import { temporal } from './activity-proxies.js';
import type { Compensations } from './compensation.js';
import { ParkingLot } from './parking.js';
import type { PeeringRecord } from './peering-record.js';
import type { PlannedPeering } from './plan-request.js';

/** The provider's VPC as built: locked down, without any route to the customer yet. */
export interface BuiltNetwork {
  vpcId: string;
  subnetIds: string[];
  routeTableId: string;
  networkAclId: string;
  securityGroupId: string;
}

interface Run {
  record: PeeringRecord;
  undo: Compensations;
}

export async function buildNetwork(planned: PlannedPeering, { record, undo }: Run): Promise<BuiltNetwork> {
  const { owner, providerRegion: region, access } = planned;
  const parking = new ParkingLot(record, planned.settings.acceptance.observeEvery);
  record.move('building-network', `building VPC ${planned.providerCidr} in ${region}`);
  registerNetwork(planned, { record, undo });

  const vpc = await parking.run((aws) => aws.ensureVpc({ region, owner, cidr: planned.providerCidr }));
  record.built(vpc);
  const { vpcId, networkAclId } = vpc;
  await parking.run((aws) =>
    aws.ensureNetworkAclEntries({ region, networkAclId, entries: [...access.networkAclEntries] }),
  );
  const { subnetIds } = await parking.run((aws) =>
    aws.ensureSubnets({ region, owner, vpcId, cidrs: planned.providerSubnetCidrs }),
  );
  record.built({ subnetIds });
  const { securityGroupId } = await parking.run((aws) =>
    aws.ensureSecurityGroups({ region, owner, vpcId, egress: [...access.securityGroupEgress] }),
  );
  record.built({ securityGroupId });
  record.note(`built ${vpcId}: ${summaryOf(access)}`);
  return { ...vpc, subnetIds, securityGroupId };
}

/** The undo of a block: given back when nothing in AWS can be using it any more. */
export function registerBlock(block: {
  poolScope: string;
  connection: string;
  record: PeeringRecord;
  undo: Compensations;
}): void {
  block.undo.register('the address block', async () => {
    await temporal.releaseBlock({
      scope: block.poolScope,
      order: { holder: block.connection, wasActive: false },
    });
    block.record.note('the address block is free again');
  });
}

/** The undo of everything in AWS, by tags: it finds also what was made by a call whose reply was lost. */
function registerNetwork(planned: PlannedPeering, { record, undo }: Run): void {
  const { owner, providerRegion: region, settings } = planned;
  const parking = new ParkingLot(record, settings.acceptance.observeEvery);
  undo.register('the network', async () => {
    const { deleted } = await parking.insist((aws) => aws.releaseNetwork({ region, owner, inDoubt: true }));
    record.note(deleted.length === 0 ? 'AWS held nothing of this run' : `deleted ${deleted.join(', ')}`);
  });
}

/** After continue-as-new the undos are registered again: they stand in no history of this execution. */
export function undoing(planned: PlannedPeering, run: Run): void {
  registerBlock({ ...run, poolScope: planned.poolScope, connection: planned.owner.connection });
  registerNetwork(planned, run);
}

function summaryOf({ networkAclEntries, securityGroupEgress }: AccessPlan): string {
  return `${networkAclEntries.length.toString()} network ACL entries, ${securityGroupEgress.length.toString()} security-group rules, no route yet`;
}
