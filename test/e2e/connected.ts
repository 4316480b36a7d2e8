import type { PeeringStatus } from '../../contract/status.js';
import type { StackCustomer, StackWorld } from '../harness/stack.js';

/** Starts a request and waits until it stands before the customer. */
export async function requestAndWait(world: StackWorld, customer: StackCustomer): Promise<PeeringStatus> {
  await startRequest(world, customer);
  return world.untilState(customer.provisionId, 'awaiting-acceptance');
}

/** @returns run id of the first execution. */
export async function startRequest(
  { client }: StackWorld,
  { provisionId, request }: StackCustomer,
): Promise<string> {
  const { firstExecutionRunId } = await client.workflow.start('provisionPeering', {
    taskQueue: 'causeway',
    workflowId: provisionId,
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    args: [request],
  });
  return firstExecutionRunId;
}

/** Requested, accepted in AWS, and noticed. */
export async function connect(world: StackWorld, customer: StackCustomer): Promise<PeeringStatus> {
  const waiting = await requestAndWait(world, customer);
  await customer.aws.accept(waiting.peeringConnectionId ?? '');
  return world.untilState(customer.maintainId, 'active');
}
