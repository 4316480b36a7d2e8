/** The whole of it on real parts: Temporal's dev server, the emulated AWS, and the worker as a process of its own. */
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import {
  connectionName,
  maintainWorkflowId,
  poolWorkflowId,
  provisionWorkflowId,
} from '../../contract/names.js';
import type { PoolReport } from '../../contract/pool.js';
import type { PeeringStatus } from '../../contract/status.js';
import { TAG } from '../../contract/tags.js';
import type { EmulatorControl } from '../../local/emulator-control.js';
import type { InventoryPeering, RegionInventory } from '../../local/emulator-inventory.js';
import type { SupervisedProcess } from '../../local/processes.js';
import { SampleCustomer, type SampleNetwork } from '../../local/sample-customer.js';
import { stackOn, type LocalStack } from '../../local/stack.js';
import { TEST_MS } from './bounds.js';
import { compiledPrograms } from './compiled.js';
import { CUSTOMER } from './emulator.js';
import { leftovers } from '../../local/leftovers.js';
import type { TestRequest } from './requests.js';
import { lendEmulator, lendTemporal } from './servers/lent.js';
import { until } from './until.js';

/** One for each test file; its tests have an organization and a VPC each. */
export interface StackWorld {
  readonly stack: LocalStack;
  readonly control: EmulatorControl;
  /** Of Temporal alone: what any SDK can do. */
  readonly client: Client;
  /** A new one each time; it ends with the stack at the latest. */
  startWorker(): Promise<SupervisedProcess>;
  /** A customer's VPC, and a valid request for a peering with it. */
  newCustomer(wanted?: Wanted): Promise<StackCustomer>;
  status(workflowId: string): Promise<PeeringStatus>;
  /** Waits until the run says so, at most so long (ms). */
  untilState(workflowId: string, state: PeeringStatus['state'], withinMs?: number): Promise<PeeringStatus>;
  pool(organizationId: string): Promise<PoolReport>;
  stop(): Promise<void>;
}

export interface Wanted extends Record<string, unknown> {
  readonly cidr?: string;
  readonly region?: string;
  readonly subnetCidrs?: string[];
}

export interface StackCustomer {
  readonly aws: SampleCustomer;
  readonly network: SampleNetwork;
  readonly request: TestRequest;
  /** `<organizationId>/<vpcId>`. */
  readonly connection: string;
  readonly provisionId: string;
  readonly maintainId: string;
}

/** How long a stack, with its worker, may take to be there. */
export const STACK_START_MS = TEST_MS;

const OBSERVE_EVERY = '2 seconds';

/** The provider's nearest to where customers are. Looking at one more every two seconds is a tenth of a core. */
const ONE_REGION = ['eu-west-1'];

/**
 * A stack on the servers that test files share, its programs compiled once.
 *
 * @param regions of the provider; those of the sample configuration by default
 */
export async function startTestStack(observeEvery: string, regions?: readonly string[]): Promise<LocalStack> {
  const [temporal, emulator, programs] = await Promise.all([
    lendTemporal(),
    lendEmulator(),
    compiledPrograms(),
  ]);
  return stackOn(
    { temporal, namespace: temporal.namespace, emulator },
    { observeEvery, programs, ...(regions === undefined ? {} : { regions }) },
  );
}

/** @param options `withWorker`: false leaves the worker, too, to the test; `regions`: the provider's, one unless all of the sample are needed */
export async function startStackWorld({
  withWorker = true,
  regions = 'one',
}: { withWorker?: boolean; regions?: 'one' | 'all' } = {}): Promise<StackWorld> {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const stack = await startTestStack(OBSERVE_EVERY, regions === 'one' ? ONE_REGION : undefined);
  try {
    if (withWorker) await stack.startWorker();
    const connection = await Connection.connect({ address: stack.temporal.address });
    const client = new Client({ connection, namespace: stack.namespace });
    const status = (workflowId: string): Promise<PeeringStatus> =>
      client.workflow.getHandle(workflowId).query<PeeringStatus>('status');
    return {
      stack,
      client,
      status,
      control: stack.emulator.control,
      startWorker: () => stack.startWorker(),
      newCustomer: (wanted) => newCustomerIn(stack.emulator.endpoint, wanted),
      untilState: (workflowId, state, withinMs) =>
        until(
          `${workflowId} is ${state}`,
          async () => {
            const seen = await status(workflowId);
            return seen.state === state ? seen : undefined;
          },
          withinMs,
        ),
      pool: (organizationId) =>
        client.workflow.getHandle(poolWorkflowId(organizationId)).query<PoolReport>('report'),
      stop: async () => {
        await connection.close();
        await stack.stop();
      },
    };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

/** @param endpoint of the emulated AWS in which the customer has its VPC */
export async function newCustomerIn(endpoint: string, wanted: Wanted = {}): Promise<StackCustomer> {
  const {
    cidr = '172.31.0.0/16',
    region = 'eu-central-1',
    subnetCidrs = ['172.31.0.0/20'],
    ...more
  } = wanted;
  const aws = new SampleCustomer(endpoint, CUSTOMER, region);
  const network = await aws.createNetwork({ name: 'Acme', cidr, subnetCidrs: [] });
  const request: TestRequest = {
    customerName: 'Acme',
    organizationId: `org-${randomUUID().slice(0, 8)}`,
    awsAccountId: CUSTOMER,
    region,
    vpcId: network.vpcId,
    subnetCidrs,
    ...more,
  };
  const connection = connectionName(request);
  return {
    aws,
    network,
    request,
    connection,
    provisionId: provisionWorkflowId(connection),
    maintainId: maintainWorkflowId(connection),
  };
}

/** What of the provider's carries the connection's tag: its VPC's parts by kind, and its peerings, over or not. */
export async function builtFor(
  { control }: StackWorld,
  { connection }: StackCustomer,
): Promise<Omit<RegionInventory, 'account' | 'region'> & { peerings: InventoryPeering[] }> {
  const { regions, peerings } = await control.inventory();
  const own = <T extends { readonly tags: Readonly<Record<string, string>> }>(all: readonly T[]): T[] =>
    all.filter(({ tags }) => tags[TAG.peering] === connection);
  return {
    vpcs: own(regions.flatMap((region) => region.vpcs)),
    subnets: own(regions.flatMap((region) => region.subnets)),
    routeTables: own(regions.flatMap((region) => region.routeTables)),
    networkAcls: own(regions.flatMap((region) => region.networkAcls)),
    securityGroups: own(regions.flatMap((region) => region.securityGroups)),
    networkInterfaces: own(regions.flatMap((region) => region.networkInterfaces)),
    peerings: peerings.filter(({ requester }) => requester.tags[TAG.peering] === connection),
  };
}

/** Ids of what is left of the connection in AWS. */
export async function leftOf(
  { control }: Pick<StackWorld, 'control'>,
  { connection }: StackCustomer,
): Promise<string[]> {
  return leftovers(await control.inventory(), connection);
}
