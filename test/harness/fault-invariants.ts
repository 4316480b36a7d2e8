/** What must hold after every fault: the emulator's whole inventory, the pools and the runs, compared. */
import type { Client } from '@temporalio/client';
import type { PeeringStatus } from '../../contract/status.js';
import { TAG } from '../../contract/tags.js';
import { planAccess, type AccessIntent } from '../../domain/access/plan-access.js';
import { cidrsOverlap } from '../../domain/addresses/blocks.js';
import { isEndState } from '../../domain/lifecycle.js';
import { customerScopeOf } from '../../domain/plan.js';
import type { EmulatorControl } from '../../local/emulator-control.js';
import type {
  Inventory,
  InventoryNetworkAcl,
  InventoryNetworkAclEntry,
  InventorySecurityGroupRule,
} from '../../local/emulator-inventory.js';
import { leftovers } from '../../local/leftovers.js';
import { PROVIDER } from './emulator.js';
import { latestStatus, reportOf } from './fault-questions.js';
import type { FaultPoint } from './fault-world.js';

/** What a connection is to open, where it is not what its request asked for first. */
export interface Agreed {
  readonly subnetCidrs: readonly string[];
  readonly access: readonly AccessIntent[];
  /** A change came to nothing, and AWS refused to take it back too: what was built for it may stay, out of use. */
  readonly keepsSpare?: true;
}

/** All that was looked at, and what is wrong with it, one line each. */
export interface Findings {
  /** What each connection said it was when it was looked at. */
  readonly states: string[];
  readonly violations: string[];
  /** Ids of what carries Causeway's tags and belongs to no living connection. */
  readonly leaked: string[];
}

export const ALL_TCP: readonly AccessIntent[] = [{ protocol: 'tcp', ports: [{ from: 0, to: 65_535 }] }];

interface Look {
  readonly client: Client;
  readonly control: EmulatorControl;
  readonly points: readonly FaultPoint[];
  /** By connection. */
  readonly agreed?: ReadonlyMap<string, Agreed>;
}

/** Invariants 1 to 5 and 7 of the reliability bar, for these connections and all that carries the tags of their deployments. */
export async function findingsOf({ client, control, points, agreed }: Look): Promise<Findings> {
  const inventory = await control.inventory();
  const violations: string[] = [];
  const leaked: string[] = [];
  const states: string[] = [];
  const living = new Map<string, PeeringStatus>();
  const released = new Map<string, PeeringStatus>();
  for (const point of points) {
    const status = await latestStatus(client, point);
    states.push(status.state);
    const say = (what: string): void => {
      violations.push(`${point.connection} (${status.state}): ${what}`);
    };
    if (!isEndState(status.state)) living.set(point.connection, status);
    if (status.state === 'released') released.set(point.connection, status);
    checkEnd(status, say);
    checkEndedByAWord(inventory, status, say);
    if (status.state === 'active') {
      const wanted = agreed?.get(point.connection) ?? {
        subnetCidrs: point.request.subnetCidrs,
        access: point.access ?? ALL_TCP,
      };
      checkActive({ inventory, point, status, wanted }, say);
    }
    const own = livingPeerings(inventory, point);
    for (const { vpcPeeringConnectionId, requester } of own) {
      if (requester.tags[TAG.peering] !== point.connection) say(`${vpcPeeringConnectionId} lacks its tags`);
    }
    const left = [
      ...leftovers(inventory, point.connection),
      ...own.map(({ vpcPeeringConnectionId }) => vpcPeeringConnectionId),
    ];
    if (isEndState(status.state)) leaked.push(...new Set(left));
    else checkTwins(inventory, point, say);
  }
  violations.push(...(await poolViolations(client, points, { living, released })));
  violations.push(...networkViolations(inventory));
  violations.push(...leaked.map((id) => `${id} belongs to no living connection`));
  return { states, violations, leaked };
}

type Say = (what: string) => void;

function checkEnd(status: PeeringStatus, say: Say): void {
  const { state, failure, nextStep, parked } = status;
  if (nextStep.what === '') say('names no next step');
  if (state === 'parked' && (parked === null || parked.for === '')) say('does not say what it waits for');
  if (!isEndState(state)) return;
  const isFailure = state === 'failed' || state === 'declined' || state === 'expired';
  if (isFailure && failure === null) say('names no failure');
  if (failure !== null && (failure.message === '' || failure.nextStep === '')) {
    say(`says too little: ${JSON.stringify(failure)}`);
  }
}

/** How an accepted connection may end: by the operator's word, the customer's, or AWS's own. */
const ENDS_OF_WHAT_WAS_ACCEPTED = ['released', 'cancelled', 'disconnected'];
const CAUSES_AFTER_ACCEPTANCE = ['AcceptanceMismatch', 'PeeringDeleted', 'AlreadyConnected'];

