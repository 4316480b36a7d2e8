import { CausewayError } from '../../../client/causeway-error.js';
import type { PagesParts } from '../parts.js';
import { openFor, type Genuine } from './open.js';
import type { Told } from './view.js';

export interface Said {
  readonly decision: 'accepted' | 'declined';
  /** As the customer calls itself, or empty. */
  readonly by?: string;
  readonly reason?: string;
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
  const { claims } = parts.limits;
  const order = ORDERS[said.decision];
  if (await claims.isSpent(order, link)) return 'heard';
  const opened = await openFor(genuine, parts);
  if (!opened.ok) return 'revoked';
  try {
    return (await claims.tell(order, link, () => tell(parts, genuine, said))) ? said.decision : 'heard';
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
  { decision, by: name = '', reason = '' }: Said,
): Promise<void> {
  const by = name === '' ? 'the customer, by link' : `${name}, by the customer's link`;
  if (decision === 'accepted') return causeway.accept(link, by);
  return causeway.decline(link, { by, ...(reason === '' ? {} : { reason }) });
}
