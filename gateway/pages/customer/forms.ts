import { html, type Html } from '../html.js';
import type { CustomerView } from './view.js';

export const LONGEST_NAME = 60;
export const LONGEST_REASON = 200;
/** Some forty ranges, which fit into a form with all else. */
export const LONGEST_AVOID = 700;

/** Hidden fields and names that `routes.ts` reads again. */
export function toldForm({ link, form }: CustomerView): Html {
  return html`<form method="post" action="${link.url}/accepted" class="inline no-print">
    <input type="hidden" name="form" value="${form}" />
    <p>
      <label for="accepted-by"
        >Your name <span class="quiet">(if you like; the provider sees it)</span></label
      >
      <input id="accepted-by" name="by" maxlength="${LONGEST_NAME}" autocomplete="name" />
    </p>
    <p><button type="submit" class="button" id="accepted">I have accepted it</button></p>
  </form>`;
}

/** Opened by intent, so that nobody declines by a slip. */
export function declineForm({ link, form }: CustomerView): Html {
  return html`<details id="decline-details">
    <summary>Decline the request</summary>
    <p>
      The request is withdrawn, and what the provider made for it is removed. Nothing is left in your account.
      You can also choose <em>Actions → Reject request</em> in the AWS console.
    </p>
    <form method="post" action="${link.url}/declined">
      <input type="hidden" name="form" value="${form}" />
      <p>
        <label for="declined-by">Your name <span class="quiet">(if you like)</span></label>
        <input id="declined-by" name="by" maxlength="${LONGEST_NAME}" autocomplete="name" />
      </p>
      <p>
        <label for="reason">Why <span class="quiet">(if you like; the provider sees it)</span></label>
        <input id="reason" name="reason" maxlength="${LONGEST_REASON}" />
      </p>
      <p>
        <label for="avoid"
          >Address ranges that your network uses elsewhere
          <span class="quiet"
            >(if that is why: Kubernetes services, on premises, other peerings; a new request can avoid
            them)</span
          ></label
        >
        <input id="avoid" name="avoid" maxlength="${LONGEST_AVOID}" placeholder="10.0.0.0/8, 172.20.0.0/16" />
      </p>
      <p><button type="submit" class="button danger" id="declined">Decline the request</button></p>
    </form>
  </details>`;
}
