import type { ConnectionKey, PeeringStatus } from '../../../client/index.js';
import { connectionName } from '../../../contract/names.js';
import { isEndState, type PeeringState } from '../../../domain/lifecycle.js';
import { html, type Html } from '../html.js';
import { timeOf } from '../words.js';

export type Action = 'retry' | 'link' | 'remind' | 'cancel' | 'close';

interface ActionTexts {
  title: string;
  /** What follows, before it is done. */
  warning: string;
  /** And after. */
  done: string;
  dangerous: boolean;
}

export const ACTIONS: Record<Action, ActionTexts> = {
  retry: {
    title: 'Try again now',
    warning:
      'What this waits for is tried at once, instead of at its next turn. Nothing else changes; should AWS refuse it again, it waits on.',
    done: 'It is being tried now. The history says what comes of it.',
    dangerous: false,
  },
  link: {
    title: 'New link for the customer',
    warning:
      'A link to the customer’s page is made, open for 7 days. All earlier links of this connection stop working at once.',
    done: 'A new link was made.',
    dangerous: false,
  },
  remind: {
    title: 'Remind',
    warning:
      'A reminder of what the customer has to do goes to the log, and to the webhook where there is one.',
    done: 'The reminder is on its way.',
    dangerous: false,
  },
  cancel: {
    title: 'Cancel the request',
    warning:
      'The request ends, and everything that was made for it is released. The customer can no longer accept it.',
    done: 'The request is being undone.',
    dangerous: true,
  },
  close: {
    title: 'Close the connection',
    warning:
      'The connection is taken down, and everything that was made for it is released. Traffic through it stops.',
    done: 'The connection is being taken down.',
    dangerous: true,
  },
};

export function isAction(text: string): text is Action {
  return Object.hasOwn(ACTIONS, text);
}

/** What can be done in this state; whether it still can when it is done, the workflow says. */
export function actionsFor({ state, parked }: PeeringStatus): Action[] {
  if (state === 'parked') return ['retry', ...actionsIn(parked?.from ?? state)];
  return state === 'awaiting-acceptance' ? ['link', 'remind', 'cancel'] : actionsIn(state);
}

function actionsIn(stage: PeeringState): Action[] {
  if (isEndState(stage) || stage === 'releasing') return [];
  return stage === 'active' ? ['link', 'close'] : ['link', 'cancel'];
}

/** Asks before anything is done. */
export function confirmMain(view: { key: ConnectionKey; action: Action; form: string; root: string }): Html {
  const { key, action, form, root } = view;
  const { title, warning, dangerous } = ACTIONS[action];
  const back = `${root}/connections/${key.organizationId}/${key.vpcId}`;
  return html`<section class="card">
    <h1>${title}?</h1>
    <p><code>${connectionName(key)}</code></p>
    <p>${warning}</p>
    <form method="post" action="${back}/${action}">
      <input type="hidden" name="form" value="${form}" />
      ${
        action === 'close' &&
        html`<p>
          <label for="reason">Why <span class="quiet">(if you like; for the history)</span></label
          ><input id="reason" name="reason" maxlength="200" />
        </p>`
      }
      <p class="actions">
        <button class="button${dangerous && ' danger'}" type="submit">${title}</button>
        <a class="button plain" href="${back}">Leave it as it is</a>
      </p>
    </form>
  </section>`;
}

/** The only time that the link is shown. */
export function newLinkMain(view: {
  key: ConnectionKey;
  url: string;
  expiresAt: string;
  root: string;
}): Html {
  const { key, url, root, expiresAt } = view;
  return html`<section class="card">
    <h1>The new link</h1>
    <p>
      <code>${connectionName(key)}</code>, open until ${timeOf(expiresAt)}. It is shown this once; earlier
      links are revoked.
    </p>
    <p><code class="secret" id="link">${url}</code></p>
    <p>Whoever has it can say that the customer accepts or declines: send it to the customer alone.</p>
    <p>
      <a class="button plain" href="${root}/connections/${key.organizationId}/${key.vpcId}"
        >Back to the connection</a
      >
    </p>
  </section>`;
}
