import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { html } from '../../../gateway/pages/html.js';

describe('what is put into a page', () => {
  it('is text, whatever it is: no element, attribute or entity comes out of it', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('<', '>', '&', '"', "'", '`', 'a', '/', '=', ' ') }),
        (text) => {
          const page = html`<p title="${text}">${[text]}</p>`.toString();
          const [, title, content] = /^<p title="([^"<>']*)">([^"<>']*)<\/p>$/.exec(page) ?? [];
          const read = (escaped = ''): string =>
            escaped
              .replaceAll('&lt;', '<')
              .replaceAll('&gt;', '>')
              .replaceAll('&quot;', '"')
              .replaceAll('&#39;', "'")
              .replaceAll('&amp;', '&');
          expect([read(title), read(content)]).toEqual([text, text]);
        },
      ),
    );
  });

  it('may be made of parts, of which false and null are nothing', () => {
    const part = html`<b>${1}</b>`;
    expect(html`${[part, part]}${null}${false}${''}`.toString()).toBe('<b>1</b><b>1</b>');
  });
});
