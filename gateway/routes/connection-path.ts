import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { ConnectionKey } from '../../client/index.js';
import { organizationId, vpcId } from '../../domain/request/text-fields.js';
import { requireVisible } from '../http/authenticate.js';
import type { GatewayHono } from '../http/hono-types.js';

export const CONNECTION_PATH = '/v1/peerings/{org}/{vpc}';

export const connectionParams = z.object({ org: organizationId, vpc: vpcId });

/** @throws ProblemError `NotFound` for what the key may not see */
export function connectionOf(
  context: Context<GatewayHono>,
  { org, vpc }: z.output<typeof connectionParams>,
): ConnectionKey {
  requireVisible(context, org);
  return { organizationId: org, vpcId: vpc };
}

export function pathOf({ organizationId: org, vpcId: vpc }: ConnectionKey): string {
  return CONNECTION_PATH.replace('{org}', org).replace('{vpc}', vpc);
}
