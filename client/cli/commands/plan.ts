import type { CliContext } from '../context.js';
import type { WrittenRequest } from '../../request-peering.js';
import { readRequest } from '../input.js';
import type { PlannedFor } from '../render/plan.js';
import { present } from '../screen.js';
import { withCauseway } from '../session.js';

/** `causeway plan`: what the request would build. */
export async function plan({ file }: { file: string }, { environment, screen }: CliContext): Promise<void> {
  const request = await readRequest(file);
  const planned = await withCauseway(environment, (client) => client.plan(request));
  const { renderPlan } = await import('../render/plan.js');
  present(screen, planned, (look) => renderPlan(look, planned, subjectOf(request)));
}

function subjectOf(request: WrittenRequest): PlannedFor {
  const textOf = (key: string): string => (typeof request[key] === 'string' ? request[key] : '');
  const { organizationId, vpcId } = request;
  return { organizationId, vpcId, customerName: textOf('customerName'), region: textOf('region') };
}
