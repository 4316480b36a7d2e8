import type { Context, Hono } from 'hono';
import { CausewayError } from '../../../client/index.js';
import type { GatewayHono } from '../../http/hono-types.js';
import { html } from '../html.js';
import { page } from '../layout.js';
import { formToken, isFormToken, readForm } from '../forms.js';
import { rootOf, type PagesParts } from '../parts.js';
import { addConnectionPages } from './connection-routes.js';
import { listMain } from './list.js';
import { listView } from './list-view.js';
import { sessionOf, signIn, signOut, type Session } from './session.js';
import { signedInCorner, signInPage } from './sign-in.js';

export interface OperatorPage {
  title: string;
  main: ReturnType<typeof html>;
}

export type OperatorAnswer = Response | OperatorPage;

/** Lets the work be done for whoever is signed in; all others are asked to. */
export type SignedIn = (
  context: Context<GatewayHono>,
  work: (session: Session) => Promise<OperatorAnswer>,
) => Promise<Response>;

const LONGEST_KEY = 200;

/** The operator's pages: the list at `/`, a connection's page, and what can be done to it. */
export function addOperatorPages(app: Hono<GatewayHono>, parts: PagesParts): void {
  const { limits } = parts;
  const root = rootOf(parts.settings);
  const signedIn: SignedIn = async (context, work) => {
    const session = sessionOf(context, parts);
    if (session === null) {
      await limits.visitors.take(context.var.visitor);
      return context.redirect(`${root}/sign-in`, 303);
    }
    await limits.keys.take(session.caller.keyId);
    const answer = await answered(async () =>
      (await parts.endedSessions.has(session.id)) ? context.redirect(`${root}/sign-in`, 303) : work(session),
    );
    if (answer instanceof Response) return answer;
    const { keyId } = session.caller;
    const corner = signedInCorner({ keyId, form: formToken(session.subject, session.keys), root });
    return context.html(page({ ...answer, corner, width: 'wide', root }), answer.status);
  };

  app.get('/sign-in', async (context) => {
    await limits.visitors.take(context.var.visitor);
    return context.html(signInPage(null, root));
  });

  app.post('/sign-in', async (context) => {
    const { linkKeys } = parts;
    const refused = (why: string): Response => context.html(signInPage(why, root), 403);
    const sent = await readForm(context, { key: LONGEST_KEY });
    const caller = parts.keys.callerWith(sent?.['key'] ?? '');
    if (caller === null) {
      await limits.wrongKeys.take(context.var.visitor);
      return refused('This is no key of this gateway.');
    }
    await limits.keys.take(caller.keyId);
    if (linkKeys === null) return refused('Nobody can sign in: the file of keys has no keys for links.');
    if (!caller.scopes.has('peerings:read')) return refused('This key may not read connections.');
    signIn(context, caller, { ...parts, linkKeys });
    return context.redirect(`${root}/`, 303);
  });

  app.post('/sign-out', (context) =>
    signedIn(context, async (session) => {
      const sent = await readForm(context, { form: LONGEST_KEY });
      if (sent !== null && isFormToken(sent['form'] ?? '', session)) await signOut(context, session, parts);
      return context.redirect(`${root}/sign-in`, 303);
    }),
  );

  app.get('/', (context) =>
    signedIn(context, async ({ caller }) => {
      const asked = {
        state: context.req.query('state'),
        q: context.req.query('q'),
        page: context.req.query('page'),
      };
      return { title: 'Connections: Causeway', main: listMain(await listView(asked, caller, parts)) };
    }),
  );

  addConnectionPages(app, parts, signedIn);
}

type Answered = Response | (OperatorPage & { status: 200 | 404 | 409 | 503 });

/** What goes wrong in a way that is known is a page too. */
async function answered(work: () => Promise<OperatorAnswer>): Promise<Answered> {
  try {
    const answer = await work();
    return answer instanceof Response ? answer : { ...answer, status: 200 };
  } catch (error) {
    if (!(error instanceof CausewayError)) throw error;
    const status = STATUS_OF[error.code] ?? 409;
    const main = html`<section class="card">
      <h1>${TITLES[status]}</h1>
      <p>${error.message}</p>
    </section>`;
    return { title: `${TITLES[status]}: Causeway`, main, status };
  }
}

const STATUS_OF: Partial<Record<CausewayError['code'], 404 | 503>> = {
  NotFound: 404,
  Unreachable: 503,
  NoWorker: 503,
};

const TITLES = {
  404: 'There is no such connection',
  409: 'That is not possible now',
  503: 'Not available at the moment',
} as const;
