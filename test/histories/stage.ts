import {
  AcceptVpcPeeringConnectionCommand,
  AssociateVpcCidrBlockCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import type { WorkflowHandle } from '@temporalio/client';
import { customerAcceptedSignal, statusQuery } from '../../contract/messages.js';
import { connectionName, maintainWorkflowId } from '../../contract/names.js';
import type { PeeringState } from '../../domain/lifecycle.js';
import { CUSTOMER, PROVIDER } from '../harness/emulator.js';
import { requestForNewVpc, type TestRequest } from '../harness/requests.js';
import { startSkippingWorld, type SkippingWorld } from '../harness/time-skipping.js';

/** A story, and the world it is played in. */
export interface Story {
  readonly settings?: Parameters<typeof startSkippingWorld>[0];
  readonly replaced?: Parameters<typeof startSkippingWorld>[1];
  play(stage: Stage): Promise<void>;
}

/** A run that has been started, and what it asks for. */
export interface Asked {
  readonly request: TestRequest;
  readonly handle: WorkflowHandle;
}

/** A run that waits for its customer. */
export interface Waiting extends Asked {
  readonly peeringId: string;
}

/** A connection that is up, and the workflow that keeps it. */
export interface Living extends Waiting {
  readonly kept: WorkflowHandle;
}

/** Where a story is played. What is kept of it is what the story says, and only if it went as it says. */
export class Stage {
  constructor(
    readonly world: SkippingWorld,
    readonly keep: (name: string, handle: WorkflowHandle) => Promise<void>,
  ) {}

  /** The provider in its region for a customer in eu-central-1. */
  get provider(): EC2Client {
    return this.world.aws.ec2(PROVIDER, 'eu-west-1');
  }

  customerOf({ request }: Asked): EC2Client {
    return this.world.aws.ec2(CUSTOMER, request.region);
  }

  async ask(more: Record<string, unknown> = {}): Promise<Asked> {
    const request = await requestForNewVpc(this.world.aws, more);
    return { request, handle: await this.world.start(request) };
  }

  async wait(asked: Asked): Promise<Waiting> {
    const { peeringConnectionId } = await this.world.until(asked.handle, 'awaiting-acceptance');
    return { ...asked, peeringId: peeringConnectionId ?? '' };
  }

  async askAndWait(more: Record<string, unknown> = {}): Promise<Waiting> {
    return this.wait(await this.ask(more));
  }

  /** In AWS, and tells so. */
  async accept(waiting: Waiting): Promise<void> {
    await this.world.syncClock();
    await this.customerOf(waiting).send(
      new AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId: waiting.peeringId }),
    );
    await waiting.handle.signal(customerAcceptedSignal, { by: 'alice' });
  }

  async connect(more: Record<string, unknown> = {}): Promise<Living> {
    const waiting = await this.askAndWait(more);
    await this.accept(waiting);
    await waiting.handle.result();
    const id = maintainWorkflowId(connectionName(waiting.request));
    return { ...waiting, kept: this.world.env.client.workflow.getHandle(id) };
  }

  /** A request for a VPC that has one more block than it says. */
  async askWithHiddenBlock(hidden: string): Promise<Asked> {
    const request = await requestForNewVpc(this.world.aws, { vpcCidrs: ['172.31.0.0/16'] });
    await this.world.aws
      .ec2(CUSTOMER, request.region)
      .send(new AssociateVpcCidrBlockCommand({ VpcId: request.vpcId, CidrBlock: hidden }));
    return { request, handle: await this.world.start(request) };
  }

  /** Every such call fails so until the answer is called. */
  async refuse(action: string, code: string): Promise<() => Promise<void>> {
    const fault = { action, code, account: PROVIDER, kind: 'error', times: null } as const;
    const id = await this.world.aws.control.addFault(fault);
    return () => this.world.aws.control.removeFault(id);
  }

  /**
   * Waits for the end of a run, and keeps its history.
   *
   * @throws Error when it did not end so: a story that went another way is not recorded
   */
  async keepEnded(name: string, { handle, state }: { handle: WorkflowHandle; state: PeeringState }): Promise<void> {
    await handle.result().catch(() => undefined);
    const status = await handle.query(statusQuery);
    if (status.state !== state) {
      throw new Error(`${name} ended ${status.state}, not ${state}: ${JSON.stringify(status.history.slice(-3))}`);
    }
    await this.keep(name, handle);
  }
}
