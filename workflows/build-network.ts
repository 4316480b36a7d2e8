import type { AccessPlan } from '../domain/access/plan-access.js';
import type { BuiltNetwork, PlannedPeering, Run } from './stages.js';
import { registerNetwork } from './undo.js';

export async function buildNetwork(planned: PlannedPeering, run: Run): Promise<BuiltNetwork> {
  const { record, parking } = run;
  const { owner, providerRegion: region, access } = planned;
  record.move('building-network', `building VPC ${planned.providerCidr} in ${region}`);
  registerNetwork(planned, run);

  const vpc = await parking.run((aws, mayExist) =>
    aws.ensureVpc({ region, owner, cidr: planned.providerCidr, mayExist }),
  );
  record.built(vpc);
  const { vpcId } = vpc;
  const { networkAclId } = await parking.run((aws) =>
    aws.ensureNetworkAclEntries({
      region,
      owner,
      vpcId,
      networkAclId: vpc.networkAclId,
      entries: [...access.networkAclEntries],
    }),
  );
  record.built({ networkAclId });
  const { subnetIds } = await parking.run((aws) =>
    aws.ensureSubnets({ region, owner, vpcId, cidrs: planned.providerSubnetCidrs }),
  );
  record.built({ subnetIds });
  const { securityGroupId } = await parking.run((aws) =>
    aws.ensureSecurityGroups({ region, owner, vpcId, egress: [...access.securityGroupEgress] }),
  );
  record.built({ securityGroupId });
  record.note(`built ${vpcId}: ${summaryOf(access)}`);
  return { ...vpc, networkAclId, subnetIds, securityGroupId };
}

function summaryOf({ networkAclEntries, securityGroupEgress }: AccessPlan): string {
  return `${networkAclEntries.length.toString()} network ACL entries, ${securityGroupEgress.length.toString()} security-group rules, no route yet`;
}
