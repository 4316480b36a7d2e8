import {
  CreateSubnetCommand,
  type CreateSubnetCommandInput,
  DescribeAvailabilityZonesCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { PROVIDER, type TestEmulator } from '../../harness/emulator.js';
import { withEmulator } from '../../harness/with-emulator.js';
import { createVpc, present } from '../../harness/networks.js';

let emulator: TestEmulator;
let client: EC2Client;

withEmulator((lent) => {
  emulator = lent;
  client = emulator.ec2(PROVIDER);
});

describe('availability zones', () => {
  const zones = async (): Promise<{ names: string[]; ids: string[] }> => {
    const { AvailabilityZones: listed } = await client.send(new DescribeAvailabilityZonesCommand({}));
    return {
      names: (listed ?? []).map((zone) => present(zone.ZoneName)),
      ids: (listed ?? []).map((zone) => present(zone.ZoneId)),
    };
  };

  it('can be listed as available and take no subnet', async () => {
    const vpcId = await createVpc(client, '10.0.0.0/24');
    const { names, ids } = await zones();
    await emulator.control.settings({ closedZones: [present(names[0])] });
    expect(await zones()).toEqual({ names, ids });
    const make = (index: number, zone: Partial<CreateSubnetCommandInput>) =>
      client.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock: `10.0.0.${index * 32}/27`, ...zone }));
    const rest = 'Subnets can currently only be created in the following availability zones:';
    await expect(make(0, { AvailabilityZone: names[0] })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message: `Value (${names[0]}) for parameter availabilityZone is invalid. ${rest} ${names.slice(1).join(', ')}.`,
    });
    await expect(make(0, { AvailabilityZoneId: ids[0] })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message: `Value (${ids[0]}) for parameter availabilityZoneId is invalid. ${rest} ${ids.slice(1).join(', ')}.`,
    });
    expect((await make(1, { AvailabilityZone: names[1] })).Subnet?.AvailabilityZone).toBe(names[1]);
    expect((await make(2, { AvailabilityZoneId: ids[2] })).Subnet?.AvailabilityZoneId).toBe(ids[2]);
    expect((await make(3, {})).Subnet?.AvailabilityZone).toBe(names[1]);
    await emulator.control.settings({ closedZones: [] });
    expect((await make(4, { AvailabilityZoneId: ids[0] })).Subnet?.AvailabilityZone).toBe(names[0]);
  });
});
