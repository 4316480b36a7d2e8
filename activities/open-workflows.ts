import { getClient, log } from '@temporalio/activity';
import { WorkflowNotFoundError, type WorkflowExecutionDescription } from '@temporalio/client';
import { maintainWorkflowId, OWNED_RUN_MEMO, provisionWorkflowId } from '../contract/names.js';

/** The workflows of a connection that are open. */
export interface OpenWorkflows {
  provision: WorkflowExecutionDescription | null;
  maintain: WorkflowExecutionDescription | null;
}

/**
 * One after the other, in this order: `provisionPeering` ends only when `maintainPeering` has begun, so that a connection
 * on its way from one to the other is seen by one of the questions.
 */
export async function openWorkflows(connection: string): Promise<OpenWorkflows> {
  const provision = await describeOpen(provisionWorkflowId(connection));
  return { provision, maintain: await openMaintain(connection) };
}

/** Null where no `maintainPeering` of the connection is open; a paused one is. */
function openMaintain(connection: string): Promise<WorkflowExecutionDescription | null> {
  return describeOpen(maintainWorkflowId(connection));
}

/** Whether the connection is up, or still releasing what it built: whichever run has made it. */
export async function isMaintained(connection: string): Promise<boolean> {
  return (await openMaintain(connection)) !== null;
}

const CLOSED = ['COMPLETED', 'FAILED', 'CANCELLED', 'TERMINATED', 'TIMED_OUT'];

async function describeOpen(workflowId: string): Promise<WorkflowExecutionDescription | null> {
  try {
    const description = await getClient().workflow.getHandle(workflowId).describe();
    return CLOSED.includes(description.status.name) ? null : description;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

/** All that one run made for one connection. */
export interface RunOfConnection {
  /** `<organizationId>/<vpcId>` */
  connection: string;
  /** Run id of the first execution that made it. */
  run: string;
}

/** Whether an open workflow owns what this run made. In doubt it does. */
export async function isOwned({ connection, run }: RunOfConnection): Promise<boolean> {
  try {
    const { provision, maintain } = await openWorkflows(connection);
    return (
      (provision !== null && ownsByRun(provision, run)) || (maintain !== null && isKeptFor(maintain, run))
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
function isKeptFor({ memo }: WorkflowExecutionDescription, run: string): boolean {
  const inherited: unknown = memo?.[OWNED_RUN_MEMO];
  return typeof inherited !== 'string' || inherited === run;
}
