import { shown } from '../../../domain/quoting.js';

/** Text from others, safe to write to a terminal on one line: what is no printable character is escaped, nothing is cut. */
export function plainText(text: string): string {
  return text.replace(/[^ -~]/gu, (character) => shown(character));
}
