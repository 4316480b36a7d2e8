/**
 * Client of the emulator's control endpoints (`/_causeway/…`, described in `emulator/README.md`).
 * Knows nothing of processes: an address is enough.
 */
import type { Inventory } from './emulator-inventory.js';

/** Kinds of resources that can stay unseen for a while after their creation. */
export type EmulatedKind =
  | 'vpc'
  | 'subnet'
  | 'route-table'
  | 'network-acl'
  | 'security-group'
  | 'vpc-peering-connection'
  | 'network-interface';

/** Quotas that are enforced, per account and region. AWS's own start values except `vpcsPerRegion` (500 here). */
export interface EmulatorQuotas {
  readonly vpcsPerRegion: number;
  readonly outstandingPeerings: number;
  readonly activePeeringsPerVpc: number;
  readonly routesPerTable: number;
  /** Numbered entries; the catch-all 32767 does not count. */
  readonly naclRulesPerDirection: number;
  readonly securityGroupRulesPerDirection: number;
}

/** A token bucket per account, region and action: calls at once, and calls a second after that. */
export interface TokenBucket {
  readonly burst: number;
  readonly refill: number;
}

/** All settings, as `GET /_causeway/settings` answers. Times in seconds of AWS time, 0 unless set. */
export interface EmulatorSettings {
  readonly initiatingSeconds: number;
  readonly provisioningSeconds: number;
  readonly deletingSeconds: number;
  /** How long the other side of a peering is shown what was before. */
  readonly propagationSeconds: number;
  readonly visibility: { readonly [kind in EmulatedKind]?: { seconds?: number; describes?: number } };
  readonly quotas: EmulatorQuotas;
  /** Keys are `ACCOUNT/REGION`, `ACCOUNT/*` or any account with `REGION`. */
  readonly quotaOverrides: Readonly<Record<string, Partial<EmulatorQuotas>>>;
  readonly throttling: { readonly [bucket in BucketName]?: TokenBucket };
  /** Whose VPC must have DNS hostnames and support on before a side may switch on its DNS option. */
  readonly peeringDnsNeeds: PeeringDnsNeeds;
  /** Names or ids of availability zones that are listed, but in which no subnet can be made. */
  readonly closedZones: readonly string[];
}

export type PeeringDnsNeeds = 'own' | 'both';

/** `peering` and `createTags` fall back to `mutating`. */
export type BucketName = 'describe' | 'mutating' | 'peering' | 'createTags';

/** What to change; the rest stays. Null removes an entry. */
export interface EmulatorSettingsPatch {
  readonly initiatingSeconds?: number;
  readonly provisioningSeconds?: number;
  readonly deletingSeconds?: number;
  readonly propagationSeconds?: number;
  readonly visibility?: { readonly [kind in EmulatedKind]?: { seconds?: number; describes?: number } | null };
  readonly quotas?: Partial<EmulatorQuotas>;
  readonly quotaOverrides?: Readonly<Record<string, Partial<EmulatorQuotas> | null>>;
  readonly throttling?: { readonly [bucket in BucketName]?: TokenBucket | null } | null;
  readonly peeringDnsNeeds?: PeeringDnsNeeds;
  readonly closedZones?: readonly string[];
}

/**
 * What is to go wrong. `error` answers before any effect; with `lost-reply` the call takes effect and the
 * connection is cut without a byte; `latency` waits, then carries on; with `hang` the connection stays open
 * for `latencyMs` and is cut without a byte. `absent` and `omit` act on what a call is shown: a resource that is
 * not there, fields that a peering lacks.
 */
export interface FaultRule {
  readonly id?: string;
  /** `CreateVpc`, or `*` for every action. */
  readonly action: string;
  readonly account?: string;
  readonly region?: string;
  /** Name of the caller's role, or of the role that AssumeRole asks for; `*` and `?` as wildcards. */
  readonly role?: string;
  /** Its session's name, such as `causeway-observe`; likewise. */
  readonly session?: string;
  /** An id, likewise: only calls of which a parameter is that. With `absent` and `omit`, what is hidden. */
  readonly resource?: string;
  /** Matching calls let through first; 0 by default. */
  readonly skip?: number;
  /** Calls acted on; 1 by default (with `seconds`, any number), null for ever. */
  readonly times?: number | null;
  /** Ends so long after the first call acted on, in seconds of AWS time. */
  readonly seconds?: number;
  /** 0 to 1, drawn for each matching call; `seed` makes it repeatable. */
  readonly probability?: number;
  readonly seed?: number;
  readonly kind: 'error' | 'lost-reply' | 'latency' | 'hang' | 'absent' | 'omit';
  /** AWS error code, `InternalError` by default; the HTTP status follows from it unless given. */
  readonly code?: string;
  readonly status?: number;
  readonly message?: string;
  /** In place of the XML of an `error`; may be empty. */
  readonly body?: string;
  readonly latencyMs?: number;
  /** When a call that hangs takes effect: never (by default), as it arrives, or after `latencyMs`. */
  readonly effect?: 'none' | 'at-once' | 'late';
  /** What `omit` leaves out of a peering's description: `AccepterVpcInfo.CidrBlockSet`, … */
  readonly fields?: readonly string[];
}

