import { z } from 'zod';
import { NETWORK_ACL_RULES } from './access/plan-access.js';
import { tryParseBlock } from './addresses/blocks.js';
import { providerBlockProblem } from './addresses/provider-space.js';
import { shardingProblems } from './addresses/shards.js';
import { DURATION_PATTERN } from './durations.js';
import { operatorTags } from './operator-tags.js';
import { measuredRoundTrips, type MeasuredRoundTrips } from './regions/measured-round-trips.js';
import { newRegionProblems } from './regions/new-regions.js';
import { regionNameProblem } from './regions/region-names.js';
import { isRecord } from './request/problems.js';

const MAX_REGIONS = 40;
const MAX_RANGES = 100;

const accountId = z.string().regex(/^\d{12}$/, 'an AWS account id is 12 digits');
const roleArn = z
  .string()
  .regex(
    /^arn:aws:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/,
    'a role ARN looks like arn:aws:iam::111122223333:role/name',
  );

/** "10 seconds", "1 minute", "3 days": a whole number and a unit, as Temporal takes them. */
const duration = z
  .string()
  .regex(DURATION_PATTERN, 'a duration is a whole number and a unit, such as "3 days"');

const region = z.string().superRefine((text, context) => {
  const problem = regionNameProblem(text);
  if (problem !== null) context.addIssue({ code: 'custom', message: problem });
});

const block = z.string().superRefine((text, context) => {
  const parsed = tryParseBlock(text);
  if (!parsed.ok) context.addIssue({ code: 'custom', message: parsed.problem });
});

const providerBlock = z.string().superRefine((text, context) => {
  const problem = providerBlockProblem(text);
  if (problem !== null) context.addIssue({ code: 'custom', message: problem });
});

const providerSchema = z.strictObject({
  accountId,
  deployment: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
      'a deployment is 1 to 64 letters, digits, dots, dashes or underscores',
    )
    .optional(),
  roleArn: roleArn.nullable().default(null),
  externalId: z.string().min(2).max(1224).nullable().default(null),
  roles: z
    .strictObject({ provision: roleArn.optional(), observe: roleArn.optional(), release: roleArn.optional() })
    .default({}),
  transitGatewayUrl: z
    .url({ protocol: /^https?$/ })
    .max(2048)
    .nullable()
    .default(null),
  /** On everything made, beside ours. */
  tags: operatorTags.default({}),
  regions: z.array(region).min(1).max(MAX_REGIONS),
  /** The operator's own figures, which go before those of the table. */
  roundTripMs: measuredRoundTrips.optional(),
  /** Of the provider's account in every region, where they are not AWS's defaults. */
  quotas: z
    .strictObject({
      /** In each direction, the closing deny counted in, as Service Quotas has it. */
      networkAclRules: z.number().int().min(NETWORK_ACL_RULES.default).max(NETWORK_ACL_RULES.most).optional(),
    })
    .optional(),
});

const addressesSchema = z
  .strictObject({
    preferred: providerBlock.default('10.200.0.0/25'),
    prefixLength: z.number().int().min(16).max(28).default(25),
    uniqueness: z.enum(['per-organization', 'global']).default('per-organization'),
    ranges: z
      .array(block)
      .min(1)
      .max(MAX_RANGES)
      .default(['10.200.0.0/16', '172.24.0.0/14', '192.168.128.0/17', '100.64.0.0/10']),
    reserved: z.array(block).max(1000).default([]),
    /** How long a block that carried traffic rests before another connection gets it. */
    quarantine: duration.default('1 day'),
    /** Whether a scope has one pool, or one for each range. */
    sharding: z.enum(['none', 'per-range']).default('none'),
  })
  .superRefine((addresses, context) => {
    if (addresses.sharding === 'none') return;
    for (const message of shardingProblems(addresses)) {
      context.addIssue({ code: 'custom', path: ['sharding'], message });
    }
  });

const acceptanceSchema = z.strictObject({
  reminders: z.array(duration).max(20).default(['1 day', '3 days', '6 days']),
  rounds: z.number().int().min(1).max(10).default(2),
  observeEvery: duration.default('1 minute'),
});

