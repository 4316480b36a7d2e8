/** The real connection beside the model: what people do to it, and what is seen of it. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  DeleteNetworkAclEntryCommand,
  DeleteRouteCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DeleteVpcCommand,
  DeleteVpcPeeringConnectionCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import { WorkflowNotFoundError, type WorkflowHandle } from '@temporalio/client';
import { customerAcceptedSignal, peeringObservedSignal } from '../../contract/messages.js';
import { WORKFLOW } from '../../contract/names.js';
import type { PeeringStatus } from '../../contract/status.js';
import { TAG } from '../../contract/tags.js';
import { SampleCustomer } from '../../local/sample-customer.js';
import { bound } from './bounds.js';
import { PROVIDER } from './emulator.js';
import { latestStatus } from './fault-questions.js';
import type { FaultPoint, FaultWorld } from './fault-world.js';

/** Events from which on these tests' server suggests to continue as new: a flood is a hundred signals, not thousands. */
export const SUGGEST_CONTINUE_AS_NEW_AT = 150;

/** For what may hang: it takes a second or two. */
const QUIET_WITHIN_MS = bound(300_000);
const QUIET_POLL_MS = 50;

export class ModelledConnection {
  readonly #operator: EC2Client;

  constructor(
    readonly world: FaultWorld,
    readonly point: FaultPoint,
  ) {
    const region = String(point.request['providerRegion']);
    this.#operator = new SampleCustomer(world.stack.emulator.endpoint, PROVIDER, region).ec2;
  }

  get asking(): WorkflowHandle {
    return this.world.client.workflow.getHandle(this.point.provisionId);
  }

  get keeping(): WorkflowHandle {
    return this.world.client.workflow.getHandle(this.point.maintainId);
  }

  status(): Promise<PeeringStatus> {
    return latestStatus(this.world.client, this.point);
  }

  async peeringId(): Promise<string> {
    return (await this.status()).peeringConnectionId ?? '';
  }

  /** @returns the id of the run that has the request now, the first of its executions */
  async request(): Promise<string> {
    const { taskQueue, provisionId, request } = this.point;
    await this.world.client.workflow.start(WORKFLOW.provisionPeering, {
      taskQueue,
      workflowId: provisionId,
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      args: [request],
    });
    return firstRunOf(this.asking);
  }

  /** One look of the region's observer, which knows of nothing yet and so tells every run. */
  async observe(): Promise<void> {
    const { deployment } = this.point.settings.provider;
    await this.world.client.workflow.execute(WORKFLOW.observePeerings, {
      taskQueue: this.point.taskQueue,
      workflowId: `observe-peerings/${deployment}/${randomUUID()}`,
      args: [{ region: this.point.request['providerRegion'], deployment }],
    });
  }

  /** As many signals as it takes until the run continues as new. */
  async flood(handle: WorkflowHandle): Promise<void> {
    const { historyLength } = await handle.describe();
    const count = Math.max(1, SUGGEST_CONTINUE_AS_NEW_AT - historyLength);
    const signal = (): Promise<void> =>
      handle.workflowId === this.point.provisionId
        ? handle.signal(customerAcceptedSignal, { by: 'flood' })
        : handle.signal(peeringObservedSignal, { status: 'active' });
    await Promise.all(Array.from({ length: count }, signal));
  }

  async operatorDeletesRoute(): Promise<void> {
    const { provider, customer } = await this.status();
    const RouteTableId = provider?.routeTableId ?? '';
    const [DestinationCidrBlock] = customer.subnetCidrs;
    await this.#operator.send(new DeleteRouteCommand({ RouteTableId, DestinationCidrBlock }));
  }

  async operatorDeletesEntry(): Promise<void> {
    const NetworkAclId = (await this.status()).provider?.networkAclId ?? '';
    const { regions } = await this.world.control.inventory();
    const [entry] = regions
      .flatMap(({ networkAcls }) => networkAcls)
      .filter(({ networkAclId }) => networkAclId === NetworkAclId)
      .flatMap(({ entries }) => entries.filter(({ action }) => action === 'allow'));
    await this.#operator.send(
      new DeleteNetworkAclEntryCommand({
        NetworkAclId,
        RuleNumber: entry?.ruleNumber,
        Egress: entry?.egress,
      }),
    );
  }

  /** The peering, and the VPC with all that is in it. */
  async operatorDeletesNetwork(): Promise<void> {
    const { provider, peeringConnectionId } = await this.status();
    await this.#operator.send(
      new DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId: peeringConnectionId ?? '' }),
    );
    await this.#operator.send(
      new DeleteSecurityGroupCommand({ GroupId: provider?.securityGroupId ?? undefined }),
    );
    for (const SubnetId of provider?.subnetIds ?? []) {
      await this.#operator.send(new DeleteSubnetCommand({ SubnetId }));
    }
    await this.#operator.send(new DeleteVpcCommand({ VpcId: provider?.vpcId ?? undefined }));
  }

  /**
   * Waits until nothing is under way. Temporal schedules what follows a signal or an activity in the same step in which it
   * takes it, so that there is no moment between two steps at which a run at work looks quiet.
   */
  async quiet(): Promise<void> {
    const deadline = Date.now() + QUIET_WITHIN_MS;
    // In this order, for the one that asks starts the one that keeps.
    for (const handle of [this.asking, this.keeping]) {
      while (!(await isQuiet(handle))) {
        if (Date.now() > deadline) throw new Error(`${handle.workflowId} is still at work`);
        await delay(QUIET_POLL_MS);
      }
    }
  }

  /** All of the provider's that carries the connection's tag and lives, as text. */
  async built(): Promise<string> {
    const { regions, peerings } = await this.world.control.inventory();
    const isOwn = ({ tags }: { readonly tags: Readonly<Record<string, string>> }): boolean =>
      tags[TAG.peering] === this.point.connection;
    return JSON.stringify([
      ...regions.flatMap(({ vpcs, subnets, routeTables, networkAcls, securityGroups }) =>
        [vpcs, subnets, routeTables, networkAcls, securityGroups].flatMap((all) => all.filter(isOwn)),
      ),
      ...peerings.filter(({ requester }) => isOwn(requester)),
    ]);
  }
}

/** What a start answers with is the latest execution, where the run has continued as new. */
export async function firstRunOf(handle: WorkflowHandle): Promise<string> {
  const { raw } = await handle.describe();
  return raw.workflowExecutionInfo?.firstRunId ?? '';
}

async function isQuiet(handle: WorkflowHandle): Promise<boolean> {
  try {
    const { status, raw } = await handle.describe();
    if (status.name !== 'RUNNING') return true;
    const { pendingWorkflowTask, pendingActivities, pendingChildren } = raw;
    return (
      (pendingWorkflowTask ?? null) === null &&
      (pendingActivities ?? []).length + (pendingChildren ?? []).length === 0
    );
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return true;
    throw error;
  }
}
