import {
  CreateSubnetCommand,
  CreateTagsCommand,
  DescribeVpcsCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { EmulatorControl } from '../../../local/emulator-control.js';
import { CUSTOMER, PROVIDER, type TestEmulator } from '../../harness/emulator.js';
import { withEmulator } from '../../harness/with-emulator.js';
import { activePeering, codeOf, createVpc } from '../../harness/networks.js';

let emulator: TestEmulator;
let control: EmulatorControl;
let client: EC2Client;

withEmulator((lent) => {
  emulator = lent;
  control = new EmulatorControl(emulator.endpoint);
  client = emulator.ec2(PROVIDER);
});

async function ask(method: string, path: string, body?: string): Promise<{ status: number; error: unknown }> {
  const init = body === undefined ? { method } : { method, body };
  const response = await fetch(`${emulator.endpoint}/_causeway/${path}`, init);
  const answer: unknown = await response.json();
  const error = typeof answer === 'object' && answer !== null && 'error' in answer ? answer.error : undefined;
  return { status: response.status, error };
}

describe('the clock', () => {
  it('runs from where it is set', async () => {
    const set = await control.setClock(new Date('2030-05-01T12:00:00.000Z'));
    expect(set.getTime()).toBeGreaterThanOrEqual(Date.UTC(2030, 4, 1, 12));
    const later = await control.advance(86_400);
    expect(later.getTime() - set.getTime()).toBeGreaterThanOrEqual(86_400_000);
    expect((await control.now()).getTime()).toBeGreaterThanOrEqual(later.getTime());
    expect((await control.now()).getUTCDate()).toBe(2);
  });

  it('leaves the Date header alone, by which the SDK corrects its own clock', async () => {
    await control.advance(30 * 86_400);
    const response = await fetch(`${emulator.endpoint}/_causeway/clock`);
    const date = Date.parse(response.headers.get('date') ?? '');
    expect(Math.abs(date - Date.now())).toBeLessThan(3_600_000);
    await response.arrayBuffer();
  });
});

describe('settings', () => {
  it('change only what is named', async () => {
    await control.settings({ provisioningSeconds: 3, visibility: { vpc: { seconds: 5 } } });
    const all = await control.settings({
      quotas: { vpcsPerRegion: 5 },
      visibility: { subnet: { describes: 2 } },
    });
    expect(all).toMatchObject({
      provisioningSeconds: 3,
      visibility: { vpc: { seconds: 5 }, subnet: { describes: 2 } },
      quotas: { vpcsPerRegion: 5, outstandingPeerings: 25 },
    });
    expect((await control.settings({ visibility: { vpc: null } })).visibility).toEqual({
      subnet: { describes: 2 },
    });
  });

  it.each([
    ['{"provisioningSecond": 1}', /provisioningSeconds/],
    ['{"provisioningSeconds": "1"}', /provisioningSeconds: expected a number/],
    ['{"visibility": {"vpcs": {"seconds": 1}}}', /visibility: expected one of vpc/],
    ['{"throttling": {"describe": {"burst": 1}}}', /expected burst and refill/],
    ['{"peeringDnsNeeds": "neither"}', /peeringDnsNeeds: expected one of own, both/],
    ['{"closedZones": "us-east-1e"}', /closedZones: expected a list of texts/],
    ['[]', /settings: expected an object/],
    ['{', /expected a JSON body/],
  ])('refuse %s', async (body, message) => {
    const { status, error } = await ask('PUT', 'settings', body);
    expect(status).toBe(400);
    expect(error).toMatch(message);
  });
});

describe('a fresh resource', () => {
  it('is not found for so many seconds of AWS time', async () => {
    await control.settings({ visibility: { vpc: { seconds: 60 } } });
    const vpcId = await createVpc(client, '10.0.0.0/24');
    const byId = (): Promise<string> => codeOf(client.send(new DescribeVpcsCommand({ VpcIds: [vpcId] })));
    const byFilter = async (): Promise<number> => {
      const Filters = [{ Name: 'vpc-id', Values: [vpcId] }];
      return (await client.send(new DescribeVpcsCommand({ Filters }))).Vpcs?.length ?? 0;
    };
    expect(await byId()).toBe('InvalidVpcID.NotFound');
    expect(await byFilter()).toBe(0);
    const subnet = client.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock: '10.0.0.0/25' }));
    expect(await codeOf(subnet)).toBe('InvalidVpcID.NotFound');
    await control.advance(61);
    expect(await byId()).toBe('no error');
    expect(await byFilter()).toBe(1);
  });

  it('is not found for so many calls that look for it', async () => {
    await control.settings({ visibility: { vpc: { describes: 2 } } });
    const vpcId = await createVpc(client, '10.0.0.0/24');
    const seen: string[] = [];
    for (let count = 0; count < 3; count++) {
      seen.push(await codeOf(client.send(new DescribeVpcsCommand({ VpcIds: [vpcId] }))));
    }
    expect(seen).toEqual(['InvalidVpcID.NotFound', 'InvalidVpcID.NotFound', 'no error']);
  });
});

