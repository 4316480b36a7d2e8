/** Text that is HTML already; only `html` makes it, so that nothing reaches a page unescaped. */
export class Html {
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }

  /** @internal */
  static of(literals: TemplateStringsArray, parts: readonly Part[]): Html {
    const rest = parts.map((part, index) => textOf(part) + (literals[index + 1] ?? ''));
    return new Html((literals[0] ?? '') + rest.join(''));
  }
}

/** What may stand in a page: texts and numbers are escaped; null and false are nothing. */
export type Part = string | number | Html | null | false | readonly Part[];

/** The one way by which a page is put together. Every attribute that holds a part stands in double quotes. */
export function html(literals: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return Html.of(literals, parts);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function textOf(part: Part): string {
  if (part === null || part === false) return '';
  if (part instanceof Html) return part.toString();
  if (isList(part)) return part.map(textOf).join('');
  return String(part).replace(/[&<>"']/g, (mark) => ENTITIES[mark] ?? '');
}

function isList(part: string | number | readonly Part[]): part is readonly Part[] {
  return Array.isArray(part);
}
