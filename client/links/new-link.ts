import type { ConnectionKey } from '../../contract/names.js';
import { DAY_MS } from '../../domain/durations.js';
import type { LinkKeys } from '../../domain/keys-file.js';
import { LONGEST_LINK_DAYS, signLink } from './customer-link.js';
import { linkUrl } from './link-url.js';

/** What links are made with, the same wherever one is made. */
export interface LinkSigning {
  readonly keys: LinkKeys;
  /** Where customers reach the gateway. */
  readonly publicUrl: string;
}

export interface NewLink {
  readonly url: string;
  /** ISO 8601, UTC. */
  readonly expiresAt: string;
}

export interface LinkWanted {
  readonly key: ConnectionKey;
  /** Who makes it, for the history. */
  readonly by: string;
  /** How long it is open, 1 to 7; 7 unless told. */
  readonly days?: number;
}

/**
 * Makes the customer's link, and revokes the earlier ones.
 *
 * @throws CausewayError `NotFound` when the connection is over
 */
export async function newLink(
  client: { renewLink(key: ConnectionKey, by: string): Promise<number> },
  { key, by, days = LONGEST_LINK_DAYS }: LinkWanted,
  { keys, publicUrl }: LinkSigning,
): Promise<NewLink> {
  const generation = await client.renewLink(key, by);
  const now = Date.now();
  const expiresAt = now + days * DAY_MS;
  const { organizationId, vpcId } = key;
  const token = signLink({ organizationId, vpcId, generation, expiresAt }, keys, now);
  return { url: linkUrl(publicUrl, token), expiresAt: new Date(expiresAt).toISOString() };
}
