/** What the worker acts for in AWS; each may have a role of its own. */
export const PROVIDER_PURPOSES = ['provision', 'observe', 'release'] as const;

export type ProviderPurpose = (typeof PROVIDER_PURPOSES)[number];

/** What of AWS a check looked at: the account behind a role's credentials, or a read in the region with that role. */
export interface ProviderFinding {
  /** The provider's region. */
  region: string;
  /** The purpose whose role was used. */
  purpose: ProviderPurpose;
  ok: boolean;
  /** False when AWS gave no answer, as opposed to one that is not as it should be. */
  answered: boolean;
  /** What was seen, in one line. */
  detail: string;
  /** What the operator can do about it; null when all is well. */
  next: string | null;
  /** What of the account's quotas is used in the region; where it was counted. */
  used?: QuotasUsed;
}

export interface QuotasUsed {
  /** All of the account's, Causeway's or not: the quota counts them all. */
  vpcs: number;
  /** Requested by the account and waiting to be accepted. */
  outstandingRequests: number;
}

/** Result of `checkProvider`: AWS as the worker sees it, with the worker's credentials and configuration. */
export interface ProviderCheck {
  /** The account of the worker's configuration, 12 digits. */
  accountId: string;
  /** By region as configured, then by purpose. */
  findings: ProviderFinding[];
}
