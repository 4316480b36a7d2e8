import { CreateNetworkAclCommand, CreateNetworkAclEntryCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { tagsOf } from '../../contract/tags.js';
import { planAccess, type AccessIntent, type NetworkAclEntry } from '../../domain/access/plan-access.js';
import type { InventoryNetworkAclEntry } from '../../local/emulator-inventory.js';
import { effectsOf, startActivityWorld, type ActivityWorld } from '../harness/activity-world.js';
import {
  buildNetwork,
  buildSpare,
  buildVpc,
  networkAclInput,
  PROVIDER_REGION,
  spareInput,
} from '../harness/connection-stages.js';
import { PROVIDER } from '../harness/emulator.js';
import { providerSide } from '../harness/inventory.js';

let world: ActivityWorld;

beforeAll(async () => {
  world = await startActivityWorld();
});
beforeEach(() => world.aws.reset());
afterAll(() => world.aws.stop());

async function entriesInAws(): Promise<InventoryNetworkAclEntry[]> {
  const { networkAcls } = await providerSide(world.aws);
  return networkAcls.flatMap(({ entries }) => entries);
}

/** The planned entry as the inventory has it. */
function asInventory({ portRange, icmp, ...entry }: NetworkAclEntry): InventoryNetworkAclEntry {
  return {
    ...entry,
    action: 'allow',
    portRange: portRange === null ? null : [portRange.from, portRange.to],
    icmp: icmp === null ? null : [icmp.type, icmp.code],
  };
}

const byDirectionAndNumber = (a: InventoryNetworkAclEntry, b: InventoryNetworkAclEntry): number =>
  Number(a.egress) - Number(b.egress) || a.ruleNumber - b.ruleNumber;

const ALL_KINDS: AccessIntent[] = [
  {
    protocol: 'tcp',
    ports: [
      { from: 5432, to: 5432 },
      { from: 8000, to: 8100 },
    ],
  },
  { protocol: 'udp', ports: [{ from: 53, to: 53 }] },
  { protocol: 'icmp', ports: [] },
];

describe('ensureNetworkAclEntries', () => {
  it('adds before it replaces, and replaces before it takes away', async () => {
    const built = await buildVpc(world);
    const ensure = async (subnetCidrs: string[], access: AccessIntent[]): Promise<void> => {
      const entries = planAccess({ subnetCidrs, access }).networkAclEntries;
      await world.run((activities) =>
        activities.ensureNetworkAclEntries({ ...networkAclInput(built), entries }),
      );
    };
    const https: AccessIntent = { protocol: 'tcp', ports: [{ from: 443, to: 443 }] };
    await ensure(['172.31.0.0/20', '192.168.7.0/24'], [https, { protocol: 'icmp', ports: [] }]);
    await world.aws.control.clearCalls();
    await ensure(['172.31.0.0/20', '172.31.64.0/20', '192.168.7.0/24'], [https]);
    const order = [...new Set(await effectsOf(world))];
    expect(order).toEqual(['ReplaceNetworkAclEntry']);
    await world.aws.control.clearCalls();
    await ensure(['172.31.0.0/20', '172.31.64.0/20', '192.168.9.0/24', '192.168.11.0/24'], [https]);
    expect([...new Set(await effectsOf(world))]).toEqual(['CreateNetworkAclEntry', 'ReplaceNetworkAclEntry']);
    await world.aws.control.clearCalls();
    await ensure(['192.168.7.0/24'], [https]);
    expect([...new Set(await effectsOf(world))]).toEqual(['ReplaceNetworkAclEntry', 'DeleteNetworkAclEntry']);
  });

  it('leaves exactly the planned entries, of every kind, and the closing deny', async () => {
    const built = await buildVpc(world);
    const { networkAclEntries } = planAccess({
      subnetCidrs: ['172.31.0.0/20', '192.168.7.0/24'],
      access: ALL_KINDS,
    });
    const input = { ...networkAclInput(built), entries: networkAclEntries };
    await world.run((activities) => activities.ensureNetworkAclEntries(input));
    const entries = await entriesInAws();
    const numbered = entries.filter(({ ruleNumber }) => ruleNumber < 32_767);
    expect([...numbered].sort(byDirectionAndNumber)).toEqual(
      networkAclEntries.map(asInventory).sort(byDirectionAndNumber),
    );
    const closing = entries.filter(({ ruleNumber }) => ruleNumber === 32_767);
    expect(closing).toMatchObject([{ action: 'deny' }, { action: 'deny' }]);
    expect(
      entries.filter(({ action, cidrBlock }) => action === 'allow' && cidrBlock === '0.0.0.0/0'),
    ).toEqual([]);

    await world.aws.control.clearCalls();
    await world.run((activities) => activities.ensureNetworkAclEntries(input));
    expect(await effectsOf(world)).toEqual([]);
  });

  it('narrows, and takes away, what a change of access no longer allows', async () => {
    const built = await buildVpc(world);
    const wide = planAccess({ subnetCidrs: ['172.31.0.0/20'], access: ALL_KINDS }).networkAclEntries;
    const narrow = planAccess({
      subnetCidrs: ['172.31.0.0/24'],
      access: [{ protocol: 'tcp', ports: [{ from: 443, to: 443 }] }],
    }).networkAclEntries;
    for (const entries of [wide, narrow]) {
      await world.run((activities) =>
        activities.ensureNetworkAclEntries({ ...networkAclInput(built), entries }),
      );
    }
    const allowed = (await entriesInAws()).filter(({ action }) => action === 'allow');
    expect([...allowed].sort(byDirectionAndNumber)).toEqual(
      narrow.map(asInventory).sort(byDirectionAndNumber),
    );
  });

  it('names the quota when AWS takes no more entries', async () => {
    const built = await buildVpc(world);
    await world.aws.control.settings({ quotas: { naclRulesPerDirection: 2 } });
    const failure = await world.failureOf((activities) =>
      activities.ensureNetworkAclEntries(networkAclInput(built)),
    );
    expect(failure).toMatchObject({ type: 'QuotaExceeded', nonRetryable: false });
    expect(failure.details?.[0]).toMatchObject({ waitsFor: 'rules per network ACL' });
  });

  it('makes room where entries made by hand leave none', async () => {
    const built = await buildVpc(world);
    await world.aws.control.settings({ quotas: { naclRulesPerDirection: 3 } });
    await world.aws.ec2(PROVIDER, PROVIDER_REGION).send(
      new CreateNetworkAclEntryCommand({
        NetworkAclId: built.vpc.networkAclId,
        RuleNumber: 7,
        Egress: true,
        Protocol: '-1',
        RuleAction: 'deny',
        CidrBlock: '192.0.2.0/24',
      }),
    );
    await world.aws.control.clearCalls();
    await world.run((activities) => activities.ensureNetworkAclEntries(networkAclInput(built)));
    expect(await effectsOf(world)).toEqual([
      'DeleteNetworkAclEntry',
      'CreateNetworkAclEntry',
      'CreateNetworkAclEntry',
      'ReplaceNetworkAclEntry',
      'ReplaceNetworkAclEntry',
    ]);
    const allowed = (await entriesInAws()).filter(({ action }) => action === 'allow');
    expect(allowed).toHaveLength(networkAclInput(built).entries.length);
  });

  it('are put into another network ACL where the former is gone, the default one first', async () => {
    const built = await buildVpc(world);
    const gone = { ...networkAclInput(built), networkAclId: 'acl-0123456789abcdef0' };
    const { networkAclId } = await world.run((activities) => activities.ensureNetworkAclEntries(gone));
    expect(networkAclId).toBe(built.vpc.networkAclId);
    const allowed = (await entriesInAws()).filter(({ action }) => action === 'allow');
    expect(allowed).toHaveLength(gone.entries.length);
  });
});

describe('a change to another network ACL', () => {
  it('uses the default one again once it is free, and a token of its own each time', async () => {
    const { vpc, spareId, owner, subnetIds } = await buildSpare(world);
    const place = { region: PROVIDER_REGION, vpcId: vpc.vpcId };
    await world.run((activities) =>
      activities.associateNetworkAcl({ ...place, networkAclId: spareId, subnetIds }),
    );
    const next = await world.run((activities) =>
      activities.ensureSpareNetworkAcl({ ...place, owner, inUse: spareId }),
    );
    expect(next).toEqual({ networkAclId: vpc.networkAclId });
    const [created] = await world.aws.control.calls({ action: 'CreateNetworkAcl' });
    expect(created?.params['ClientToken']).toMatch(/^[0-9a-f]{64}$/);
  });

  it('finds the one that a lost reply left, by its tags', async () => {
    const built = await buildNetwork(world);
    await world.aws.control.addFault({ action: 'CreateNetworkAcl', kind: 'lost-reply' });
    await world.failureOf((activities) => activities.ensureSpareNetworkAcl(spareInput(built)));
    const { networkAclId } = await world.run((activities) =>
      activities.ensureSpareNetworkAcl(spareInput(built)),
    );
    const { networkAcls } = await providerSide(world.aws);
    expect(networkAcls.filter(({ isDefault }) => !isDefault)).toMatchObject([
      { networkAclId, tags: tagsOf(built.owner, 'network-acl') },
    ]);
    expect(await world.aws.control.calls({ action: 'CreateNetworkAcl' })).toHaveLength(1);
  });

  it('takes no network ACL of somebody else, and retires none', async () => {
    const built = await buildNetwork(world);
    const aws = world.aws.ec2(PROVIDER, PROVIDER_REGION);
    const { NetworkAcl: theirs } = await aws.send(new CreateNetworkAclCommand({ VpcId: built.vpc.vpcId }));
    const networkAclId = theirs?.NetworkAclId ?? '';
    const spare = await world.run((activities) => activities.ensureSpareNetworkAcl(spareInput(built)));
    expect(spare.networkAclId).not.toBe(networkAclId);
    await world.aws.control.clearCalls();
    await world.run((activities) => activities.retireNetworkAcl(spareInput(built)));
    const { networkAcls } = await providerSide(world.aws);
    const left = networkAcls.filter(({ isDefault }) => !isDefault);
    expect(left).toMatchObject([{ networkAclId }]);
    expect(await effectsOf(world)).toEqual(['DeleteNetworkAcl']);
  });

  it('retires none that a subnet is under, naming the subnet', async () => {
    const built = await buildNetwork(world);
    const { networkAclId: inUse } = await world.run((activities) =>
      activities.ensureSpareNetworkAcl(spareInput(built)),
    );
    await world.aws.control.clearCalls();
    const { subnetIds } = built;
    const failure = await world.failureOf((activities) =>
      activities.retireNetworkAcl({ ...spareInput(built), inUse }),
    );
    expect(failure).toMatchObject({ type: 'NotYetConsistent', nonRetryable: false });
    for (const subnetId of subnetIds) expect(failure.message).toContain(subnetId);
    expect(await effectsOf(world)).toEqual([]);
  });
});
