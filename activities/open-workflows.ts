import { getClient } from '@temporalio/activity';
import { WorkflowNotFoundError, type WorkflowExecutionDescription } from '@temporalio/client';
import { maintainWorkflowId, provisionWorkflowId } from '../contract/names.js';

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
  const maintain = await describeOpen(maintainWorkflowId(connection));
  return { provision, maintain };
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
