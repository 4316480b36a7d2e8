import type { CliContext } from '../context.js';
import { connectionKey } from '../input.js';
import { renderStatus } from '../render/status.js';
import { present } from '../screen.js';
import { withCauseway } from '../session.js';

/** `causeway status`: of the living connection, or of the request, or how the last one ended. */
export async function status(
  { organization, vpc }: { organization: string; vpc: string },
  { environment, screen }: CliContext,
): Promise<void> {
  const key = connectionKey(organization, vpc);
  const found = await withCauseway(environment, (client) => client.status(key));
  present(screen, found, (look) => renderStatus(look, found));
}
