import { log } from '@temporalio/activity';
import type { WorkflowExecutionDescription } from '@temporalio/client';
import { OWNED_RUN_MEMO } from '../contract/names.js';
import type { AddressPoolActivities } from './address-pool.js';
import type { Ec2Clients } from './aws/ec2-clients.js';
import { openWorkflows } from './open-workflows.js';
import { findTaggedResources, type ResourceGroup, type TaggedQuery } from './tagged-resources.js';

/** All that one run made for one connection. */
interface RunOfConnection {
  /** `<organizationId>/<vpcId>` */
  connection: string;
  /** Run id of the first execution that made it. */
  run: string;
}

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
      const groups = await findTaggedResources(clients('observe', region), { deployment });
      const orphans: ResourceGroup[] = [];
      for (let from = 0; from < groups.length; from += AT_ONCE) {
        const some = groups.slice(from, from + AT_ONCE);
        const owned = await Promise.all(some.map(isOwned));
        orphans.push(...some.filter((_, index) => owned[index] === false));
      }
      const examined = groups.reduce((sum, { resourceIds }) => sum + resourceIds.length, 0);
      return { examined, orphans };
    },

    findResources: ({ region, ...query }) => findTaggedResources(clients('observe', region), query),

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

async function isOwned({ connection, run }: RunOfConnection): Promise<boolean> {
  try {
    const { provision, maintain } = await openWorkflows(connection);
    return (
      (provision !== null && ownsByRun(provision, run)) || (maintain !== null && ownsByMemo(maintain, run))
    );
  } catch (error) {
    log.warn('could not ask for the owner of resources', { connection, run, error });
    return true;
  }
}

/** A run that continued as new owns what its first execution made; a server that does not tell that one leaves a doubt. */
function ownsByRun({ raw }: WorkflowExecutionDescription, run: string): boolean {
  const firstRun = raw.workflowExecutionInfo?.firstRunId ?? '';
  return firstRun === '' || firstRun === run;
}

/** `maintainPeering` inherits what the run in its memo made; without a memo, all of its connection. */
function ownsByMemo({ memo }: WorkflowExecutionDescription, run: string): boolean {
  const inherited: unknown = memo?.[OWNED_RUN_MEMO];
  return typeof inherited !== 'string' || inherited === run;
}
