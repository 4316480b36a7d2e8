import { AcceptVpcPeeringConnectionCommand } from '@aws-sdk/client-ec2';
import { expect } from '@jest/globals';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { poolReportQuery } from '../../contract/messages.js';
import { connectionName, maintainWorkflowId, poolWorkflowId } from '../../contract/names.js';
import type { PeeringStatus } from '../../contract/status.js';
import { customerScopeOf } from '../../domain/plan.js';
import { CUSTOMER } from './emulator.js';
import { leftovers } from '../../local/leftovers.js';
import { requestForNewVpc, type TestRequest } from './requests.js';
import type { SkippingWorld } from './time-skipping.js';

/** A run that waits for its customer. */
export interface Started {
  readonly request: TestRequest;
  readonly handle: WorkflowHandle;
  readonly waiting: PeeringStatus;
  readonly peeringId: string;
}

export async function startAndWait(
  world: SkippingWorld,
  more: Parameters<typeof requestForNewVpc>[1] = {},
): Promise<Started> {
  const request = await requestForNewVpc(world.aws, more);
  const handle = await world.start(request);
  const waiting = await world.until(handle, 'awaiting-acceptance');
  return { request, handle, waiting, peeringId: waiting.peeringConnectionId ?? '' };
}

export async function acceptInAws(
  world: SkippingWorld,
  { request, peeringId }: Pick<Started, 'request' | 'peeringId'>,
): Promise<void> {
  await world.syncClock();
  await world.aws
    .ec2(CUSTOMER, request.region)
    .send(new AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId: peeringId }));
}

/** The failure a run ended with; throws whatever else it ended with. */
export async function failureOf(handle: WorkflowHandle): Promise<ApplicationFailure> {
  const error: unknown = await handle.result().catch((reason: unknown) => reason);
  if (!(error instanceof WorkflowFailedError) || !(error.cause instanceof ApplicationFailure)) throw error;
  return error.cause;
}

/** AWS holds nothing of Causeway's, and neither the organization's pool nor that of the customer's network a block. */
export async function expectNothingLeft(world: SkippingWorld, request: TestRequest): Promise<void> {
  expect(leftovers(await world.aws.control.inventory())).toEqual([]);
  for (const scope of [request.organizationId, customerScopeOf(connectionName(request)) ?? '']) {
    const pool = await world.env.client.workflow.getHandle(poolWorkflowId(scope)).query(poolReportQuery);
    expect([scope, pool.held]).toEqual([scope, []]);
  }
}

/** The workflow that keeps the connection of this request. */
export function livingConnection(world: SkippingWorld, request: TestRequest): WorkflowHandle {
  return world.env.client.workflow.getHandle(maintainWorkflowId(connectionName(request)));
}
