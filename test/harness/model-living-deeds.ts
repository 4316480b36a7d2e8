/** What is done to a connection that is up, or was. */
import { DeleteVpcPeeringConnectionCommand } from '@aws-sdk/client-ec2';
import { expect } from '@jest/globals';
import { WorkflowFailedError, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import {
  changeAccessUpdate,
  closeSignal,
  customerAcceptedSignal,
  customerDeclinedSignal,
  peeringObservedSignal,
  type AccessChange,
} from '../../contract/messages.js';
import type { Agreed } from './fault-invariants.js';
import type { ModelledConnection } from './model-connection.js';
import type { Deed, Deeds } from './model-deed.js';
import {
  ACCESSES,
  inAws,
  isOver,
  isPending,
  isUp,
  looked,
  same,
  type ConnectionModel,
} from './model-state.js';

/** In the customer's VPC they are not. */
const BEYOND: AccessChange = { subnetCidrs: ['172.30.0.0/20'] };

const isAccepted = ({ inAws }: ConnectionModel): boolean => inAws === 'accepted';
const asChange = ({ subnetCidrs, access }: Agreed): AccessChange => ({
  subnetCidrs: [...subnetCidrs],
  access: access.map(({ protocol, ports }) => ({ protocol, ports: ports.map(({ from }) => from) })),
});

/** Whoever is told of what no longer runs, or does not run yet, hears so. */
async function refused(order: Promise<unknown>): Promise<void> {
  await expect(order).rejects.toBeInstanceOf(WorkflowNotFoundError);
}

/** The code of the failure table with which the change is refused. */
async function codeOfChange({ keeping }: ModelledConnection, change: AccessChange): Promise<string> {
  const error: unknown = await keeping
    .executeUpdate(changeAccessUpdate, { args: [change] })
    .catch((reason: unknown) => reason);
  if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure) {
    return error.cause.type ?? 'no code';
  }
  throw error instanceof Error ? error : new Error('the change was not refused');
}

function changeTo(agreed: Agreed): Deed {
  return {
    may: isUp,
    after: (model) => ({ ...model, agreed }),
    do: async ({ keeping }) => {
      const status = await keeping.executeUpdate(changeAccessUpdate, { args: [asChange(agreed)] });
      expect(status).toMatchObject({ state: 'active', customer: { subnetCidrs: [...agreed.subnetCidrs] } });
    },
  };
}

export const LIVING_DEEDS: Deeds = {
  ...Object.fromEntries(
    ACCESSES.map((agreed, index) => [`change access to set ${index.toString()}`, changeTo(agreed)]),
  ),
  'request once more while it is up': {
    may: isUp,
    after: same,
    do: async (real) => {
      await real.request();
      const error: unknown = await real.asking.result().catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(WorkflowFailedError);
      expect((error as WorkflowFailedError).cause).toMatchObject({ type: 'AlreadyConnected' });
    },
    changesNothing: true,
  },
  'say that a living one is gone': {
    may: isUp,
    after: same,
    do: ({ keeping }) => keeping.signal(peeringObservedSignal, { status: 'deleted' }),
    changesNothing: true,
  },
  'be observed': {
    may: (model) => !isOver(model),
    after: (model) => looked(model),
    do: (real) => real.observe(),
  },
  'customer deletes the peering': {
    may: (model) => !isOver(model) && isAccepted(model),
    after: (model) => looked(inAws('deleted')(model)),
    do: async (real) => {
      const id = await real.peeringId();
      await real.point.customer.ec2.send(
        new DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId: id }),
      );
      await real.observe();
    },
  },
  'change access to nonsense': {
    may: isUp,
    after: same,
    do: async (real) => {
      expect(await codeOfChange(real, { subnetCidrs: ['172.31.0.1/20'] })).toBe('InvalidRequest');
    },
    changesNothing: true,
  },
  close: {
    may: isUp,
    after: (model) => ({ ...model, state: 'released' }),
    do: ({ keeping }) => keeping.signal(closeSignal, { by: 'bob' }),
  },
  'cancel the one that keeps it': {
    may: isUp,
    after: (model) => ({ ...model, state: 'released' }),
    do: async ({ keeping }) => {
      await keeping.cancel();
    },
  },
  'order what nobody is there for': {
    may: isOver,
    after: same,
    do: async ({ asking, keeping }) => {
      await refused(asking.signal(customerAcceptedSignal, { by: 'alice' }));
      await refused(asking.signal(customerDeclinedSignal, { by: 'alice' }));
      await refused(keeping.signal(closeSignal, { by: 'bob' }));
      await refused(keeping.executeUpdate(changeAccessUpdate, { args: [BEYOND] }));
    },
    changesNothing: true,
  },
  'operator deletes a route': {
    may: isUp,
    after: same,
    do: async (real) => {
      await real.operatorDeletesRoute();
      await real.observe();
    },
  },
  'operator deletes a network ACL entry': {
    may: (model) => !isOver(model) && !model.amiss,
    after: (model) => (isUp(model) ? model : { ...model, amiss: true }),
    do: async (real, model) => {
      await real.operatorDeletesEntry();
      if (isUp(model)) await real.observe();
    },
  },
  'operator deletes the peering and the VPC': {
    may: (model) => isPending(model) || (!isOver(model) && isAccepted(model)),
    after: (model) => looked(inAws('deleted')(model)),
    do: async (real) => {
      await real.operatorDeletesNetwork();
      // What is gone for good is in no look at the region's VPCs; its peering is.
      await real.observe();
    },
  },
  'flood it until it continues as new': {
    may: (model) => isPending(model) || isUp(model),
    after: (model) => looked(model),
    do: async (real, model) => {
      const handle = isUp(model) ? real.keeping : real.asking;
      const before = await handle.describe();
      await real.flood(handle);
      await real.quiet();
      const now = await handle.describe();
      expect(now.runId).not.toBe(before.runId);
      expect(now.raw.workflowExecutionInfo?.firstRunId).toBe(before.raw.workflowExecutionInfo?.firstRunId);
    },
    changesNothing: true,
  },
};