describe('the call log', () => {
  it('says who asked what, whether it took effect, and how it ended', async () => {
    const vpcId = await createVpc(client, '10.0.0.0/24');
    await codeOf(client.send(new DescribeVpcsCommand({ VpcIds: ['vpc-0123456789abcdef0'] })));
    await client.send(new CreateTagsCommand({ Resources: [vpcId], Tags: [{ Key: 'a', Value: 'b' }] }));
    await createVpc(emulator.ec2(CUSTOMER), '10.0.0.0/24');
    const calls = await control.calls();
    expect(calls.map((call) => [call.account, call.action, call.effect, call.outcome])).toEqual([
      [PROVIDER, 'CreateVpc', true, 'ok'],
      [PROVIDER, 'DescribeVpcs', false, 'InvalidVpcID.NotFound'],
      [PROVIDER, 'CreateTags', true, 'ok'],
      [CUSTOMER, 'CreateVpc', true, 'ok'],
    ]);
    expect(calls[0]).toMatchObject({
      region: 'eu-west-1',
      service: 'ec2',
      params: { CidrBlock: '10.0.0.0/24' },
    });
    expect(calls[0]?.requestId).not.toBe('');
    expect(await control.calls({ action: 'CreateVpc', account: CUSTOMER })).toHaveLength(1);
    await control.clearCalls();
    expect(await control.calls()).toEqual([]);
    expect((await ask('GET', 'calls?acount=1')).status).toBe(400);
  });
});

describe('the inventory', () => {
  it('leaves default VPCs out, and shows both sides of a peering', async () => {
    const { provider, vpcId, peerVpcId, peeringId } = await activePeering(emulator);
    await provider.send(
      new CreateTagsCommand({ Resources: [peeringId], Tags: [{ Key: 'side', Value: 'ours' }] }),
    );
    const inventory = await control.inventory();
    expect(inventory.regions.map((region) => [region.account, region.region, region.vpcs.length])).toEqual([
      [PROVIDER, 'eu-west-1', 1],
      [CUSTOMER, 'us-east-1', 1],
    ]);
    expect(inventory.regions[0]).toMatchObject({
      vpcs: [{ vpcId, cidrBlocks: ['10.200.0.0/25'], isDefault: false }],
      routeTables: [
        { main: true, routes: [{ destination: '10.200.0.0/25', target: 'local', state: 'active' }] },
      ],
      securityGroups: [{ isDefault: true, egress: [{ protocol: '-1', peer: '0.0.0.0/0' }] }],
    });
    expect(inventory.peerings).toMatchObject([
      {
        vpcPeeringConnectionId: peeringId,
        status: 'active',
        requester: { account: PROVIDER, vpcId, tags: { side: 'ours' } },
        accepter: { account: CUSTOMER, vpcId: peerVpcId, tags: {} },
      },
    ]);
    const all = await control.inventory({ withDefaults: true });
    expect(all.regions[0]?.vpcs.map((vpc) => vpc.isDefault).sort()).toEqual([false, true]);
  });
});

describe('a reset', () => {
  it('empties the world, the clock and the settings', async () => {
    await createVpc(client, '10.0.0.0/24');
    await control.settings({ provisioningSeconds: 9 });
    await control.advance(10 * 86_400);
    await control.addFault({ action: '*', kind: 'error', times: null });
    await control.reset();
    expect((await control.inventory()).regions).toEqual([]);
    expect((await control.settings()).provisioningSeconds).toBe(0);
    expect(Math.abs((await control.now()).getTime() - Date.now())).toBeLessThan(60_000);
    expect(await control.calls()).toEqual([]);
    expect(await codeOf(createVpc(client, '10.0.0.0/24'))).toBe('no error');
  });
});

describe('anything else', () => {
  it('is refused, saying what there is', async () => {
    expect(await ask('GET', 'nothing')).toMatchObject({
      status: 404,
      error: expect.stringContaining('inventory'),
    });
    expect(await ask('POST', 'clock', '{"later": 5}')).toMatchObject({
      status: 400,
      error: expect.stringContaining('advanceSeconds'),
    });
    expect((await ask('POST', 'clock', '{"now": "tomorrow"}')).status).toBe(400);
    expect((await ask('POST', 'faults', '{"action": "*", "kind": "boom"}')).error).toMatch(
      /kind: expected one of/,
    );
  });
});
