import { DeleteVpcCommand, DescribeVpcsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { PROVIDER, type TestEmulator } from '../../harness/emulator.js';
import { withEmulator } from '../../harness/with-emulator.js';
import { activePeering, codeOf, createVpc, describePeering, statusOf } from '../../harness/networks.js';
import { assumeRole } from '../../harness/roles.js';

let emulator: TestEmulator;
let client: EC2Client;

withEmulator((lent) => {
  emulator = lent;
  client = emulator.ec2(PROVIDER);
});

describe('absence for a while', () => {
  const byFilter = async (vpcId: string, from: EC2Client = client): Promise<number> => {
    const Filters = [{ Name: 'vpc-id', Values: [vpcId] }];
    return (await from.send(new DescribeVpcsCommand({ Filters }))).Vpcs?.length ?? 0;
  };
  const byId = (vpcId: string, from: EC2Client = client): Promise<string> =>
    codeOf(from.send(new DescribeVpcsCommand({ VpcIds: [vpcId] })));

  it('hides a resource from so many calls that would show or name it', async () => {
    const hidden = await createVpc(client, '10.1.0.0/24');
    const other = await createVpc(client, '10.2.0.0/24');
    const id = await emulator.control.addFault({ action: '*', kind: 'absent', resource: hidden, times: 3 });
    expect([await byId(other), await byFilter(other)]).toEqual(['no error', 1]);
    const seen = [await byId(hidden), await byFilter(hidden), await byId(hidden), await byId(hidden)];
    expect(seen).toEqual(['InvalidVpcID.NotFound', 0, 'InvalidVpcID.NotFound', 'no error']);
    expect(await emulator.control.faults()).toMatchObject([{ id, hits: 3 }]);
  });

  it('hides a peering for so many seconds, from one role only', async () => {
    const { provider, customer, peeringId } = await activePeering(emulator);
    const observer = emulator.ec2(
      await assumeRole(emulator, { by: PROVIDER, roleArn: `arn:aws:iam::${PROVIDER}:role/observer` }),
    );
    await emulator.control.addFault({
      action: '*',
      role: 'observer',
      kind: 'absent',
      resource: peeringId,
      seconds: 60,
    });
    expect(await statusOf(observer, peeringId)).toBe('InvalidVpcPeeringConnectionID.NotFound');
    expect([await statusOf(provider, peeringId), await statusOf(customer, peeringId)]).toEqual([
      'active',
      'active',
    ]);
    await emulator.control.advance(61);
    expect(await statusOf(observer, peeringId)).toBe('active');
  });

  it('can hide every resource of a kind, from reads and writes', async () => {
    const vpcId = await createVpc(client, '10.1.0.0/24');
    await emulator.control.addFault({ action: '*', kind: 'absent', resource: 'vpc-*', times: null });
    const { Vpcs: shown } = await client.send(new DescribeVpcsCommand({}));
    expect(shown).toEqual([]);
    expect(await codeOf(client.send(new DeleteVpcCommand({ VpcId: vpcId })))).toBe('InvalidVpcID.NotFound');
    await emulator.control.clearFaults();
    expect(await byFilter(vpcId)).toBe(1);
  });
});

describe('parts of a peering that are not shown', () => {
  it('the accepter’s blocks, for so many calls after it is active', async () => {
    const blocks = ['AccepterVpcInfo.CidrBlock', 'AccepterVpcInfo.CidrBlockSet'];
    await emulator.control.addFault({
      action: 'DescribeVpcPeeringConnections',
      account: PROVIDER,
      kind: 'omit',
      resource: 'pcx-*',
      fields: blocks,
      times: 2,
    });
    const { provider, customer, peeringId } = await activePeering(emulator);
    const seen: unknown[] = [];
    for (let count = 0; count < 3; count++) {
      const { AccepterVpcInfo: info, Status: status } = await describePeering(provider, peeringId);
      seen.push([status?.Code, info?.CidrBlock, info?.CidrBlockSet?.length]);
    }
    expect(seen).toEqual([
      ['active', undefined, undefined],
      ['active', undefined, undefined],
      ['active', '172.31.0.0/16', 1],
    ]);
    expect((await describePeering(customer, peeringId)).AccepterVpcInfo?.CidrBlock).toBe('172.31.0.0/16');
  });

  it('the same for a while, or for good', async () => {
    const { provider, peeringId } = await activePeering(emulator);
    const rule = {
      action: 'DescribeVpcPeeringConnections',
      kind: 'omit',
      resource: peeringId,
      fields: ['AccepterVpcInfo.CidrBlockSet'],
    } as const;
    const blocks = async (): Promise<number> =>
      (await describePeering(provider, peeringId)).AccepterVpcInfo?.CidrBlockSet?.length ?? 0;
    const id = await emulator.control.addFault({ ...rule, seconds: 60 });
    expect(await blocks()).toBe(0);
    await emulator.control.advance(61);
    expect(await blocks()).toBe(1);
    await emulator.control.addFault({ ...rule, id, times: null });
    await emulator.control.advance(365 * 86_400);
    expect(await blocks()).toBe(0);
  });

  it('the other side’s options', async () => {
    const { provider, customer, peeringId } = await activePeering(emulator);
    await emulator.control.addFault({
      action: 'DescribeVpcPeeringConnections',
      account: PROVIDER,
      kind: 'omit',
      resource: peeringId,
      fields: ['AccepterVpcInfo.PeeringOptions'],
      times: null,
    });
    const shown = await describePeering(provider, peeringId);
    expect(shown.AccepterVpcInfo?.PeeringOptions).toBeUndefined();
    expect(shown.RequesterVpcInfo?.PeeringOptions?.AllowDnsResolutionFromRemoteVpc).toBe(false);
    const own = await describePeering(customer, peeringId);
    expect(own.AccepterVpcInfo?.PeeringOptions?.AllowDnsResolutionFromRemoteVpc).toBe(false);
  });

  it('is refused when it does not say what', async () => {
    const of = (rule: object): Promise<unknown> =>
      fetch(`${emulator.endpoint}/_causeway/faults`, { method: 'POST', body: JSON.stringify(rule) }).then(
        (answer) => answer.json(),
      );
    expect(await of({ action: '*', kind: 'absent' })).toMatchObject({
      error: expect.stringMatching(/^resource: expected an id/),
    });
    expect(await of({ action: '*', kind: 'omit', resource: 'pcx-*' })).toMatchObject({
      error: expect.stringMatching(/^fields: expected/),
    });
    expect(await of({ action: '*', kind: 'hang' })).toMatchObject({
      error: expect.stringMatching(/^latencyMs: expected/),
    });
    expect(await of({ action: '*', kind: 'error', status: 200 })).toMatchObject({
      error: expect.stringMatching(/^status: expected 400/),
    });
  });
});
