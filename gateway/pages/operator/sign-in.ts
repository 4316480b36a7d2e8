import { html, type Html } from '../html.js';
import { page } from '../layout.js';

/** @param problem why the last try did not do, or null */
export function signInPage(problem: string | null, root: string): string {
  const main = html`<section class="card">
    <h1>Sign in</h1>
    <p>With a key of this gateway that may read connections. The key is checked and not kept.</p>
    ${problem !== null && html`<p class="notice bad" role="alert" id="problem">${problem}</p>`}
    <form method="post" action="${root}/sign-in">
      <p>
        <label for="key">API key</label>
        <input
          id="key"
          name="key"
          type="password"
          autocomplete="current-password"
          required
          maxlength="200"
          ${problem !== null && html` aria-describedby="problem"`}
        />
      </p>
      <p><button class="button" type="submit">Sign in</button></p>
    </form>
  </section>`;
  return page({ title: 'Sign in: Causeway', main, width: 'narrow', root });
}

/** At the right of the header of every page that somebody is signed in to. */
export function signedInCorner({ keyId, form, root }: { keyId: string; form: string; root: string }): Html {
  return html`<form method="post" action="${root}/sign-out" class="inline no-print">
    <input type="hidden" name="form" value="${form}" />
    <span class="quiet">key ${keyId}</span>
    <a href="${root}/">All connections</a>
    <button class="copy" type="submit">Sign out</button>
  </form>`;
}
