import { isGrpcServiceError, type Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import type { HistoryLine } from './history-line.js';
import { RunReader } from './run-reader.js';

const EVENTS_A_PAGE = 500;
/** Runs of one workflow id that are read, newest first: far more than a retention of a month has. */
const MAX_RUNS = 500;

/** Status code of gRPC. */
const NOT_FOUND = 5;

interface Limit {
  maxLines: number;
}

/** All runs with that workflow id that Temporal still has, newest first, until there are enough lines. */
export async function readWorkflow(
  temporal: Client,
  workflowId: string,
  { maxLines }: Limit,
): Promise<HistoryLine[]> {
  const read = new Set<string>();
  let lines: HistoryLine[] = [];
  for (const first of await runIdsOf(temporal, workflowId)) {
    let runId: string | null = first;
    let next: { runId: string; startedAt: string | null } | null = null;
    while (runId !== null && !read.has(runId) && read.size < MAX_RUNS && lines.length < maxLines) {
      read.add(runId);
      const run = await readRun(temporal, { workflowId, runId }, { maxLines });
      if (run === null) {
        lines = [...(next === null ? [] : forgotten({ workflowId, ...next })), ...lines];
        break;
      }
      lines = [...run.lines, ...lines];
      next = { runId, startedAt: run.startedAt };
      runId = run.continuedFrom;
    }
  }
  return lines;
}

/** The open or newest run, which visibility may not show yet, and then every other that visibility shows. */
async function runIdsOf(temporal: Client, workflowId: string): Promise<string[]> {
  const runs: { runId: string; startTime: Date }[] = [];
  for await (const run of temporal.workflow.list({ query: `WorkflowId = '${workflowId}'` })) {
    runs.push(run);
    if (runs.length >= MAX_RUNS) break;
  }
  try {
    runs.push(await temporal.workflow.getHandle(workflowId).describe());
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
  return runs.sort((a, b) => b.startTime.getTime() - a.startTime.getTime()).map(({ runId }) => runId);
}

/** Null when Temporal has forgotten that run. */
async function readRun(
  temporal: Client,
  run: { workflowId: string; runId: string },
  { maxLines }: Limit,
): Promise<{ lines: HistoryLine[]; continuedFrom: string | null; startedAt: string | null } | null> {
  const reader = new RunReader(run);
  const lines: HistoryLine[] = [];
  let nextPageToken: Uint8Array | null = null;
  do {
    const page = await pageOf(temporal, { run, nextPageToken });
    if (page === null) return null;
    lines.push(...page.events.map((event) => reader.lineOf(event)).filter((line) => line !== null));
    if (lines.length > maxLines) lines.splice(0, lines.length - maxLines);
    nextPageToken = page.nextPageToken;
  } while (nextPageToken !== null);
  const { continuedFrom, startedAt } = reader;
  return { lines, continuedFrom, startedAt };
}

async function pageOf(
  temporal: Client,
  { run, nextPageToken }: { run: { workflowId: string; runId: string }; nextPageToken: Uint8Array | null },
): Promise<{ events: Parameters<RunReader['lineOf']>[0][]; nextPageToken: Uint8Array | null } | null> {
  try {
    const { history, nextPageToken: following } = await temporal.workflowService.getWorkflowExecutionHistory({
      namespace: temporal.options.namespace,
      execution: run,
      maximumPageSize: EVENTS_A_PAGE,
      ...(nextPageToken === null ? {} : { nextPageToken }),
    });
    const hasMore = following instanceof Uint8Array && following.length > 0;
    return { events: history?.events ?? [], nextPageToken: hasMore ? following : null };
  } catch (error) {
    if (!isGrpcServiceError(error)) throw error;
    const code: number = error.code;
    if (code === NOT_FOUND) return null;
    throw error;
  }
}

/** Stands where the run begins that went on from one that is forgotten. */
function forgotten({
  startedAt,
  ...run
}: {
  workflowId: string;
  runId: string;
  startedAt: string | null;
}): HistoryLine[] {
  if (startedAt === null) return [];
  const what = "what came before is not shown: it is older than the namespace's retention";
  return [{ at: startedAt, kind: 'gap', by: null, what, calls: [], ...run }];
}
