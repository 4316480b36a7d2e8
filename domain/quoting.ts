const SHOWN_CHARACTERS = 60;

/** Everything that could break a log line, hide text or reorder it on a screen. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

function escaped(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/**
 * A value given by a caller, safe to show inside a one-line message: cut at 60 characters, control and
 * formatting characters escaped.
 */
export function shown(text: string): string {
  const cut = text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
  return printable(cut);
}

/** The whole text on one line: control and formatting characters escaped. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, escaped);
}

/** As `shown`, in double quotes, for free text that could otherwise be read as part of the sentence. */
export function quoted(text: string): string {
  return `"${shown(text).replaceAll('"', '\\"')}"`;
}

const MAX_MARKDOWN_TEXT = 500;

/** Text inside Markdown: its own characters are escaped, angle brackets too, and it stays on its line; cut at 500 characters. */
export function markdownText(text: string): string {
  return text
    .slice(0, MAX_MARKDOWN_TEXT)
    .replace(/[\r\n]+/g, ' ')
    .replace(/[\\`*_{}[\]<>#+!|~&]/g, (mark) => `\\${mark}`);
}
