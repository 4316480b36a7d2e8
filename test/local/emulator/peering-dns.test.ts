import {
  AcceptVpcPeeringConnectionCommand,
  DescribeVpcAttributeCommand,
  type DescribeVpcAttributeCommandOutput,
  type EC2Client,
  ModifyVpcAttributeCommand,
  ModifyVpcPeeringConnectionOptionsCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { type TestEmulator } from '../../harness/emulator.js';
import { withEmulator } from '../../harness/with-emulator.js';
import { activePeering, codeOf, describePeering, requestPeering, statusOf } from '../../harness/networks.js';

let emulator: TestEmulator;

withEmulator((lent) => {
  emulator = lent;
});

const accept = (client: EC2Client, id: string): Promise<unknown> =>
  client.send(new AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId: id }));

describe('DNS options (5)', () => {
  const own = { AllowDnsResolutionFromRemoteVpc: true };
  const setRequester = (client: EC2Client, id: string): Promise<unknown> =>
    client.send(
      new ModifyVpcPeeringConnectionOptionsCommand({
        VpcPeeringConnectionId: id,
        RequesterPeeringConnectionOptions: own,
      }),
    );
  const setAccepter = (client: EC2Client, id: string): Promise<unknown> =>
    client.send(
      new ModifyVpcPeeringConnectionOptionsCommand({
        VpcPeeringConnectionId: id,
        AccepterPeeringConnectionOptions: own,
      }),
    );
  const enableHostnames = (client: EC2Client, vpcId: string): Promise<unknown> =>
    client.send(new ModifyVpcAttributeCommand({ VpcId: vpcId, EnableDnsHostnames: { Value: true } }));

  it('exist only while active, and each side sets its own', async () => {
    const { provider, customer, vpcId, peerVpcId, peeringId } = await requestPeering(emulator);
    await enableHostnames(provider, vpcId);
    await enableHostnames(customer, peerVpcId);
    expect(await codeOf(setRequester(provider, peeringId))).toBe('OperationNotPermitted');
    await accept(customer, peeringId);
    expect(await codeOf(setAccepter(provider, peeringId))).toBe('OperationNotPermitted');
    expect(await codeOf(setRequester(customer, peeringId))).toBe('OperationNotPermitted');
    await setRequester(provider, peeringId);
    await setAccepter(customer, peeringId);
    const shown = await describePeering(provider, peeringId);
    expect(shown.RequesterVpcInfo?.PeeringOptions?.AllowDnsResolutionFromRemoteVpc).toBe(true);
    expect(shown.AccepterVpcInfo?.PeeringOptions?.AllowDnsResolutionFromRemoteVpc).toBe(true);
  });

  it('need DNS hostnames on the VPC of the side that sets them', async () => {
    const { provider, vpcId, peeringId } = await activePeering(emulator);
    expect(await codeOf(setRequester(provider, peeringId))).toBe(
      'InvalidVpcPeeringConnectionState.DnsHostnamesDisabled',
    );
    await enableHostnames(provider, vpcId);
    await setRequester(provider, peeringId);
  });

  it('can need them, and DNS support, on the other side’s VPC too', async () => {
    const { provider, customer, vpcId, peerVpcId, peeringId } = await activePeering(emulator);
    await emulator.control.settings({ peeringDnsNeeds: 'both' });
    await enableHostnames(provider, vpcId);
    await expect(setRequester(provider, peeringId)).rejects.toMatchObject({
      name: 'InvalidVpcPeeringConnectionState.DnsHostnamesDisabled',
      message: expect.stringContaining('DNS hostname support must be enabled for the VPCs'),
      $metadata: { httpStatusCode: 400 },
    });
    await enableHostnames(customer, peerVpcId);
    await setRequester(provider, peeringId);
    await customer.send(
      new ModifyVpcAttributeCommand({ VpcId: peerVpcId, EnableDnsSupport: { Value: false } }),
    );
    expect(await codeOf(setRequester(provider, peeringId))).toBe(
      'InvalidVpcPeeringConnectionState.DnsHostnamesDisabled',
    );
  });

  it('can be refused as of a peering that is not active, right after it is', async () => {
    const { provider, customer, vpcId, peeringId } = await requestPeering(emulator);
    await enableHostnames(provider, vpcId);
    await expect(setRequester(provider, peeringId)).rejects.toMatchObject({
      name: 'OperationNotPermitted',
      message: `Peering ${peeringId} is not active. Peering options can be added only to active peerings.`,
    });
    await emulator.control.addFault({
      action: 'ModifyVpcPeeringConnectionOptions',
      resource: peeringId,
      kind: 'error',
      code: 'OperationNotPermitted',
      message: `Peering ${peeringId} is not active. Peering options can be added only to active peerings.`,
      times: 2,
    });
    await accept(customer, peeringId);
    expect(await statusOf(provider, peeringId)).toBe('active');
    const seen: string[] = [];
    for (let count = 0; count < 3; count++) seen.push(await codeOf(setRequester(provider, peeringId)));
    expect(seen).toEqual(['OperationNotPermitted', 'OperationNotPermitted', 'no error']);
  });

  it('begin with DNS hostnames off, as in VPCs made by API', async () => {
    const { customer, peerVpcId } = await activePeering(emulator);
    const ask = (
      Attribute: 'enableDnsHostnames' | 'enableDnsSupport',
    ): Promise<DescribeVpcAttributeCommandOutput> =>
      customer.send(new DescribeVpcAttributeCommand({ VpcId: peerVpcId, Attribute }));
    expect((await ask('enableDnsHostnames')).EnableDnsHostnames?.Value).toBe(false);
    expect((await ask('enableDnsSupport')).EnableDnsSupport?.Value).toBe(true);
  });
});
