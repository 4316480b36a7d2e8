import { assetPath, type AssetName } from './assets.js';
import { html, type Html } from './html.js';

export interface Layout {
  title: string;
  /** In the header, at the right. */
  corner?: Html | null;
  main: Html;
  script?: AssetName;
  /** What the script has to know, as attributes of the body. */
  live?: { url: string; mark: string };
  /** Wide for lists, narrow for reading. */
  width: 'wide' | 'narrow';
  /** Path of the gateway's root as browsers see it: empty, or a prefix without a slash at its end. */
  root: string;
}

/** A whole page. It names no other origin, so that nothing of it is told to anyone. */
export function page({ title, corner = null, main, script, live, width, root }: Layout): string {
  const scriptTag = script !== undefined && html`<script src="${root}${assetPath(script)}" defer></script>`;
  const attributes = live !== undefined && html` data-url="${live.url}" data-mark="${live.mark}"`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex, nofollow" />
        <meta name="format-detection" content="telephone=no" />
        <title>${title}</title>
        <link rel="stylesheet" href="${root}${assetPath('pages.css')}" />
        ${scriptTag}
      </head>
      <body class="${width}" ${attributes}>
        <a class="skip" href="#main">Skip to the content</a>
        <header class="top">
          <p class="brand"><span class="mark" aria-hidden="true"></span>Causeway</p>
          ${corner}
        </header>
        <main id="main" tabindex="-1">${main}</main>
        <p id="announcement" class="unseen" role="status"></p>
      </body>
    </html> `.toString();
}
