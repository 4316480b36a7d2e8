import type { ConnectionKey, HistoryLine, PeeringStatus } from '../../../client/index.js';
import { connectionName } from '../../../contract/names.js';
import { isEndState } from '../../../domain/lifecycle.js';
import { shown } from '../../../domain/quoting.js';
import { html, type Html } from '../html.js';
import { facts, timeOf } from '../words.js';
import { ACTIONS, actionsFor } from './actions.js';
import { historySection } from './history.js';
import { stateOf } from './list.js';

export interface ConnectionView {
  key: ConnectionKey;
  status: PeeringStatus;
  /** Newest last; null where it could not be read in time. */
  history: readonly HistoryLine[] | null;
  mayWrite: boolean;
  temporalUi: string | null;
  namespace: string;
  /** What was just done, in a sentence. */
  told: string | null;
  root: string;
}

export function connectionMain(view: ConnectionView): Html {
  const { key, status, told } = view;
  const { nextStep, failure, parked } = status;
  return html` ${told !== null && html`<p class="notice" role="status">${told}</p>`}
    <h1>${shown(status.customerName)}</h1>
    <p class="lead"><code>${connectionName(key)}</code></p>
    <section class="card" aria-labelledby="now">
      <h2 id="now">${stateOf(status.state)} since ${timeOf(status.since)}</h2>
      <p><strong>Next: ${nextStep.who}.</strong> ${nextStep.what}</p>
      ${
        parked !== null &&
        html`<p>Waits for <strong>${parked.for}</strong> since ${timeOf(parked.since)}, on ${parked.who}.</p>
          <p class="quiet">${parked.message}</p>`
      }
      ${failure !== null && html`<p><strong>${failure.code}</strong>: ${failure.message}</p>`}
      ${view.mayWrite && !isEndState(status.state) && actionLinks(view)}
    </section>
    ${sidesOf(status)} ${planOf(status)} ${historySection(view)}`;
}

function actionLinks({ key, status, root }: ConnectionView): Html {
  return html`<p class="actions no-print">
    ${actionsFor(status).map(
      (action) =>
        html`<a class="button plain" href="${root}/connections/${key.organizationId}/${key.vpcId}/${action}"
          >${ACTIONS[action].title}</a
        >`,
    )}
  </p>`;
}

function sidesOf({ provider, customer, peeringConnectionId, expiresAt, round }: PeeringStatus): Html {
  const code = (text: string | null): Html | string => (text === null ? '' : html`<code>${text}</code>`);
  return html`<section class="card" aria-labelledby="sides">
    <h2 id="sides">Both sides</h2>
    <div class="sides">
      <div>
        <h3>Provider</h3>
        ${
          provider === null
            ? html`<p>Not planned yet.</p>`
            : facts([
                ['Account', provider.accountId],
                ['Region', provider.region],
                ['VPC', code(provider.vpcId)],
                ['Block', code(provider.cidr)],
              ])
        }
      </div>
      <div>
        <h3>Customer</h3>
        ${facts([
          ['Account', customer.accountId],
          ['Region', customer.region],
          ['VPC', code(customer.vpcId)],
          ['Ranges', customer.subnetCidrs.join(', ')],
          ...(customer.avoidCidrs === undefined
            ? []
            : [['Used elsewhere', customer.avoidCidrs.join(', ')] as const]),
        ])}
      </div>
    </div>
    ${facts([
      ['Peering', code(peeringConnectionId)],
      ['Round', round.toString()],
      ...(expiresAt === null ? [] : [['Expires', timeOf(expiresAt)] as const]),
    ])}
  </section>`;
}

function planOf({ plan }: PeeringStatus): Html | null {
  if (plan === null) return null;
  return html`<section class="card" aria-labelledby="plan">
    <h2 id="plan">Why it is as it is</h2>
    <ul>
      ${[...plan.reasons, ...plan.advice].map((line) => html`<li>${line}</li>`)}
    </ul>
  </section>`;
}
