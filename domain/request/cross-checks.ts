import {
  AccessLimitError,
  MOST_NETWORK_ACL_ENTRIES,
  NETWORK_ACL_RULES,
  ownEntriesOf,
  planAccess,
  type AccessIntent,
} from '../access/plan-access.js';
import { fewerRangesText, suggestAccess } from '../access/suggest-access.js';
import {
  aggregateBlocks,
  blockContains,
  blocksOverlap,
  parseBlock,
  type Ipv4Block,
} from '../addresses/blocks.js';
import type { MeasuredRoundTrips } from '../regions/measured-round-trips.js';
import { rankRegions } from '../regions/ranking.js';
import { noRoundTripText, regionProblem } from '../regions/regions.js';
import { ALL_TCP } from './access-rules.js';
import type { FieldProblem } from './problems.js';

/** What the request is held against. */
export interface RequestContext {
  /** The provider's own account, 12 digits. */
  readonly providerAccountId: string;
  /** Null where they are not known. */
  readonly providerRegions: readonly string[] | null;
  /** The operator's own figures, which may add regions to those of the table. */
  readonly roundTripMs?: MeasuredRoundTrips | undefined;
  /** Entries that a network ACL of the provider's takes in each direction; AWS's default unless given. */
  readonly mostNetworkAclEntries?: number;
}

/** For whoever does not know the provider's account, regions and quota: with this, the rules about them refuse what none would take. */
export const ANY_PROVIDER: RequestContext = {
  providerAccountId: '',
  providerRegions: null,
  mostNetworkAclEntries: ownEntriesOf(NETWORK_ACL_RULES.most),
};

/** The fields that rules across fields are about; undefined where a field is not valid by itself. */
export interface ComparedFields {
  readonly awsAccountId: string | undefined;
  readonly region: string | undefined;
  readonly subnetCidrs: string[] | undefined;
  readonly vpcCidrs: string[] | undefined;
  readonly avoidCidrs?: string[] | undefined;
  readonly access: AccessIntent[] | undefined;
  readonly providerRegion: string | null | undefined;
  readonly providerCidr: string | null | undefined;
}

/** Routes reach stated ranges, which may span neighbouring blocks of the VPC: so the blocks are joined first. */
function subnetsOutsideVpc({ subnetCidrs = [], vpcCidrs = [] }: ComparedFields): FieldProblem[] {
  if (vpcCidrs.length === 0) return [];
  const vpcBlocks = aggregateBlocks(vpcCidrs.map(parseBlock));
  return subnetCidrs.flatMap((cidr, index) =>
    vpcBlocks.some((block) => blockContains(block, parseBlock(cidr)))
      ? []
      : [{ field: `subnetCidrs[${index}]`, problem: `${cidr} is outside the declared vpcCidrs` }],
  );
}

function providerBlockOverlap(fields: ComparedFields): FieldProblem[] {
  const { subnetCidrs = [], vpcCidrs = [], avoidCidrs = [], providerCidr } = fields;
  if (providerCidr === null || providerCidr === undefined) return [];
  const block = parseBlock(providerCidr);
  const declared = [...vpcCidrs, ...subnetCidrs, ...avoidCidrs];
  const overlapped = declared.find((cidr) => blocksOverlap(parseBlock(cidr), block));
  if (overlapped === undefined) return [];
  return [
    { field: 'providerCidr', problem: `${providerCidr} overlaps ${overlapped}, which the customer uses` },
  ];
}

/** Whether a wider range than stated would be valid beside the other fields. */
function mayOpenBeside({ vpcCidrs = [], providerCidr }: ComparedFields): (block: Ipv4Block) => boolean {
  const vpcBlocks = aggregateBlocks(vpcCidrs.map(parseBlock));
  const taken = typeof providerCidr === 'string' ? parseBlock(providerCidr) : null;
  return (block) =>
    (vpcBlocks.length === 0 || vpcBlocks.some((whole) => blockContains(whole, block))) &&
    (taken === null || !blocksOverlap(taken, block));
}

/** Access that is not valid by itself counts as the least there can be: ranges may be too many for any. */
function tooManyRules(
  fields: ComparedFields,
  { mostNetworkAclEntries: mostEntries = MOST_NETWORK_ACL_ENTRIES }: RequestContext,
): FieldProblem[] {
  const { subnetCidrs, access = [ALL_TCP] } = fields;
  if (subnetCidrs === undefined) return [];
  const asked = { subnetCidrs, access };
  try {
    planAccess(asked, mostEntries);
    return [];
  } catch (error) {
    if (!(error instanceof AccessLimitError)) throw error;
    const suggestion = suggestAccess(error, { asked, mayOpen: mayOpenBeside(fields), mostEntries });
    const advice = suggestion?.text ?? fewerRangesText(asked, mostEntries);
    return [{ field: error.field, problem: `${error.message}; ${advice}` }];
  }
}

/** Problems that show only when fields are compared with each other or with the provider. */
export function crossProblems(fields: ComparedFields, context: RequestContext): FieldProblem[] {
  const problems = [
    ...subnetsOutsideVpc(fields),
    ...providerBlockOverlap(fields),
    ...tooManyRules(fields, context),
  ];
  if (fields.awsAccountId === context.providerAccountId) {
    problems.push({ field: 'awsAccountId', problem: "is the provider's own account" });
  }
  return [...problems, ...regionProblems(fields, context)];
}

/** Whether the provider's region can be chosen: it needs a round trip to the customer's, by the table or by the configuration. */
function regionProblems(
  { region, providerRegion }: ComparedFields,
  { providerRegions, roundTripMs: measured }: RequestContext,
): FieldProblem[] {
  if (providerRegions === null) return [];
  const unknown = region === undefined ? null : regionProblem(region, measured);
  const wished = typeof providerRegion === 'string' ? providerRegion : null;
  const isOffered = wished === null || providerRegions.includes(wished);
  const problems: FieldProblem[] = [];
  if (region !== undefined && unknown === null && isOffered) {
    const candidates = wished === null ? providerRegions : [wished];
    if (rankRegions({ from: region, candidates, measured }).length === 0) {
      const field = wished === null ? 'region' : 'providerRegion';
      problems.push({ field, problem: noRoundTripText(region, candidates) });
    }
  }
  if (unknown !== null) problems.push({ field: 'region', problem: unknown });
  if (!isOffered) {
    const configured = providerRegions.join(', ');
    const problem = `${wished} is not one of the provider's regions: ${configured}`;
    problems.push({ field: 'providerRegion', problem });
  }
  return problems;
}
