import { z } from 'zod';
import type { EndedPeering } from '../contract/ended-peering.js';
import { connectionName, connectionOfWorkflowId } from '../contract/names.js';
import { peeringStatus } from '../contract/status.js';
import { END_STATES } from '../domain/lifecycle.js';

/** Longest value of a Keyword attribute that every visibility store of Temporal takes. */
const MAX_KEYWORD = 255;
/** An honest end has some 20 KB; it must leave room when the keeping workflow hands it on, below Temporal's 2 MiB. */
const MAX_CHARACTERS = 500_000;

const keyword = z.string().max(MAX_KEYWORD);

const { provider, customer } = peeringStatus.shape;

/**
 * An end is looked at again at every replay, and those kept have to pass for years: whatever joined the status later is
 * optional.
 */
const endedPeering = z.object({
  status: peeringStatus.partial({ reminders: true, facts: true }).extend({
    state: z.enum(END_STATES),
    organizationId: keyword,
    provider: provider.unwrap().extend({ region: keyword }).nullable(),
    customer: customer.extend({ accountId: keyword }),
    peeringConnectionId: keyword.nullable(),
  }),
  workflowId: z.string(),
  runId: z.string(),
});

/** Whether it can be kept, shown and searched: signals come from anyone who may signal, and are data of unknown shape. */
function isEndedPeering(value: unknown): value is EndedPeering {
  return endedPeering.safeParse(value).success && charactersOf(value) <= MAX_CHARACTERS;
}

/** Lists within lists by the thousand can be read, but not be written again. */
function charactersOf(value: unknown): number {
  try {
    return JSON.stringify(value).length;
  } catch {
    return Infinity;
  }
}

/** The end as it came, if it is one of the connection that this workflow keeps; null for anything else. */
export function endIn(value: unknown, keptBy: string): EndedPeering | null {
  if (!isEndedPeering(value)) return null;
  const { organizationId, customer } = value.status;
  const kept = connectionOfWorkflowId(keptBy);
  const told = connectionName({ organizationId, vpcId: customer.vpcId });
  return kept !== null && connectionName(kept) === told ? value : null;
}