/** No accepted peering is ever deleted by a run that nobody told to end. */
function checkEndedByAWord({ peerings }: Inventory, status: PeeringStatus, say: Say): void {
  const { state, history, failure, peeringConnectionId } = status;
  const wasAccepted = history.some((entry) => entry.state === 'configuring' || entry.state === 'active');
  if (!isEndState(state) || !wasAccepted) return;
  const isAllowed =
    ENDS_OF_WHAT_WAS_ACCEPTED.includes(state) || CAUSES_AFTER_ACCEPTANCE.includes(failure?.code ?? '');
  if (!isAllowed) say(`was accepted, and ended by ${failure?.code ?? 'nothing'}`);
  const peering = peerings.find((each) => each.vpcPeeringConnectionId === peeringConnectionId);
  if (state === 'disconnected' && peering?.message.includes(PROVIDER) === true) {
    say(`says that it was disconnected, and deleted the peering itself: ${peering.message}`);
  }
}

function ownVpcs(inventory: Inventory, { connection }: FaultPoint): Inventory['regions'][number]['vpcs'] {
  return inventory.regions.flatMap(({ vpcs }) => vpcs).filter(({ tags }) => tags[TAG.peering] === connection);
}

const LIVING_PEERINGS = ['initiating-request', 'pending-acceptance', 'provisioning', 'active'];

/** By the customer's VPC, which each point has for itself: what was made without tags is found too. */
function livingPeerings(inventory: Inventory, { request }: FaultPoint): Inventory['peerings'] {
  return inventory.peerings.filter(
    ({ accepter, status }) => accepter.vpcId === request.vpcId && LIVING_PEERINGS.includes(status),
  );
}

function checkTwins(inventory: Inventory, point: FaultPoint, say: Say): void {
  const vpcs = ownVpcs(inventory, point).length;
  const peerings = livingPeerings(inventory, point).length;
  if (vpcs > 1) say(`has ${vpcs.toString()} VPCs`);
  if (peerings > 1) say(`has ${peerings.toString()} peerings`);
}

interface ActiveLook {
  inventory: Inventory;
  point: FaultPoint;
  status: PeeringStatus;
  wanted: Agreed;
}

/** Exactly one VPC, one active peering, and the agreed routes and rules, no more. */
function checkActive({ inventory, point, status, wanted }: ActiveLook, say: Say): void {
  const [vpc, ...twins] = ownVpcs(inventory, point);
  const [peering, ...others] = livingPeerings(inventory, point);
  if (vpc === undefined || twins.length > 0) {
    say(`has ${(twins.length + (vpc === undefined ? 0 : 1)).toString()} VPCs`);
    return;
  }
  if (peering?.status !== 'active' || others.length > 0) say('does not have one active peering');
  if (vpc.vpcId !== status.provider?.vpcId) say(`says ${status.provider?.vpcId ?? '-'}, has ${vpc.vpcId}`);
  const plan = planAccess(wanted);
  const inVpc = <T extends { readonly vpcId: string }>(all: readonly T[]): T[] =>
    all.filter(({ vpcId }) => vpcId === vpc.vpcId);
  const pcx = peering?.vpcPeeringConnectionId ?? '-';
  const { regions } = inventory;
  expectSame('routes', say, {
    wanted: [`${vpc.cidrBlocks[0] ?? ''} local active`, ...plan.routes.map((to) => `${to} ${pcx} active`)],
    found: inVpc(regions.flatMap(({ routeTables }) => routeTables)).flatMap(({ routes }) =>
      routes.map(({ destination, target, state }) => `${destination} ${target ?? '-'} ${state}`),
    ),
  });
  const subnets = inVpc(regions.flatMap((region) => region.subnets)).map(({ subnetId }) => subnetId);
  if (subnets.length !== 2) say(`has ${subnets.length.toString()} subnets`);
  const acls = inVpc(regions.flatMap(({ networkAcls }) => networkAcls));
  for (const subnet of subnets) {
    expectSame(`rules of the network ACL of ${subnet}`, say, {
      wanted: plan.networkAclEntries.map((entry) =>
        [
          entry.egress ? 'out' : 'in',
          entry.protocol,
          entry.cidrBlock,
          entry.protocol === '1'
            ? `${String(entry.icmp?.type)}/${String(entry.icmp?.code)}`
            : `${String(entry.portRange?.from)}-${String(entry.portRange?.to)}`,
        ].join(' '),
      ),
      found: acls
        .filter(({ subnetIds }) => subnetIds.includes(subnet))
        .flatMap((acl) => entriesOf(acl).map(entryText)),
    });
  }
  for (const acl of acls.filter(({ subnetIds }) => subnetIds.length === 0)) {
    if (!acl.isDefault && wanted.keepsSpare === true) continue;
    if (!acl.isDefault) say(`${acl.networkAclId} is of no use`);
    if (entriesOf(acl).length > 0) say(`${acl.networkAclId} is not in use, and not empty`);
  }
  const groups = inVpc(regions.flatMap(({ securityGroups }) => securityGroups));
  expectSame('rules of the security groups', say, {
    wanted: plan.securityGroupEgress.map(
      ({ ipProtocol, fromPort, toPort, cidr }) =>
        `out ${ipProtocol} ${fromPort.toString()}-${toPort.toString()} ${cidr}`,
    ),
    found: groups.flatMap(({ ingress, egress }) => [
      ...ingress.map((rule) => ruleText('in', rule)),
      ...egress.map((rule) => ruleText('out', rule)),
    ]),
  });
}

