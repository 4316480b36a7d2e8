import { workflowInfo } from '@temporalio/workflow';
import { connectionName, provisionWorkflowId } from '../contract/names.js';
import { reasonsOf } from '../domain/addresses/address-pool.js';
import { DAY_MS } from '../domain/durations.js';
import { OF_THE_SAME_NETWORK } from '../domain/addresses/block-reasons.js';
import type { NamedBlock } from '../domain/addresses/choose-block.js';
import {
  addressPolicyOf,
  customerBlocks,
  customerScopeBeside,
  decidePlan,
  mostEntriesOf,
  poolScopeOf,
  regionFor,
} from '../domain/plan.js';
import { describeProblems, parseRequest, type PeeringRequest } from '../domain/request.js';
import type { RunSettings } from '../domain/settings.js';
import { local, temporal } from './activity-proxies.js';
import { ending } from './failure.js';
import type { PeeringRecord } from './peering-record.js';
import { useSettings, type PlannedPeering, type Run } from './stages.js';
import { registerBlock } from './undo.js';

/** @throws ApplicationFailure `InvalidRequest`, naming every wrong field */
export function validRequest(input: unknown, settings: RunSettings): PeeringRequest {
  const { provider } = settings;
  const parsed = parseRequest(input, {
    providerAccountId: provider.accountId,
    providerRegions: provider.regions,
    mostNetworkAclEntries: mostEntriesOf(settings),
    roundTripMs: provider.roundTripMs,
  });
  if (!parsed.ok) throw ending('InvalidRequest', describeProblems(parsed.problems));
  return parsed.request;
}

/**
 * Nothing is registered for compensation until the request is valid and no such connection is up: the release goes by the
 * connection's name, and must never reach a living one.
 */
export async function planRequest(input: unknown, run: Run): Promise<PlannedPeering> {
  const { record } = run;
  const settings = await local.loadSettings();
  useSettings(run, settings);
  requireNoTimeout();
  const request = validRequest(input, settings);
  const connection = connectionName(request);
  requireOwnId(connection);
  record.accept(request);
  if (await temporal.isConnected({ connection })) {
    throw ending('AlreadyConnected', `${connection} is up or being released; it stays as it is`);
  }
  const poolScope = poolScopeOf(settings, request);
  registerBlock({ poolScope, connection, settings }, run);
  const owner = {
    deployment: settings.provider.deployment,
    connection,
    run: workflowInfo().firstExecutionRunId,
    customerName: request.customerName,
  };
  const decided = await decideBlock(
    { request, settings, owner, poolScope, shard: null, tried: [] },
    { record, avoid: [] },
  );
  if (!decided.ok) throw ending('AddressSpaceExhausted', decided.why);
  return decided.planned;
}

type Undecided = Pick<PlannedPeering, 'request' | 'settings' | 'owner' | 'poolScope' | 'shard' | 'tried'>;

/** Takes a block of the pool, one that overlaps neither the customer's ranges nor those to `avoid`, and decides the rest by it. */
export async function decideBlock(
  undecided: Undecided,
  { record, avoid }: { record: PeeringRecord; avoid: readonly NamedBlock[] },
): Promise<{ ok: true; planned: PlannedPeering } | { ok: false; why: string }> {
  const { request, settings, owner, poolScope, tried } = undecided;
  const policy = addressPolicyOf(settings);
  const avoided = [...customerBlocks(request), ...avoid];
  const block = await temporal.allocateBlock({
    scope: poolScope,
    sharding: settings.addresses.sharding,
    customerScope: customerScopeBeside(settings, owner.connection),
    order: {
      holder: owner.connection,
      policy,
      avoid: avoided.map(({ cidr }) => cidr),
      requested: request.providerCidr,
    },
  });
  if (block.cidr === null) return { ok: false, why: exhaustedText(block.rejected ?? []) };

  const ofOthers = (block.ofTheSameNetwork ?? []).map((cidr) => ({ cidr, why: OF_THE_SAME_NETWORK }));
  const region = regionFor(request, settings);
  const { access, providerSubnetCidrs, ...plan } = decidePlan(request, settings, {
    region,
    cidr: block.cidr,
    blockReasons: [
      ...tried.map(({ cidr, answer }) => `${cidr} was tried before: ${answer}`),
      ...reasonsOf(block, policy, [...avoided, ...ofOthers]),
    ],
  });
  record.plan(plan, {
    accountId: settings.provider.accountId,
    region: region.region,
    vpcId: null,
    cidr: block.cidr,
    subnetIds: [],
    routeTableId: null,
    networkAclId: null,
    securityGroupId: null,
  });
  const { providerRegion, providerCidr } = plan;
  const { shard } = block;
  return {
    ok: true,
    planned: { ...undecided, shard, providerRegion, providerCidr, providerSubnetCidrs, access },
  };
}

/** One workflow id for one connection is what keeps two runs from building it twice. */
function requireOwnId(connection: string): void {
  const wanted = provisionWorkflowId(connection);
  const { workflowId } = workflowInfo();
  if (workflowId !== wanted) {
    throw ending(
      'InvalidRequest',
      `workflowId: is ${workflowId}, but this connection's is ${wanted}; start it under that`,
    );
  }
}

/** Where none is asked for, a server says 0, or 10 years. */
const AS_GOOD_AS_NONE_MS = 10 * 365 * DAY_MS;

/** A time-out would end the run at a moment that nobody chose, and leave all that it made. */
function requireNoTimeout(): void {
  const { executionTimeoutMs = 0, runTimeoutMs = 0 } = workflowInfo();
  const isSet = (ms: number): boolean => ms > 0 && ms < AS_GOOD_AS_NONE_MS;
  const set = [
    ...(isSet(executionTimeoutMs) ? ['workflowExecutionTimeout'] : []),
    ...(isSet(runTimeoutMs) ? ['workflowRunTimeout'] : []),
  ];
  if (set.length === 0) return;
  throw ending('InvalidRequest', `${set.join(', ')}: must not be set; a request waits for days`);
}

const SHOWN_REJECTIONS = 5;

function exhaustedText(rejected: readonly { cidr: string; reason: string }[]): string {
  const shown = rejected.slice(0, SHOWN_REJECTIONS).map(({ cidr, reason }) => `${cidr}: ${reason}`);
  return `no block is free: ${shown.join('; ')}${rejected.length > SHOWN_REJECTIONS ? '; …' : ''}`;
}
