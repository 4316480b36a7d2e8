import {
  AcceptVpcPeeringConnectionCommand,
  CreateVpcPeeringConnectionCommand,
  DeleteVpcCommand,
  DeleteVpcPeeringConnectionCommand,
  type EC2Client,
  RejectVpcPeeringConnectionCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { CUSTOMER, PROVIDER, type TestEmulator } from '../../harness/emulator.js';
import { withEmulator } from '../../harness/with-emulator.js';
import { activePeering, codeOf, describePeering, requestPeering, statusOf } from '../../harness/networks.js';

const DAY = 24 * 3600;
let emulator: TestEmulator;

withEmulator((lent) => {
  emulator = lent;
});

const accept = (client: EC2Client, id: string): Promise<unknown> =>
  client.send(new AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId: id }));
const reject = (client: EC2Client, id: string): Promise<unknown> =>
  client.send(new RejectVpcPeeringConnectionCommand({ VpcPeeringConnectionId: id }));
const remove = (client: EC2Client, id: string): Promise<unknown> =>
  client.send(new DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId: id }));

describe('accepting and rejecting', () => {
  it('is for the accepter’s account in the accepter’s region', async () => {
    const { provider, customer, peeringId } = await requestPeering(emulator);
    expect(await codeOf(accept(provider, peeringId))).toBe('OperationNotPermitted');
    expect(await codeOf(reject(provider, peeringId))).toBe('OperationNotPermitted');
    expect(await codeOf(accept(emulator.ec2(CUSTOMER, 'eu-west-1'), peeringId))).toBe(
      'InvalidVpcPeeringConnectionID.NotFound',
    );
    expect(await codeOf(accept(emulator.ec2('777788889999', 'us-east-1'), peeringId))).toBe(
      'InvalidVpcPeeringConnectionID.NotFound',
    );
    await accept(customer, peeringId);
    expect(await statusOf(provider, peeringId)).toBe('active');
    expect(await codeOf(accept(customer, peeringId))).toBe('InvalidStateTransition');
    expect(await codeOf(reject(customer, peeringId))).toBe('InvalidStateTransition');
  });

  it('shows a rejection to the requester for two days', async () => {
    const { provider, customer, peeringId } = await requestPeering(emulator);
    await reject(customer, peeringId);
    expect((await describePeering(provider, peeringId)).Status).toEqual({
      Code: 'rejected',
      Message: `Rejected by ${CUSTOMER}`,
    });
    await emulator.control.advance(2 * DAY - 60);
    expect(await statusOf(provider, peeringId)).toBe('rejected');
    await emulator.control.advance(120);
    expect(await statusOf(provider, peeringId)).toBe('InvalidVpcPeeringConnectionID.NotFound');
  });
});

