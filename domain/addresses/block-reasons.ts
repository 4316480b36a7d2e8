import { noneFreeText, type AddressPolicy, type NamedBlock } from './choose-block.js';
import type { BlockGrant, Hindrance } from './block-order.js';
import { providerBlockProblem } from './provider-space.js';

/** Of a block that another organization's connection has in the same network; that one is not named, for customers read it. */
export const OF_THE_SAME_NETWORK = 'of another connection to the same VPC';

/** What is told of a block in the way where its own reason is not known. */
const WHY: Record<Exclude<Hindrance, 'unusable'>, string> = {
  avoided: 'to be avoided',
  held: 'held by another connection',
  resting: 'resting since it was released',
  reserved: 'reserved by the operator',
  configured: 'reserved by the configuration',
};

const HINDRANCES: readonly Hindrance[] = ['avoided', 'held', 'resting', 'reserved', 'configured', 'unusable'];

/** A block in the way of another, and why. */
export interface Obstruction {
  readonly by: Exclude<Hindrance, 'unusable'>;
  readonly cidr: string;
}

export function obstructionText({ by, cidr }: Obstruction): string {
  return `overlaps ${cidr} (${WHY[by]})`;
}

/**
 * A grant in sentences, as `explain` has them, except that no other holder is named: the customer may read them.
 *
 * @param avoid the order's ranges with their reasons, where these are known
 */
export function reasonsOf(
  grant: BlockGrant,
  policy: AddressPolicy,
  avoid: readonly NamedBlock[] = [],
): string[] {
  const { cidr, rejected = [] } = grant;
  const passedOver = `${policy.preferred}, the preferred block, cannot be used: ${passedOverText(grant, policy, avoid)}`;
  switch (grant.because) {
    case 'held':
      return [`${cidr ?? ''} is held by this connection already`];
    case 'preferred':
      return [`${cidr ?? ''} is the preferred block and overlaps nothing known`];
    case 'requested':
      return [`${cidr ?? ''} was asked for and overlaps nothing known`];
    case 'first-free':
      return [
        passedOver,
        `${cidr ?? ''} is the first free /${policy.prefixLength} of ${policy.ranges[grant.range ?? 0] ?? ''}`,
      ];
    case 'none-free':
      return [passedOver, noneFreeText(policy)];
    case 'requested-taken':
      return [`the block asked for cannot be used: ${rejected[0]?.reason ?? ''}`];
    case 'unreadable':
      return rejected.map(({ reason }) => reason);
  }
}

function passedOverText(
  { passedOver = 'unusable' }: BlockGrant,
  policy: AddressPolicy,
  avoid: readonly NamedBlock[],
): string {
  const [kind, cidr = policy.preferred] = passedOver.split(' ');
  const hindrance = HINDRANCES.find((candidate) => candidate === kind) ?? 'unusable';
  if (hindrance === 'unusable') return providerBlockProblem(policy.preferred) ?? 'is not free';
  const known = hindrance === 'avoided' ? avoid.find((block) => block.cidr === cidr) : undefined;
  return known === undefined ? obstructionText({ by: hindrance, cidr }) : `overlaps ${cidr} (${known.why})`;
}