const maintenanceSchema = z.strictObject({
  repair: z.enum(['automatic', 'report']).default('automatic'),
  /** What the scheduled sweep does with resources that nobody owns. */
  sweep: z.enum(['report', 'delete']).default('report'),
  sweepEvery: duration.default('1 hour'),
  /** Above so many changes within an hour, drift repair (of one connection) and the sweep stop, and say so. */
  changesPerHour: z.number().int().min(1).max(10_000).default(50),
  /** How long AWS has to show nothing of a peering, to the right reader, before that is believed. */
  absentAfter: duration.default('5 minutes'),
  /** The one switch that pauses both drift repair and the sweep. */
  paused: z.boolean().default(false),
});

const notificationsSchema = z.strictObject({
  /** Where notifications are posted, signed; null writes them to the worker's log only. */
  webhookUrl: z
    .url({ protocol: /^https?$/ })
    .max(2048)
    .nullable()
    .default(null),
  /** For a receiver in the provider's own network; otherwise loopback, link-local and private targets are refused. */
  allowPrivateTarget: z.boolean().default(false),
});

const settingsSchema = z.strictObject({
  provider: providerSchema,
  addresses: addressesSchema.prefault({}),
  acceptance: acceptanceSchema.prefault({}),
  maintenance: maintenanceSchema.prefault({}),
  notifications: notificationsSchema.prefault({}),
});

/** The whole of `causeway.config.json`, validated, defaults filled in. Read by the worker, `doctor` and `regions`. */
export type WorkerSettings = Omit<z.output<typeof settingsSchema>, 'provider'> & {
  provider: Omit<z.output<typeof providerSchema>, 'deployment'> & { deployment: string };
};

/** What a run needs to know, as recorded in its history: no role, no ExternalId. */
export interface RunSettings {
  provider: {
    accountId: string;
    deployment: string;
    transitGatewayUrl: string | null;
    regions: string[];
    /** Absent where nothing was measured. */
    roundTripMs?: MeasuredRoundTrips;
    /** Absent where AWS's defaults hold. */
    quotas?: { networkAclRules?: number | undefined };
  };
  addresses: WorkerSettings['addresses'];
  acceptance: WorkerSettings['acceptance'];
  maintenance: WorkerSettings['maintenance'];
  /** The receiver's address may itself be a secret, so that it is never in a history. */
  notifications: { webhook: boolean };
}

export type SettingsResult = { ok: true; settings: WorkerSettings } | { ok: false; problems: string[] };

/** Validates a parsed `causeway.config.json`; on failure every problem at once, each with its path. */
export function parseSettings(input: unknown, defaultDeployment: string): SettingsResult {
  const parsed = settingsSchema.safeParse(input);
  const problems = [
    ...(parsed.error?.issues ?? []).map(({ path, message }) => `${pathText(path)}: ${message}`),
    ...newRegionProblems(isRecord(input) ? input.provider : null).map(
      ({ path, problem }) => `${pathText(['provider', ...path])}: ${problem}`,
    ),
  ];
  if (!parsed.success || problems.length > 0) return { ok: false, problems };
  const { provider, ...rest } = parsed.data;
  return {
    ok: true,
    settings: { ...rest, provider: { ...provider, deployment: provider.deployment ?? defaultDeployment } },
  };
}

/** As `parseSettings`, from the text of the file. */
export function parseSettingsText(text: string, defaultDeployment: string): SettingsResult {
  try {
    return parseSettings(JSON.parse(text), defaultDeployment);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { ok: false, problems: [`not JSON: ${error.message}`] };
  }
}

export function runSettingsOf(settings: WorkerSettings): RunSettings {
  const { accountId, deployment, transitGatewayUrl, regions, roundTripMs, quotas } = settings.provider;
  const { addresses, acceptance, maintenance, notifications } = settings;
  return {
    provider: {
      accountId,
      deployment,
      transitGatewayUrl,
      regions,
      ...(roundTripMs === undefined ? {} : { roundTripMs }),
      ...(quotas === undefined ? {} : { quotas }),
    },
    addresses,
    acceptance,
    maintenance,
    notifications: { webhook: notifications.webhookUrl !== null },
  };
}

function pathText(path: readonly PropertyKey[]): string {
  const text = path
    .map((part) => (typeof part === 'number' ? `[${part.toString()}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
  return text === '' ? '(whole file)' : text;
}
