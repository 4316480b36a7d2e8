import type { CliContext } from '../context.js';
import { badInput } from '../exit-status.js';
import { organizationId } from '../../../domain/request/text-fields.js';
import { renderPools } from '../render/addresses.js';
import { present } from '../screen.js';
import { withCauseway } from '../session.js';

/** `causeway addresses report`: how full the pools are; of one scope, every block as well. */
export async function report(scope: string | null, { environment, screen }: CliContext): Promise<void> {
  if (scope !== null && !organizationId.safeParse(scope).success) {
    throw badInput(
      `ORG: ${scope} is no organization id; \`causeway addresses report\` shows the pools there are`,
    );
  }
  const pools = await withCauseway(environment, (client) => client.pools(scope));
  present(screen, { pools }, (look) => renderPools(look, pools, scope));
}
