import type { EndedSessions } from '../../client/ended-sessions.js';
import type { CausewayClient } from '../../client/index.js';
import type { LinkKeys } from '../../domain/keys-file.js';
import type { Limits } from '../http/limits.js';
import type { ApiKeys } from '../keys/api-keys.js';

/** What the pages ask of Causeway. */
export type PagesCauseway = Pick<
  CausewayClient,
  | 'accept'
  | 'cancel'
  | 'close'
  | 'countByState'
  | 'decline'
  | 'history'
  | 'listPage'
  | 'remind'
  | 'renewLink'
  | 'retry'
  | 'status'
>;

/** Where things are, as people reach them. */
export interface PagesSettings {
  /** Where customers reach the gateway: `https://peering.example.com`, with a path where it stands behind one. */
  readonly publicUrl: string;
  /** How the provider calls itself before its customers; null where it does not. */
  readonly providerName: string | null;
  /** The AWS console, with `{region}` in place of the region. */
  readonly consoleAddress: string;
  /** The Temporal UI; null where operators have none. */
  readonly temporalUi: string | null;
  readonly namespace: string;
}

export interface PagesParts {
  readonly causeway: PagesCauseway;
  readonly keys: ApiKeys;
  /** Without them no link opens anything, and nobody can sign in. */
  readonly linkKeys: LinkKeys | null;
  readonly limits: Limits;
  readonly endedSessions: Pick<EndedSessions, 'add' | 'has'>;
  readonly settings: PagesSettings;
}

/** Path of the gateway's root as browsers see it, without a slash at its end. */
export function rootOf({ publicUrl }: PagesSettings): string {
  return new URL(publicUrl).pathname.replace(/\/+$/, '');
}
