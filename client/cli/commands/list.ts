import { isPeeringState, PEERING_STATES, type PeeringState } from '../../../domain/lifecycle.js';
import { quoted } from '../../../domain/quoting.js';
import type { CliContext } from '../context.js';
import { badInput } from '../exit-status.js';
import { renderList } from '../render/list.js';
import { present } from '../screen.js';
import { withCauseway } from '../session.js';

/** `causeway list`: every connection, or those in one state. */
export async function list(
  { state }: { state?: string },
  { environment, screen }: CliContext,
): Promise<void> {
  const wanted = state === undefined ? undefined : knownState(state);
  const filter = wanted === undefined ? {} : { state: wanted };
  const peerings = await withCauseway(environment, (client) => client.list(filter));
  present(screen, peerings, (look) => renderList(look, peerings, wanted));
}

function knownState(text: string): PeeringState {
  if (isPeeringState(text)) return text;
  throw badInput(`${quoted(text)} is no state; give one of ${PEERING_STATES.join(', ')}`);
}
