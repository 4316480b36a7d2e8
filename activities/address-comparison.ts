import { getClient } from '@temporalio/activity';
import type { AddressComparison } from '../contract/address-verification.js';
import { poolOfWorkflowId, WORKFLOW } from '../contract/names.js';
import { TAG } from '../contract/tags.js';
import {
  compareWithAws,
  type Discrepancy,
  type PooledBlock,
  type TaggedVpc,
} from '../domain/addresses/compare-with-aws.js';
import { customerScopeBeside, isCustomerScope, poolScopeOf } from '../domain/plan.js';
import type { WorkerSettings } from '../domain/settings.js';
import type { Ec2Clients } from './aws/ec2-clients.js';
import { carries, filtersOf, tagValue } from './aws/tagging.js';
import { inGroups } from './in-groups.js';
import { openWorkflows } from './open-workflows.js';
import type { PoolAddress } from './pool-callers.js';
import { reportPages } from './pool-reports.js';
import { findVpcs } from './vpc.js';

export interface AddressComparisonActivities {
  /**
   * Every pool of the deployment beside every VPC with its tags, in all configured regions.
   *
   * @throws AwsCallError when a region cannot be read: half a comparison would call blocks unused
   */
  compareAddresses(): Promise<AddressComparison>;
}

/** More than anyone mends at once; the result has to fit into a payload. */
const MOST_LISTED = 500;

/** There may be as many pools as connections. */
const AT_ONCE = 8;

export interface AddressComparisonDependencies {
  clients: Ec2Clients;
  settings: WorkerSettings;
  taskQueue: string;
}

export function createAddressComparisonActivities({
  clients,
  settings,
  taskQueue,
}: AddressComparisonDependencies): AddressComparisonActivities {
  const { regions, deployment } = settings.provider;
  const scopesOf = (connection: string): [string, ...string[]] => {
    const own = poolScopeOf(settings, { organizationId: connection.split('/')[0] ?? '' });
    const customers = customerScopeBeside(settings, connection);
    return customers === null ? [own] : [own, customers];
  };

  async function vpcsOf(region: string): Promise<TaggedVpc[]> {
    const ec2 = clients('observe', region);
    await ec2.identity.requireOwn();
    const vpcs = await findVpcs(ec2, filtersOf({ deployment }));
    return vpcs.flatMap(({ VpcId, CidrBlock, Tags }) =>
      VpcId === undefined || CidrBlock === undefined || !carries(Tags, { deployment })
        ? []
        : [{ region, vpcId: VpcId, cidr: CidrBlock, connection: tagValue(Tags, TAG.peering) ?? '' }],
    );
  }

  return {
    async compareAddresses() {
      // AWS first: a VPC that is seen has had its block for longer.
      const vpcs = (await Promise.all(regions.map(vpcsOf))).flat();
      const pools = await poolsOf(taskQueue);
      const blocks = (await inGroups(pools, AT_ONCE, blocksIn)).flat();
      const found = compareWithAws({ blocks, vpcs, scopesOf });
      const listed = found.slice(0, MOST_LISTED);
      const discrepancies = [];
      for (const each of listed) discrepancies.push({ ...each, owned: await isOwned(each) });
      return {
        pools: pools.length,
        blocks: new Set(blocks.map(({ holder }) => holder)).size,
        vpcs: vpcs.length,
        discrepancies,
        more: found.length - listed.length,
      };
    },
  };
}

async function blocksIn(pool: PoolAddress): Promise<PooledBlock[]> {
  const blocks: PooledBlock[] = [];
  for await (const { held } of reportPages(pool)) {
    blocks.push(...held.map(({ cidr, holder }) => ({ scope: pool.scope, cidr, holder })));
  }
  return blocks;
}

/** Those of customers' networks last. By visibility, which lags a moment: whoever believes a comparison has made two. */
async function poolsOf(taskQueue: string): Promise<PoolAddress[]> {
  const query = `WorkflowType = '${WORKFLOW.cidrPool}' AND TaskQueue = '${taskQueue}' AND ExecutionStatus = 'Running'`;
  const pools: PoolAddress[] = [];
  for await (const { workflowId } of getClient().workflow.list({ query })) {
    const pool = poolOfWorkflowId(workflowId);
    if (pool !== null) pools.push(pool);
  }
  return [
    ...pools.filter(({ scope }) => !isCustomerScope(scope)),
    ...pools.filter(({ scope }) => isCustomerScope(scope)),
  ];
}

async function isOwned(discrepancy: Discrepancy): Promise<boolean> {
  const connections = connectionsOf(discrepancy);
  const open = await Promise.all(connections.map(openWorkflows));
  return open.some(({ provision, maintain }) => provision !== null || maintain !== null);
}

function connectionsOf(discrepancy: Discrepancy): string[] {
  switch (discrepancy.kind) {
    case 'block-without-vpc':
      return [discrepancy.block.holder];
    case 'vpc-without-block':
      return [discrepancy.vpc.connection];
    case 'overlap':
      return discrepancy.vpcs.map(({ connection }) => connection);
  }
}
