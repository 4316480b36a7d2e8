import type { WorkflowHandle } from '@temporalio/client';
import { changeAccessUpdate, customerAcceptedSignal, type AccessChange } from '../../contract/messages.js';
import type { PeeringStatus } from '../../contract/status.js';
import type { InventoryNetworkAcl, RegionInventory } from '../../local/emulator-inventory.js';
import { PROVIDER } from './emulator.js';
import { acceptInAws, livingConnection, startAndWait, type Started } from './peering-story.js';
import type { TestRequest } from './requests.js';
import type { SkippingWorld } from './time-skipping.js';

/** A connection that is up, and the workflow that keeps it. */
export interface Living {
  readonly request: TestRequest;
  readonly peeringId: string;
  readonly kept: WorkflowHandle;
}

export async function connect(
  world: SkippingWorld,
  more: Parameters<typeof startAndWait>[1] = {},
): Promise<Living> {
  const started: Started = await startAndWait(world, more);
  await acceptInAws(world, started);
  await started.handle.signal(customerAcceptedSignal, {});
  await started.handle.result();
  const { request, peeringId } = started;
  return { request, peeringId, kept: livingConnection(world, request) };
}

export function change({ kept }: Living, wanted: AccessChange): Promise<PeeringStatus> {
  return kept.executeUpdate(changeAccessUpdate, { args: [wanted] });
}

/** What the provider has of the only connection there is. */
export async function providerSideOf(world: SkippingWorld): Promise<RegionInventory> {
  const { regions } = await world.aws.control.inventory();
  const [own, ...others] = regions.filter(({ account }) => account === PROVIDER);
  if (own === undefined || others.length > 0) throw new Error('the provider has not just one connection');
  return own;
}

/** What is open on the provider's side, in words, sorted. */
export async function openings(world: SkippingWorld): Promise<{
  routes: string[];
  egress: string[];
  ingress: string[];
  rules: string[];
  subnets: string[];
}> {
  const { routeTables, networkAcls, securityGroups, subnets } = await providerSideOf(world);
  const acl = networkAcls.find(({ subnetIds }) => subnetIds.length > 0);
  const entries = (egress: boolean): string[] => allowedBy(acl, egress);
  return {
    routes: routeTables
      .flatMap(({ routes }) => routes)
      .filter(({ target }) => target !== 'local')
      .map(({ destination, state }) => `${destination} ${state}`)
      .sort(),
    egress: entries(true),
    ingress: entries(false),
    rules: securityGroups
      .flatMap((group) => group.egress)
      .map((rule) => `${rule.protocol} ${String(rule.fromPort)}-${String(rule.toPort)} ${String(rule.peer)}`)
      .sort(),
    subnets: subnets.map(({ subnetId }) => subnetId).filter((id) => acl?.subnetIds.includes(id) === true),
  };
}

function allowedBy(acl: InventoryNetworkAcl | undefined, egress: boolean): string[] {
  return (acl?.entries ?? [])
    .filter((entry) => entry.egress === egress && entry.action === 'allow')
    .map(({ protocol, cidrBlock, portRange, icmp }) =>
      [protocol, cidrBlock, portRange?.join('-') ?? icmp?.join('/')].join(' '),
    )
    .sort();
}
