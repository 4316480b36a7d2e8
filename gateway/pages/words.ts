import { html, type Html } from './html.js';

/** A point in time for people and programs, in UTC. */
export function timeOf(iso: string): Html {
  return html`<time datetime="${iso}">${iso.slice(0, 16).replace('T', ' ')} UTC</time>`;
}

/** Something to be copied; the button is there once the script has made it work. */
export function copyable(id: string, text: string, what: string): Html {
  return html`<span class="copyable"
    ><code id="${id}">${text}</code>
    <button type="button" class="copy" data-copy="${id}" hidden>
      Copy<span class="unseen"> ${what}</span>
    </button></span
  >`;
}

/** Terms and what they are. */
export function facts(pairs: readonly (readonly [string, Html | string])[]): Html {
  return html`<dl class="facts">
    ${pairs.map(
      ([term, value]) =>
        html`<div>
          <dt>${term}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

/** A table that scrolls in itself on a narrow screen, and can be scrolled by keyboard. */
export function table(caption: string, [head = [], ...rows]: readonly (readonly (Html | string)[])[]): Html {
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0">
    <table>
      <caption class="unseen">
        ${caption}
      </caption>
      <thead>
        <tr>
          ${head.map((cell) => html`<th scope="col">${cell}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((cell) => html`<td>${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
