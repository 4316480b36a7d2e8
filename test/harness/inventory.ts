import type { Inventory, InventoryPeering, RegionInventory } from '../../local/emulator-inventory.js';
import { PROVIDER, type TestEmulator } from './emulator.js';
import { present } from './networks.js';
import { PROVIDER_REGION } from './connection-stages.js';

/** All that exists, with numbers for ids and without times: two worlds built alike are equal. */
export function shapeOf({ regions, peerings }: Inventory): unknown {
  const numbers = new Map<string, string>();
  const timeless = peerings.map((peering) => ({ ...peering, createdAt: null, expiresAt: null }));
  const text = JSON.stringify({ regions, peerings: timeless }).replace(
    /\b[a-z]{2,6}-[0-9a-f]{17}\b/g,
    (id) => {
      const number = numbers.get(id) ?? `${id.split('-', 1).join()}#${numbers.size.toString()}`;
      numbers.set(id, number);
      return number;
    },
  );
  const shape: unknown = JSON.parse(text);
  return shape;
}

/** What the provider has in its region; empty lists when that is nothing. */
export async function providerSide(aws: TestEmulator): Promise<RegionInventory> {
  const { regions } = await aws.control.inventory();
  return (
    regions.find(({ account, region }) => account === PROVIDER && region === PROVIDER_REGION) ?? {
      account: PROVIDER,
      region: PROVIDER_REGION,
      vpcs: [],
      subnets: [],
      routeTables: [],
      networkAcls: [],
      securityGroups: [],
      networkInterfaces: [],
    }
  );
}

/** The only peering there is. */
export async function onlyPeering(aws: TestEmulator): Promise<InventoryPeering> {
  const { peerings } = await aws.control.inventory();
  if (peerings.length !== 1) throw new Error(`Expected one peering, found ${peerings.length.toString()}.`);
  return present(peerings[0]);
}

/** Routes of the only route table the provider has, but for the local one. */
export async function providerRoutes(aws: TestEmulator): Promise<string[]> {
  const { routeTables } = await providerSide(aws);
  return routeTables.flatMap(({ routes }) =>
    routes
      .filter(({ target }) => target !== 'local')
      .map(({ destination, target, state }) => `${destination} ${target ?? '-'} ${state}`),
  );
}
