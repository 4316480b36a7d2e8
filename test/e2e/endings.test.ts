/** Every way a request or a connection ends, on real parts, told from outside. */
import {
  AcceptVpcPeeringConnectionCommand,
  DeleteVpcPeeringConnectionCommand,
  RejectVpcPeeringConnectionCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SampleCustomer } from '../../local/sample-customer.js';
import { PROVIDER } from '../harness/emulator.js';
import {
  leftOf,
  STACK_START_MS,
  startStackWorld,
  type StackCustomer,
  type StackWorld,
} from '../harness/stack.js';
import { codeOf } from '../harness/networks.js';
import { connect, requestAndWait, startRequest } from './connected.js';
import { at, temporalCli, type CliAnswer, type TemporalCli } from './temporal-cli.js';

let world: StackWorld;
let cli: TemporalCli;
beforeAll(async () => {
  world = await startStackWorld();
  cli = await temporalCli(world.stack.temporal.address);
}, STACK_START_MS);
afterAll(() => world.stop());

function resultOf(workflowId: string): Promise<CliAnswer> {
  return cli('result', '--workflow-id', workflowId);
}

/** Type and message of the failure that closed the run. */
function failureIn({ json }: CliAnswer): { type: unknown; message: unknown } {
  const failure = at(json, 'closeEvent', 'workflowExecutionFailedEventAttributes', 'failure');
  return { type: at(failure, 'applicationFailureInfo', 'type'), message: at(failure, 'message') };
}

/** The blocks that the customer's organization holds. */
async function heldBy({ request }: StackCustomer): Promise<string[]> {
  return (await world.pool(request.organizationId)).held.map(({ cidr }) => cidr);
}

describe('a connection', () => {
  it('ends disconnected when the customer deletes the peering, and nothing is left', async () => {
    const customer = await world.newCustomer();
    const { peeringConnectionId } = await connect(world, customer);
    await customer.aws.ec2.send(
      new DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId: peeringConnectionId ?? '' }),
    );
    const ended = await resultOf(customer.maintainId);
    expect(ended).toMatchObject({ code: 0, json: { result: { state: 'disconnected', failure: null } } });
    expect(await leftOf(world, customer)).toEqual([]);
    expect(await heldBy(customer)).toEqual([]);
  });

  it('ends released by the signal close, and can be asked for anew', async () => {
    const customer = await world.newCustomer();
    await connect(world, customer);
    expect(await heldBy(customer)).toEqual(['10.200.0.0/25']);
    await cli('signal', '--workflow-id', customer.maintainId, '--name', 'close', '--input', '{"by":"x"}');
    const ended = await resultOf(customer.maintainId);
    expect(ended).toMatchObject({ code: 0, json: { result: { state: 'released', failure: null } } });
    expect(await leftOf(world, customer)).toEqual([]);
    expect(await heldBy(customer)).toEqual([]);

    const again = await connect(world, customer);
    expect(again.provider?.cidr).toBe('10.200.0.0/25');
  });

  it('is released when the workflow that keeps it is cancelled', async () => {
    const customer = await world.newCustomer();
    await connect(world, customer);
    await cli('cancel', '--workflow-id', customer.maintainId);
    expect(await resultOf(customer.maintainId)).toMatchObject({ json: { result: { state: 'released' } } });
    expect(await leftOf(world, customer)).toEqual([]);
  });
});

describe('a request that waits', () => {
  it('closes as cancelled when it is cancelled, and nothing is left', async () => {
    const customer = await world.newCustomer();
    await requestAndWait(world, customer);
    expect(await leftOf(world, customer)).not.toEqual([]);
    await cli('cancel', '--workflow-id', customer.provisionId);
    expect(at((await resultOf(customer.provisionId)).json, 'status')).toBe('CANCELED');
    expect(await world.status(customer.provisionId)).toMatchObject({ state: 'cancelled', failure: null });
    expect(await leftOf(world, customer)).toEqual([]);
    expect(await heldBy(customer)).toEqual([]);
  });

  it('ends declined by the signal customerDeclined', async () => {
    const customer = await world.newCustomer();
    await requestAndWait(world, customer);
    const notice = JSON.stringify({ by: 'carol', reason: 'not this year' });
    await cli(
      ...['signal', '--workflow-id', customer.provisionId, '--name', 'customerDeclined', '--input', notice],
    );
    const failure = failureIn(await resultOf(customer.provisionId));
    expect(failure.type).toBe('PeeringDeclined');
    expect(failure.message).toContain('not this year');
    expect(await world.status(customer.provisionId)).toMatchObject({
      state: 'declined',
      failure: { code: 'PeeringDeclined' },
    });
    expect(await leftOf(world, customer)).toEqual([]);
  });

  it('ends declined when the customer rejects it in AWS and nobody says so', async () => {
    const customer = await world.newCustomer();
    const { peeringConnectionId } = await requestAndWait(world, customer);
    await customer.aws.ec2.send(
      new RejectVpcPeeringConnectionCommand({ VpcPeeringConnectionId: peeringConnectionId ?? '' }),
    );
    expect(failureIn(await resultOf(customer.provisionId)).type).toBe('PeeringDeclined');
    expect(await leftOf(world, customer)).toEqual([]);
  });

  it('ends with a mismatch, without any route, when the accepted VPC does not hold the stated ranges', async () => {
    const customer = await world.newCustomer({ cidr: '172.31.0.0/16', subnetCidrs: ['172.30.0.0/20'] });
    const { peeringConnectionId } = await requestAndWait(world, customer);
    await world.control.clearCalls();
    await customer.aws.accept(peeringConnectionId ?? '');
    const failure = failureIn(await resultOf(customer.provisionId));
    expect(failure.type).toBe('AcceptanceMismatch');
    expect(failure.message).toContain('172.30.0.0/20');
    expect(await world.control.calls({ action: 'CreateRoute' })).toEqual([]);
    expect(await leftOf(world, customer)).toEqual([]);
  });

  it('cannot be accepted by anyone but the account that was asked', async () => {
    const customer = await world.newCustomer();
    const { peeringConnectionId } = await requestAndWait(world, customer);
    await world.control.clearCalls();
    const accept = new AcceptVpcPeeringConnectionCommand({
      VpcPeeringConnectionId: peeringConnectionId ?? '',
    });
    for (const account of [PROVIDER, '999988887777']) {
      const stranger = new SampleCustomer(world.stack.emulator.endpoint, account, customer.network.region);
      expect(await codeOf(stranger.ec2.send(accept))).not.toBe('no error');
    }
    expect((await world.status(customer.provisionId)).state).toBe('awaiting-acceptance');
    expect(await world.control.calls({ action: 'CreateRoute' })).toEqual([]);
  });
});

describe('a network governed with a Transit Gateway', () => {
  it('is connected all the same, with the advice in the plan and in the next step', async () => {
    const customer = await world.newCustomer({ networkGovernance: 'transit-gateway' });
    await startRequest(world, customer);
    const waiting = await world.untilState(customer.provisionId, 'awaiting-acceptance');
    expect(waiting.plan?.advice).toContainEqual(expect.stringContaining('Transit Gateway offering'));
    expect(waiting.nextStep.what).toContain('Transit Gateway offering');
    await customer.aws.accept(waiting.peeringConnectionId ?? '');
    expect((await world.untilState(customer.maintainId, 'active')).state).toBe('active');
  });
});
