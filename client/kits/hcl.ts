const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** What a string literal cannot hold as it is, or what Unicode or an editor may take for a line's end. */
const ESCAPED = /["\\\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|[$%](?=\{)/gu;

/**
 * A string literal of HCL that means this text and interpolates nothing: a `$` or `%` before a brace is written by its
 * number, because doubling it is read differently after another one. Half a surrogate pair becomes U+FFFD.
 * Source: HCL native syntax specification, "Template Expressions".
 */
export function hclString(text: string): string {
  return `"${text.replace(ESCAPED, (character) => ESCAPES[character] ?? numbered(character))}"`;
}

function numbered(character: string): string {
  const code = character.charCodeAt(0);
  const valid = code >= 0xd800 && code <= 0xdfff ? 0xfffd : code;
  return `\\u${valid.toString(16).padStart(4, '0')}`;
}
