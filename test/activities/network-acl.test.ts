import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { planAccess, type AccessIntent, type NetworkAclEntry } from '../../domain/access/plan-access.js';
import type { InventoryNetworkAclEntry } from '../../local/emulator-inventory.js';
import { effectsOf, startActivityWorld, type ActivityWorld } from '../harness/activity-world.js';
import { buildVpc, networkAclInput, PROVIDER_REGION } from '../harness/connection-stages.js';
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
    await world.aws.control.settings({ quotas: { naclRulesPerDirection: 1 } });
    const failure = await world.failureOf((activities) =>
      activities.ensureNetworkAclEntries(networkAclInput(built)),
    );
    expect(failure).toMatchObject({ type: 'QuotaExceeded', nonRetryable: false });
    expect(failure.details?.[0]).toMatchObject({ waitsFor: 'rules per network ACL' });
  });

  it('is to be tried again when AWS does not show the network ACL', async () => {
    const input = { region: PROVIDER_REGION, networkAclId: 'acl-0123456789abcdef0', entries: [] };
    expect(await world.failureOf((activities) => activities.ensureNetworkAclEntries(input))).toMatchObject({
      type: 'NotYetConsistent',
      nonRetryable: false,
    });
  });
});