/** Without AWS's own closing deny. */
function entriesOf({ entries }: InventoryNetworkAcl): InventoryNetworkAclEntry[] {
  return entries.filter(({ ruleNumber }) => ruleNumber < 32_767);
}

function entryText({
  egress,
  protocol,
  action,
  cidrBlock,
  portRange,
  icmp,
}: InventoryNetworkAclEntry): string {
  const what = protocol === '1' ? (icmp ?? []).join('/') : (portRange ?? [0, 65_535]).join('-');
  const text = [egress ? 'out' : 'in', protocol, cidrBlock ?? '-', what].join(' ');
  return action === 'allow' ? text : `${action} ${text}`;
}

function ruleText(direction: string, rule: InventorySecurityGroupRule): string {
  return `${direction} ${rule.protocol} ${String(rule.fromPort)}-${String(rule.toPort)} ${rule.peer ?? '-'}`;
}

function expectSame(what: string, say: Say, { wanted, found }: { wanted: string[]; found: string[] }): void {
  const extra = found.filter((one) => !wanted.includes(one));
  const missing = wanted.filter((one) => !found.includes(one));
  if (extra.length > 0) say(`${what}: too much: ${extra.join(', ')}`);
  if (missing.length > 0) say(`${what}: missing: ${missing.join(', ')}`);
  if (new Set(found).size !== found.length) say(`${what}: twice: ${found.join(', ')}`);
}

/** By connection. */
type Statuses = ReadonlyMap<string, PeeringStatus>;

/** No customer's VPC sees one block twice. */
function networkViolations({ peerings, regions }: Inventory): string[] {
  const blocksOf = new Map(
    regions.flatMap(({ vpcs }) => vpcs).map(({ vpcId, cidrBlocks }) => [vpcId, cidrBlocks]),
  );
  const living = peerings.filter(({ status }) => LIVING_PEERINGS.includes(status));
  const violations: string[] = [];
  for (const [index, { accepter, requester }] of living.entries()) {
    for (const other of living.slice(index + 1)) {
      if (other.accepter.vpcId !== accepter.vpcId || other.requester.vpcId === requester.vpcId) continue;
      const seen = blocksOf.get(requester.vpcId) ?? [];
      const again = (blocksOf.get(other.requester.vpcId) ?? []).find((cidr) =>
        seen.some((one) => cidrsOverlap(one, cidr)),
      );
      if (again !== undefined) violations.push(`${accepter.vpcId} sees ${again} twice`);
    }
  }
  return violations;
}

/**
 * Every held block belongs to a living connection, every living one that has a block holds it, that of a released one rests,
 * and none overlap: in the pool of its organization, and in that of the customer's network.
 */
async function poolViolations(
  client: Client,
  points: readonly FaultPoint[],
  { living, released }: { living: Statuses; released: Statuses },
): Promise<string[]> {
  const violations: string[] = [];
  for (const scope of new Set(points.flatMap(({ connection }) => scopesOf(connection)))) {
    const isOfScope = (connection: string): boolean => scopesOf(connection).includes(scope);
    const { held, resting } = await reportOf(client, scope);
    for (const { holder, cidr } of held) {
      if (!living.has(holder))
        violations.push(`${cidr} is held by ${holder} in ${scope}, which does not live`);
      const own = living.get(holder)?.provider?.cidr;
      if (own !== undefined && own !== cidr)
        violations.push(`${holder} holds ${cidr} in ${scope} and uses ${own}`);
    }
    for (const [connection, { provider }] of living) {
      if (!isOfScope(connection) || provider === null) continue;
      if (!held.some(({ holder }) => holder === connection)) {
        violations.push(`${connection} uses ${provider.cidr} and does not hold it in ${scope}`);
      }
    }
    for (const [connection, { provider }] of released) {
      if (!isOfScope(connection) || provider === null) continue;
      if (!resting.some(({ cidr, lastHolder }) => lastHolder === connection && cidr === provider.cidr)) {
        violations.push(`${provider.cidr} of ${connection} does not rest in ${scope}`);
      }
    }
    const blocks = [
      ...held.map(({ cidr, holder }) => ({ cidr, who: holder })),
      ...resting.map(({ cidr, lastHolder }) => ({ cidr, who: lastHolder })),
    ];
    for (const [index, block] of blocks.entries()) {
      for (const other of blocks.slice(index + 1)) {
        // A resting block may go back to whom it belonged.
        if (block.who !== other.who && cidrsOverlap(block.cidr, other.cidr)) {
          violations.push(`${block.cidr} of ${block.who} overlaps ${other.cidr} of ${other.who}`);
        }
      }
    }
  }
  return violations;
}

/** The pool that chose the block, and that of the customer's network. */
function scopesOf(connection: string): string[] {
  return [connection.split('/')[0] ?? '', customerScopeOf(connection) ?? ''];
}