describe('deleting (4)', () => {
  it('is for the requester alone while the request waits', async () => {
    const { provider, customer, peeringId } = await requestPeering(emulator);
    expect(await codeOf(remove(customer, peeringId))).toBe('OperationNotPermitted');
    expect(await statusOf(provider, peeringId)).toBe('pending-acceptance');
    await remove(provider, peeringId);
    expect(await statusOf(customer, peeringId)).toBe('deleted');
  });

  it('is refused for what failed, was rejected, expired or is deleted', async () => {
    const failed = await requestPeering(emulator, { peerCidrBlock: '10.200.0.0/25' });
    expect(await codeOf(remove(failed.provider, failed.peeringId))).toBe('InvalidStateTransition');
    const rejected = await requestPeering(emulator);
    await reject(rejected.customer, rejected.peeringId);
    expect(await codeOf(remove(rejected.provider, rejected.peeringId))).toBe('InvalidStateTransition');
    const deleted = await activePeering(emulator);
    await remove(deleted.provider, deleted.peeringId);
    expect(await codeOf(remove(deleted.provider, deleted.peeringId))).toBe('InvalidStateTransition');
    const expired = await requestPeering(emulator);
    await emulator.control.advance(7 * DAY + 60);
    expect(await codeOf(remove(expired.provider, expired.peeringId))).toBe('InvalidStateTransition');
  });

  it('says to both who did it, pending or active', async () => {
    const pending = await requestPeering(emulator);
    await remove(pending.provider, pending.peeringId);
    const active = await activePeering(emulator);
    await remove(active.customer, active.peeringId);
    const messages = await Promise.all(
      [
        describePeering(pending.provider, pending.peeringId),
        describePeering(pending.customer, pending.peeringId),
        describePeering(active.provider, active.peeringId),
        describePeering(active.customer, active.peeringId),
      ].map(async (shown) => (await shown).Status?.Message),
    );
    expect(messages).toEqual([
      `Deleted by ${PROVIDER}`,
      `Deleted by ${PROVIDER}`,
      `Deleted by ${CUSTOMER}`,
      `Deleted by ${CUSTOMER}`,
    ]);
  });

  it('is shown for two hours to who did it and for two days to the other side', async () => {
    const { provider, customer, peeringId } = await activePeering(emulator);
    await remove(customer, peeringId);
    expect((await describePeering(provider, peeringId)).Status).toEqual({
      Code: 'deleted',
      Message: `Deleted by ${CUSTOMER}`,
    });
    await emulator.control.advance(2 * 3600 + 60);
    expect(await statusOf(customer, peeringId)).toBe('InvalidVpcPeeringConnectionID.NotFound');
    expect(await statusOf(provider, peeringId)).toBe('deleted');
    await emulator.control.advance(2 * DAY);
    expect(await statusOf(provider, peeringId)).toBe('InvalidVpcPeeringConnectionID.NotFound');
  });

  it('makes room for a new request between the same VPCs, and lets the VPC go', async () => {
    const { provider, customer, vpcId, peerVpcId, peeringId } = await activePeering(emulator);
    const vpcInUse = customer.send(new DeleteVpcCommand({ VpcId: peerVpcId }));
    expect(await codeOf(vpcInUse)).toBe('DependencyViolation');
    await remove(provider, peeringId);
    const { VpcPeeringConnection: next } = await provider.send(
      new CreateVpcPeeringConnectionCommand({
        VpcId: vpcId,
        PeerVpcId: peerVpcId,
        PeerOwnerId: CUSTOMER,
        PeerRegion: 'us-east-1',
      }),
    );
    expect(next?.VpcPeeringConnectionId).not.toBe(peeringId);
    const pending = customer.send(new DeleteVpcCommand({ VpcId: peerVpcId }));
    expect(await codeOf(pending)).toBe('DependencyViolation');
    await remove(provider, next?.VpcPeeringConnectionId ?? '');
    await customer.send(new DeleteVpcCommand({ VpcId: peerVpcId }));
  });
});

describe('a peering within one account', () => {
  it('is accepted in the accepter’s region and forgotten by both after two hours', async () => {
    const here = emulator.ec2(PROVIDER, 'eu-west-1');
    const there = emulator.ec2(PROVIDER, 'us-east-1');
    const { CreateVpcCommand } = await import('@aws-sdk/client-ec2');
    const first = await here.send(new CreateVpcCommand({ CidrBlock: '10.1.0.0/16' }));
    const second = await there.send(new CreateVpcCommand({ CidrBlock: '10.2.0.0/16' }));
    const asked = await here.send(
      new CreateVpcPeeringConnectionCommand({
        VpcId: first.Vpc?.VpcId,
        PeerVpcId: second.Vpc?.VpcId,
        PeerRegion: 'us-east-1',
      }),
    );
    const id = asked.VpcPeeringConnection?.VpcPeeringConnectionId ?? '';
    expect(await codeOf(accept(here, id))).toBe('OperationNotPermitted');
    await accept(there, id);
    await remove(here, id);
    expect(await statusOf(there, id)).toBe('deleted');
    await emulator.control.advance(2 * 3600 + 60);
    expect(await statusOf(there, id)).toBe('InvalidVpcPeeringConnectionID.NotFound');
  });
});