/** A rule in place: `matched` calls it fits, `hits` calls it acted on. */
export type InstalledFault = FaultRule & {
  readonly id: string;
  readonly matched: number;
  readonly hits: number;
};

/** One call that reached the emulator. */
export interface EmulatedCall {
  /** ISO 8601, AWS time. */
  readonly at: string;
  readonly account: string;
  readonly region: string;
  /** `ec2`, `sts` or `iam`. */
  readonly service: string;
  readonly action: string;
  /** Of the caller's session, or of the one that AssumeRole asks for; empty for static keys. */
  readonly role: string;
  readonly session: string;
  readonly requestId: string;
  /** It changed something. */
  readonly effect: boolean;
  /** `ok`, an AWS error code, `lost-reply` or `hang`. */
  readonly outcome: string;
  /** Query parameters as sent, flat: `VpcId`, `TagSpecification.1.Tag.1.Key`, … */
  readonly params: Readonly<Record<string, string>>;
}

/** The emulator refused a control request; the message says what it expected. */
export class EmulatorControlError extends Error {
  override readonly name = 'EmulatorControlError';
}

/** @throws EmulatorControlError from every method when the emulator refuses. */
export class EmulatorControl {
  readonly #root: string;

  /** @param endpoint Address of the emulator, `http://127.0.0.1:PORT`. */
  constructor(endpoint: string) {
    this.#root = `${endpoint.replace(/\/+$/, '')}/_causeway`;
  }

  /** AWS time. */
  async now(): Promise<Date> {
    const { now } = await this.#ask<{ now: string }>('GET', 'clock');
    return new Date(now);
  }

  /** Sets AWS time; it goes on running. Answers with the time set. */
  async setClock(date: Date): Promise<Date> {
    const { now } = await this.#ask<{ now: string }>('POST', 'clock', { now: date.toISOString() });
    return new Date(now);
  }

  /** Moves AWS time on by so many seconds (back when negative). */
  async advance(seconds: number): Promise<Date> {
    const { now } = await this.#ask<{ now: string }>('POST', 'clock', { advanceSeconds: seconds });
    return new Date(now);
  }

  /** Changes what the patch names and answers with all settings. */
  settings(patch: EmulatorSettingsPatch = {}): Promise<EmulatorSettings> {
    return this.#ask('PUT', 'settings', patch);
  }

  /** Adds a rule and answers with its id. A rule with the id of another takes its place. */
  async addFault(rule: FaultRule): Promise<string> {
    const { id } = await this.#ask<{ id: string }>('POST', 'faults', rule);
    return id;
  }

  async faults(): Promise<readonly InstalledFault[]> {
    const { faults } = await this.#ask<{ faults: InstalledFault[] }>('GET', 'faults');
    return faults;
  }

  async removeFault(id: string): Promise<void> {
    await this.#ask('DELETE', `faults/${encodeURIComponent(id)}`);
  }

  async clearFaults(): Promise<void> {
    await this.#ask('DELETE', 'faults');
  }

  /** The last calls (20,000 at most), oldest first. */
  async calls(filter: { action?: string; account?: string } = {}): Promise<readonly EmulatedCall[]> {
    const query = new URLSearchParams(filter).toString();
    const { calls } = await this.#ask<{ calls: EmulatedCall[] }>('GET', query ? `calls?${query}` : 'calls');
    return calls;
  }

  async clearCalls(): Promise<void> {
    await this.#ask('DELETE', 'calls');
  }

  /** All that exists. Default VPCs and what is in them only on request. */
  inventory(options: { withDefaults?: boolean } = {}): Promise<Inventory> {
    return this.#ask('GET', options.withDefaults === true ? 'inventory?defaults=true' : 'inventory');
  }

  /** Empties everything, clock, faults, settings and calls too. Static keys go on working, assumed roles do not. */
  async reset(): Promise<void> {
    await this.#ask('POST', 'reset');
  }

  async #ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.#root}/${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const answer = parseAnswer(await response.text());
    if (answer === undefined) throw new EmulatorControlError(`${this.#root} is not the emulator's.`);
    if (!response.ok) throw new EmulatorControlError(`${method} /_causeway/${path}: ${errorOf(answer)}`);
    // The emulator and these types are one product; the tests of both hold them together.
    return answer as T;
  }
}

function parseAnswer(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function errorOf(answer: unknown): string {
  return typeof answer === 'object' && answer !== null && 'error' in answer
    ? String(answer.error)
    : 'refused';
}
