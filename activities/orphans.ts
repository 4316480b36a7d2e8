import type { AddressPoolActivities } from './address-pool.js';
import type { Ec2Clients } from './aws/ec2-clients.js';
import type { TaggedQuery } from './aws/tagging.js';
import { inGroups } from './in-groups.js';
import { isOwned, openWorkflows, type RunOfConnection } from './open-workflows.js';
import { findTaggedResources, type ResourceGroup } from './tagged-resources.js';

export interface OrphanActivities {
  /** What of a region no open workflow owns, and how many resources carry the deployment's tags. */
  findOrphans(input: {
    region: string;
    deployment: string;
  }): Promise<{ examined: number; orphans: ResourceGroup[] }>;
  /** What the region shows of the resources of one connection and run. */
  findResources(input: TaggedQuery & { region: string }): Promise<ResourceGroup[]>;
  /** Whether an open workflow owns what this run made. In doubt it does. */
  isOwned(input: RunOfConnection): Promise<boolean>;
  /** Gives the connection's block back, unless a workflow of the connection is open: then it is that one's. */
  releaseBlockOfNobody(input: Parameters<AddressPoolActivities['releaseBlock']>[0]): Promise<void>;
}

/** How many connections are asked about at once. */
const AT_ONCE = 8;

/** @param pool how a block is given back */
export function createOrphanActivities(
  clients: Ec2Clients,
  pool: Pick<AddressPoolActivities, 'releaseBlock'>,
): OrphanActivities {
  return {
    async findOrphans({ region, deployment }) {
      // Read first, ask then: a run that begins in between has made nothing of what was read.
      const ec2 = clients('observe', region);
      // To another account nothing of ours is shown, as if it had all been deleted.
      await ec2.identity.requireOwn();
      const groups = await findTaggedResources(ec2, { deployment });
      const owned = await inGroups(groups, AT_ONCE, isOwned);
      const orphans = groups.filter((_, index) => owned[index] === false);
      const examined = groups.reduce((sum, { resourceIds }) => sum + resourceIds.length, 0);
      return { examined, orphans };
    },

    async findResources({ region, ...query }) {
      const ec2 = clients('observe', region);
      await ec2.identity.requireOwn();
      return findTaggedResources(ec2, query);
    },

    isOwned,

    async releaseBlockOfNobody(release) {
      // Asked and given back in one activity: nobody who begins in between gets so far as to take the block again.
      const open = await openWorkflows(release.order.holder);
      if (open.provision === null && open.maintain === null) {
        await pool.releaseBlock(release);
      }
    },
  };
}
