import type { Context, Hono } from 'hono';
import { CausewayError, type ConnectionKey } from '../../../client/index.js';
import { newLink } from '../../../client/links/new-link.js';
import { connectionName, connectionOfWorkflowId, provisionWorkflowId } from '../../../contract/names.js';
import type { GatewayHono } from '../../http/hono-types.js';
import { formToken, isFormToken, readForm } from '../forms.js';
import { rootOf, type PagesParts } from '../parts.js';
import { ACTIONS, confirmMain, isAction, newLinkMain, type Action } from './actions.js';
import { connectionMain } from './connection.js';
import { inTime } from './in-time.js';
import type { OperatorAnswer, SignedIn } from './routes.js';
import type { Session } from './session.js';

const CONNECTION = '/connections/:org/:vpc';
const HISTORY_WITHIN_MS = 8_000;
const FIELDS = { form: 200, reason: 200 };

export function addConnectionPages(app: Hono<GatewayHono>, parts: PagesParts, signedIn: SignedIn): void {
  const { causeway, settings } = parts;
  const root = rootOf(settings);

  app.get(CONNECTION, (context) =>
    signedIn(context, async ({ caller }) => {
      const key = keyIn(context, caller.organizations);
      const [status, history] = await Promise.all([
        causeway.status(key),
        inTime(causeway.history(key), HISTORY_WITHIN_MS),
      ]);
      const { temporalUi, namespace } = settings;
      const done = context.req.query('done') ?? '';
      const view = { key, status, history, temporalUi, namespace, root };
      const told = isAction(done) ? ACTIONS[done].done : null;
      const mayWrite = caller.scopes.has('peerings:write');
      return { title: `${connectionName(key)}: Causeway`, main: connectionMain({ ...view, told, mayWrite }) };
    }),
  );

  app.get(`${CONNECTION}/:action`, (context) =>
    signedIn(context, (session) => {
      const { key, action } = orderIn(context, session);
      const form = formToken(session.subject, session.keys);
      const { title } = ACTIONS[action];
      return Promise.resolve({ title: `${title}: Causeway`, main: confirmMain({ key, action, form, root }) });
    }),
  );

  app.post(`${CONNECTION}/:action`, (context) =>
    signedIn(context, async (session) => {
      const order = orderIn(context, session);
      const sent = await readForm(context, FIELDS);
      if (sent === null || !isFormToken(sent['form'] ?? '', session))
        throw new CausewayError('NotInState', 'the form is not one of this session; go back and try again');
      const answer = await carryOut(order, { session, parts, reason: sent['reason'] ?? '' });
      const { organizationId, vpcId } = order.key;
      const page = `${root}/connections/${organizationId}/${vpcId}?done=${order.action}`;
      return answer ?? context.redirect(page, 303);
    }),
  );
}

async function carryOut(
  { key, action }: { key: ConnectionKey; action: Action },
  { session, parts, reason }: { session: Session; parts: PagesParts; reason: string },
): Promise<OperatorAnswer | null> {
  const { causeway, settings, limits } = parts;
  const { orders } = limits;
  const by = `key ${session.caller.keyId}`;
  switch (action) {
    case 'remind':
      await orders.give('remind', key, () => causeway.remind(key, by));
      return null;
    case 'retry':
      await orders.give('retry', key, () => causeway.retry(key, by));
      return null;
    case 'cancel':
      await orders.give('end', key, () => causeway.cancel(key, { by }));
      return null;
    case 'close':
      await orders.give('end', key, () => causeway.close(key, { by, ...(reason === '' ? {} : { reason }) }));
      return null;
    case 'link': {
      const signing = { keys: session.keys, publicUrl: settings.publicUrl };
      const { url, expiresAt } = await orders.give('link', key, () =>
        newLink(causeway, { key, by }, signing),
      );
      const main = newLinkMain({ key, url, expiresAt, root: rootOf(settings) });
      return { title: 'The new link: Causeway', main };
    }
  }
}

/** @throws CausewayError `NotFound` also for what the key may not see, or do: the answer tells nothing of what there is */
function orderIn(context: Context<GatewayHono>, { caller }: Session): { key: ConnectionKey; action: Action } {
  const action = context.req.param('action') ?? '';
  const key = keyIn(context, caller.organizations);
  if (!isAction(action) || !caller.scopes.has('peerings:write')) throw notFound();
  return { key, action };
}

function keyIn(context: Context<GatewayHono>, organizations: ReadonlySet<string> | null): ConnectionKey {
  const name = `${context.req.param('org') ?? ''}/${context.req.param('vpc') ?? ''}`;
  const key = connectionOfWorkflowId(provisionWorkflowId(name));
  if (key === null || !(organizations?.has(key.organizationId) ?? true)) throw notFound();
  return key;
}

function notFound(): CausewayError {
  return new CausewayError('NotFound', 'The list shows the connections that this key may see.');
}
