import type { CliContext } from '../context.js';
import { connectionKey } from '../input.js';
import { renderHistory } from '../render/history.js';
import { present } from '../screen.js';
import { withCauseway } from '../session.js';

/** `causeway history`: who did what when, with AWS's own ids of the calls. */
export async function history(
  { organization, vpc }: { organization: string; vpc: string },
  { environment, screen }: CliContext,
): Promise<void> {
  const key = connectionKey(organization, vpc);
  const lines = await withCauseway(environment, (client) => client.history(key));
  present(screen, lines, (look) => renderHistory(look, lines));
}
