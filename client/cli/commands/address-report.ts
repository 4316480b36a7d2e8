import type { CliContext } from '../context.js';
import { badInput } from '../exit-status.js';
import { organizationId } from '../../../domain/request/text-fields.js';
import { renderPools } from '../render/addresses.js';
import { present } from '../screen.js';
import { withCauseway } from '../session.js';

/** `customer:` and the id of a VPC. */
const CUSTOMER_SCOPE = /^customer:vpc-[0-9a-f]{8,17}$/;

function isScope(text: string): boolean {
  return organizationId.safeParse(text).success || CUSTOMER_SCOPE.test(text);
}

/** `causeway addresses report`: how full the pools are; of one scope, every block as well. */
export async function report(scope: string | null, { environment, screen }: CliContext): Promise<void> {
  if (scope !== null && !isScope(scope)) {
    throw badInput(
      `ORG: ${scope} is no organization id; \`causeway addresses report\` shows the pools there are`,
    );
  }
  const pools = await withCauseway(environment, (client) => client.pools(scope));
  present(screen, { pools }, (look) => renderPools(look, pools, scope));
}
