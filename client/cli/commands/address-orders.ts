import type { AddressOrder } from '../../../domain/addresses/address-order.js';
import { tryParseBlock } from '../../../domain/addresses/blocks.js';
import type { CliContext } from '../context.js';
import { operatorName } from '../environment.js';
import { badInput, CliError, EXIT } from '../exit-status.js';
import { connectionKey } from '../input.js';
import { renderExplanation } from '../render/addresses.js';
import { present } from '../screen.js';
import { withCauseway } from '../session.js';

interface Scoped {
  scope?: string;
}

interface Ordered extends Scoped {
  cidr: string;
  by?: string;
}

/** `causeway addresses explain`: which block comes next, or why this one cannot be had. Nothing is allocated. */
export async function explain(
  { scope, avoid = [], requested }: Scoped & { avoid?: string[]; requested: string | null },
  { environment, screen }: CliContext,
): Promise<void> {
  for (const cidr of [...avoid, ...(requested === null ? [] : [requested])]) requireBlock(cidr);
  const answer = await withCauseway(environment, (client) =>
    client.manageAddresses({ kind: 'explain', scope: scope ?? null, avoid, requested }),
  );
  if (answer.kind !== 'explain') throw new Error(`an explanation was asked for, not ${answer.kind}`);
  present(screen, answer, (look) => renderExplanation(look, answer));
}

/** `causeway addresses reserve`. */
export function reserve(
  { cidr, scope, by, why }: Ordered & { why: string },
  context: CliContext,
): Promise<void> {
  requireBlock(cidr);
  return carryOut({ kind: 'reserve', scope: scope ?? null, cidr, why, by: by ?? operatorName() }, context);
}

/** `causeway addresses adopt`. */
export function adopt(
  { organization, vpc, cidr, by }: { organization: string; vpc: string; cidr: string; by?: string },
  context: CliContext,
): Promise<void> {
  const connection = connectionKey(organization, vpc);
  requireBlock(cidr);
  return carryOut({ kind: 'adopt', connection, cidr, by: by ?? operatorName() }, context);
}

/** `causeway addresses release`. */
export function release({ cidr, scope, by }: Ordered, context: CliContext): Promise<void> {
  requireBlock(cidr);
  return carryOut({ kind: 'release', scope: scope ?? null, cidr, by: by ?? operatorName() }, context);
}

/** @throws CliError refused, with the pool's own words */
async function carryOut(order: AddressOrder, { environment, screen }: CliContext): Promise<void> {
  const answer = await withCauseway(environment, (client) => client.manageAddresses(order));
  if (answer.kind === 'refused') {
    throw new CliError(
      EXIT.refused,
      `${answer.why}; \`causeway addresses report ${answer.scope}\` shows who holds what`,
    );
  }
  present(screen, answer, () => (answer.kind === 'done' ? answer.what : answer.kind));
}

/** @throws CliError bad input */
function requireBlock(cidr: string): void {
  const parsed = tryParseBlock(cidr);
  if (!parsed.ok) throw badInput(`CIDR: ${parsed.problem}`);
}
