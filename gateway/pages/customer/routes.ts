import type { Context, Hono } from 'hono';
import { CausewayError } from '../../../client/causeway-error.js';
import { isKitFormat, renderKit } from '../../../client/kits/formats.js';
import { kitFor } from '../../../client/kits/kit.js';
import type { PeeringStatus } from '../../../contract/status.js';
import type { GatewayHono } from '../../http/hono-types.js';
import { formToken, isFormToken, readForm } from '../forms.js';
import { rootOf, type PagesParts } from '../parts.js';
import { LONGEST_AVOID, LONGEST_NAME, LONGEST_REASON } from './forms.js';
import { decide, isOutage } from './decide.js';
import { genuine, openFor, type Genuine, type Opened } from './open.js';
import { customerPage, markOf } from './page.js';
import { refusedPage, UNAVAILABLE } from './refused.js';
import { customerView, TOLD, type CustomerView, type Told } from './view.js';

type Seen = Context<GatewayHono, '/c/:token'>;

/** One character more, so that a list that is cut off is seen to be. */
const FIELDS = { form: 200, by: LONGEST_NAME, reason: LONGEST_REASON, avoid: LONGEST_AVOID + 1 };

type Work<T> = (link: T) => Response | Promise<Response>;

/** The customer's page: everything under `/c/{token}`. The token is the only thing that opens it. */
export function addCustomerPage(app: Hono<GatewayHono>, parts: PagesParts): void {
  const root = rootOf(parts.settings);
  const refuse = (context: Seen, refusal: Parameters<typeof refusedPage>[0]): Response => {
    const { status, body } = refusedPage(refusal, root);
    return context.html(body, status);
  };
  /** Takes the link, or says why not; whatever is thrown on the way is no fault of the link. */
  const verified = async (context: Seen, work: Work<Genuine>): Promise<Response> => {
    const { visitor } = context.var;
    try {
      const answer = await genuine({ token: context.req.param('token'), visitor }, parts);
      return answer.ok ? await work(answer) : refuse(context, answer.refusal);
    } catch (error) {
      if (isOutage(error)) return refuse(context, UNAVAILABLE);
      throw error;
    }
  };
  const opened = (context: Seen, work: Work<Opened>): Promise<Response> =>
    verified(context, async (link) => {
      const answer = await openFor(link, parts);
      return answer.ok ? work(answer) : refuse(context, answer.refusal);
    });

  app.get('/c/:token', (context) =>
    opened(context, (link) => {
      const told = toldIn(context.req.query('told'));
      return context.html(customerPage(viewFor(link, { parts, told }), root));
    }),
  );

  app.get('/c/:token/state', (context) =>
    opened(context, (link) => {
      const view = viewFor(link, { parts, told: null });
      return context.json({
        mark: markOf(view),
        headline: view.story.headline,
        left: view.expiry?.left ?? null,
      });
    }),
  );

  app.get('/c/:token/kit/:format', (context) =>
    opened(context, ({ status }) => {
      const format = context.req.param('format');
      const kit = isKitFormat(format) ? kitText(status, format) : null;
      if (kit === null) return refuse(context, 'malformed');
      return context.body(kit.text, 200, {
        'Content-Type': 'text/plain; charset=utf-8',
        'Content-Disposition': `attachment; filename="${kit.fileName}"`,
      });
    }),
  );

  for (const decision of ['accepted', 'declined'] as const) {
    app.post(`/c/:token/${decision}`, (context) =>
      verified(context, async (link) => {
        const { token, keys } = link;
        const sent = await readForm(context, FIELDS);
        const isOurs = sent !== null && isFormToken(sent['form'] ?? '', { subject: token, keys });
        const told = isOurs ? await decide(parts, link, { ...sent, decision }) : 'not-taken';
        return told === 'revoked'
          ? refuse(context, told)
          : context.redirect(`${root}/c/${token}?told=${told}`, 303);
      }),
    );
  }
}

function viewFor(
  { status, link, token, keys }: Opened,
  { parts, told }: { parts: PagesParts; told: Told | null },
): CustomerView {
  const { settings } = parts;
  return customerView(
    {
      status,
      providerName: settings.providerName,
      consoleAddress: settings.consoleAddress,
      link: { url: `${rootOf(settings)}/c/${token}`, expiresAt: link.expiresAt },
      form: formToken(token, keys),
      told,
    },
    Date.now(),
  );
}

function toldIn(text: string | undefined): Told | null {
  return TOLD.find((told) => told === text) ?? null;
}

function kitText(
  status: PeeringStatus,
  format: Parameters<typeof renderKit>[1],
): { fileName: string; text: string } | null {
  try {
    return renderKit(kitFor(status), format);
  } catch (error) {
    if (error instanceof CausewayError) return null;
    throw error;
  }
}
