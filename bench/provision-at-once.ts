import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { poolReportQuery } from '../contract/messages.js';
import { connectionName, poolWorkflowId, provisionWorkflowId, WORKFLOW } from '../contract/names.js';
import type { PoolReport } from '../contract/pool.js';
import type { PeeringStatus } from '../contract/status.js';
import { cidrsOverlap } from '../domain/addresses/blocks.js';

/** What became of many requests that were made at the same moment. */
export interface AtOnce {
  /** From the first start to the last result, in ms. */
  readonly ms: number;
  /** What must not be, one line each: a run that failed, a block that two connections have or that the pool lost. */
  readonly violations: string[];
}

/** A run that hangs is a violation, and no benchmark without an end. */
const ENDED_WITHIN_MS = 15 * 60_000;

/** Starts so many `provisionPeering` at once, of as many organizations, against one `global` pool, and looks what each got. */
export async function provisionAtOnce(client: Client, count: number, taskQueue: string): Promise<AtOnce> {
  const requests = Array.from({ length: count }, (_, index) => ({
    customerName: `Customer ${index}`,
    organizationId: randomUUID(),
    awsAccountId: '444455556666',
    region: 'eu-west-1',
    vpcId: `vpc-${index.toString(16).padStart(17, '0')}`,
    subnetCidrs: ['172.31.0.0/20'],
  }));
  const start = performance.now();
  // The wait ends, not the runs: a request with a time-out of its own is refused.
  const results = await client.withAbortSignal(AbortSignal.timeout(ENDED_WITHIN_MS), () =>
    Promise.allSettled(
      requests.map((request) =>
        client.workflow.execute<(input: unknown) => Promise<PeeringStatus>>(WORKFLOW.provisionPeering, {
          taskQueue,
          workflowId: provisionWorkflowId(connectionName(request)),
          args: [request],
        }),
      ),
    ),
  );
  const ms = performance.now() - start;
  const violations: string[] = [];
  const blocks = new Map<string, string>();
  for (const [index, result] of results.entries()) {
    const request = requests[index];
    if (request === undefined) continue;
    const connection = connectionName(request);
    if (result.status === 'rejected') violations.push(`${connection}: ${String(result.reason)}`);
    else if (result.value.state !== 'active' || result.value.provider === null) {
      violations.push(`${connection} is ${result.value.state}`);
    } else blocks.set(connection, result.value.provider.cidr);
  }
  violations.push(...overlapViolations(blocks), ...(await lossViolations(client, blocks)));
  return { ms, violations };
}

/** Sorted by address, an overlap is one of neighbours. */
function overlapViolations(blocks: ReadonlyMap<string, string>): string[] {
  const sorted = [...blocks].sort(([, a], [, b]) => sortKey(a).localeCompare(sortKey(b)));
  return sorted.slice(1).flatMap(([connection, cidr], index) => {
    const [other, before] = sorted[index] ?? ['', cidr];
    return cidrsOverlap(before, cidr) ? [`${connection} has ${cidr}, ${other} has ${before}`] : [];
  });
}

function sortKey(cidr: string): string {
  return cidr.replace(/\d+/g, (digits) => digits.padStart(3, '0'));
}

async function lossViolations(client: Client, blocks: ReadonlyMap<string, string>): Promise<string[]> {
  const pool = client.workflow.getHandle(poolWorkflowId('global'));
  const held: PoolReport['held'] = [];
  for (let from: number | null = 0; from !== null;) {
    const page: PoolReport = await pool.query(poolReportQuery, { from });
    held.push(...page.held);
    from = page.next;
  }
  const known = new Map(held.map(({ holder, cidr }) => [holder, cidr]));
  return [
    ...[...blocks].flatMap(([connection, cidr]) =>
      known.get(connection) === cidr
        ? []
        : [`${connection} uses ${cidr}, the pool says ${known.get(connection) ?? 'nothing'}`],
    ),
    ...held.flatMap(({ holder, cidr }) =>
      blocks.has(holder) ? [] : [`${cidr} is held by ${holder}, which has none`],
    ),
  ];
}
