import type { LinkRefusal } from '../../../client/links/customer-link.js';
import { html } from '../html.js';
import { page } from '../layout.js';

interface Refused {
  status: 404 | 410 | 503;
  title: string;
  text: string;
}

const UNKNOWN: Refused = {
  status: 404,
  title: 'This link does not open anything',
  text: 'It may have been cut off on its way, for instance at the end of a line in a mail. Copy the whole link into the address bar, or ask whoever sent it to you for a new one.',
};

const OVER: Refused = {
  status: 410,
  title: 'This link is not valid any more',
  text: 'Links are open for a few days, and a newer one replaces the older ones. Please use the newest that you were sent, or ask whoever sent it to you for a new one. Nothing has changed in your AWS account.',
};

/** Whoever had a link that was genuine once hears that it is over; all others hear the same, whatever they tried. */
const REFUSALS: Record<LinkRefusal, Refused> = {
  malformed: UNKNOWN,
  forged: UNKNOWN,
  expired: OVER,
  revoked: OVER,
};

export const UNAVAILABLE: Refused = {
  status: 503,
  title: 'This page is not available at the moment',
  text: 'Your link is all right. Please try again in a few minutes. Nothing has changed in your AWS account, and a request can be accepted there meanwhile.',
};

export function refusedPage(
  refusal: LinkRefusal | Refused,
  root: string,
): { status: Refused['status']; body: string } {
  const { status, title, text } = typeof refusal === 'string' ? REFUSALS[refusal] : refusal;
  const main = html`<section class="card">
    <h1>${title}</h1>
    <p>${text}</p>
  </section>`;
  return { status, body: page({ title, main, width: 'narrow', root }) };
}
