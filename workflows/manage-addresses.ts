import { proxyActivities } from '@temporalio/workflow';
import type { AddressOrderActivities } from '../activities/address-orders.js';
import type { AddressAnswer } from '../contract/address-management.js';
import { connectionName } from '../contract/names.js';
import { parseAddressOrder, type AddressOrder } from '../domain/addresses/address-order.js';
import { shardsOf, shardsOverlapping, shardWith } from '../domain/addresses/shards.js';
import { addressPolicyOf, blockReleaseOf, customerScopeBeside, poolScopeOf } from '../domain/plan.js';
import type { RunSettings } from '../domain/settings.js';
import { WHILE_SOMEONE_WAITS } from './activity-options.js';
import { local, temporal } from './activity-proxies.js';
import { ending } from './failure.js';

const { reserveRange, adoptBlock, freeAddresses } =
  proxyActivities<AddressOrderActivities>(WHILE_SOMEONE_WAITS);

/**
 * Carries an operator's order to the pools out, by the configuration of the worker: it knows the scopes and the shards.
 * What was ordered, by whom, and what came of it, stays in its history.
 *
 * @param input an `AddressOrder`; anything else fails with `InvalidRequest`
 */
export async function manageAddresses(input: unknown): Promise<AddressAnswer> {
  const settings = await local.loadSettings();
  const parsed = parseAddressOrder(input);
  if (!parsed.ok) throw ending('InvalidRequest', parsed.problem);
  const { order } = parsed;
  const scope = scopeOf(order, settings);
  switch (order.kind) {
    case 'explain':
      return explain(order, { scope, settings });
    case 'reserve':
      return reserve(order, { scope, settings });
    case 'adopt':
      return adopt(order, { scope, settings });
    case 'release':
      return release(order, { scope, settings });
  }
}

interface Desk {
  scope: string;
  settings: RunSettings;
}
type OrderOf<Kind extends AddressOrder['kind']> = Extract<AddressOrder, { kind: Kind }>;

/** @throws ApplicationFailure `InvalidRequest` where the configuration knows other scopes, or the order has to say one */
function scopeOf(order: AddressOrder, settings: RunSettings): string {
  if (order.kind === 'adopt') return poolScopeOf(settings, order.connection);
  if (settings.addresses.uniqueness === 'global') {
    if (order.scope === null || order.scope === 'global') return 'global';
    throw ending('InvalidRequest', 'scope: addresses.uniqueness is global, so that there is one pool only');
  }
  if (order.scope !== null) return order.scope;
  throw ending('InvalidRequest', 'scope: name the organization whose pool is meant');
}

/** As for a connection that holds nothing yet, and with the names of those that do. */
async function explain(order: OrderOf<'explain'>, { scope, settings }: Desk): Promise<AddressAnswer> {
  const explanation = await temporal.explainBlock({
    scope,
    sharding: settings.addresses.sharding,
    customerScope: null,
    inquiry: {
      holder: 'nobody',
      policy: addressPolicyOf(settings),
      avoid: order.avoid.map((cidr) => ({ cidr, why: 'to be avoided' })),
      requested: order.requested,
    },
    now: Date.now(),
    naming: true,
  });
  return { kind: 'explain', scope, explanation };
}

async function reserve({ cidr, why }: OrderOf<'reserve'>, desk: Desk): Promise<AddressAnswer> {
  const pools = poolsWith(cidr, desk);
  const { scope } = desk;
  if (pools.length === 0) return { kind: 'refused', scope, why: `${cidr} lies in none of the ranges` };
  const outcome = await reserveRange({ pools, cidr, why });
  return outcome.ok
    ? { kind: 'done', scope, what: `${cidr} is reserved: ${why}` }
    : { kind: 'refused', scope, why: outcome.problem };
}

async function adopt({ connection, cidr }: OrderOf<'adopt'>, desk: Desk): Promise<AddressAnswer> {
  const { scope, settings } = desk;
  const shard = shardWith(cidr, shardsOf(addressPolicyOf(settings), settings.addresses.sharding));
  if (shard === undefined) return { kind: 'refused', scope, why: `${cidr} lies in none of the ranges` };
  const holder = connectionName(connection);
  const customerScope = customerScopeBeside(settings, holder);
  const pools = [
    ...(customerScope === null ? [] : [{ scope: customerScope, shard: null }]),
    { scope, shard: shard.name },
  ];
  const outcome = await adoptBlock({ pools, holder, cidr });
  return outcome.ok
    ? { kind: 'done', scope, what: `${cidr} is held by ${holder}` }
    : { kind: 'refused', scope, why: outcome.problem };
}

async function release({ cidr }: OrderOf<'release'>, desk: Desk): Promise<AddressAnswer> {
  const { scope, settings } = desk;
  const { shards, order } = blockReleaseOf(settings, { poolScope: scope, connection: '', wasActive: true });
  const { quarantineMs } = order;
  const pools = poolsWith(cidr, desk);
  const outcome = await freeAddresses({ pools, cidr, release: { scope, shards, quarantineMs } });
  return outcome.ok
    ? { kind: 'done', scope, what: outcome.what }
    : { kind: 'refused', scope, why: outcome.why };
}

/** Every pool that could give out part of the range. */
function poolsWith(cidr: string, { scope, settings }: Desk): { scope: string; shard: string | null }[] {
  const shards = shardsOf(addressPolicyOf(settings), settings.addresses.sharding);
  return shardsOverlapping(cidr, shards).map(({ name }) => ({ scope, shard: name }));
}
