import { CausewayError } from '../../../client/causeway-error.js';
import { writtenCidrs } from '../../../domain/request/avoided-cidrs.js';
import type { PagesParts } from '../parts.js';
import { LONGEST_AVOID } from './forms.js';
import { openFor, type Genuine } from './open.js';
import type { Told } from './view.js';

export interface Said {
  readonly decision: 'accepted' | 'declined';
  /** As the customer calls itself, or empty. */
  readonly by?: string;
  readonly reason?: string;
  /** Ranges that its network uses, as people write them, or empty. */
  readonly avoid?: string;
}

const ORDERS = { accepted: 'accept', declined: 'decline' } as const;

/** Not answered at the moment, and no fault of what was asked. */
export function isOutage(error: unknown): boolean {
  return error instanceof CausewayError && (error.code === 'Unreachable' || error.code === 'NoWorker');
}

/**
 * Tells the connection what its customer says, unless it was told often enough: then Temporal is not even asked whether the
 * link is revoked, for the page that follows asks that.
 *
 * @throws CausewayError `Unreachable` or `NoWorker`
 */
export async function decide(
  parts: Pick<PagesParts, 'causeway' | 'limits'>,
  genuine: Genuine,
  said: Said,
): Promise<Told | 'revoked'> {
  const { link } = genuine;
  const used = rangesIn(said.avoid);
  if (used === null) return 'unreadable-ranges';
  const { claims } = parts.limits;
  const order = ORDERS[said.decision];
  if (await claims.isSpent(order, link)) return 'heard';
  const opened = await openFor(genuine, parts);
  if (!opened.ok) return 'revoked';
  try {
    return (await claims.tell(order, link, () => tell(parts, genuine, { ...said, used })))
      ? said.decision
      : 'heard';
  } catch (error) {
    // What is no longer possible is no error of whoever pressed the button.
    if (!(error instanceof CausewayError) || isOutage(error)) throw error;
    return error.code === 'AlreadyConnected' && order === 'accept' ? 'accepted' : 'not-taken';
  }
}

/** A signal only makes Causeway look at AWS. */
function tell(
  { causeway }: Pick<PagesParts, 'causeway'>,
  { link }: Genuine,
  { decision, by: name = '', reason = '', used }: Said & { used: string[] },
): Promise<void> {
  const by = name === '' ? 'the customer, by link' : `${name}, by the customer's link`;
  if (decision === 'accepted') return causeway.accept(link, by);
  return causeway.decline(link, {
    by,
    ...(reason === '' ? {} : { reason }),
    ...(used.length === 0 ? {} : { avoidCidrs: used }),
  });
}

/** Null where they cannot be read: then nothing is told, for whoever wrote them meant to say them. */
function rangesIn(text = ''): string[] | null {
  if (text === '') return [];
  const written = writtenCidrs(text);
  return written.ok && text.length <= LONGEST_AVOID ? written.cidrs : null;
}
