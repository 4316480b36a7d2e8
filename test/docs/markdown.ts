import { readFileSync } from 'node:fs';

/** The text of a page of the documentation. */
export function pageOf(name: string): string {
  return readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
}

/** What stands under a heading, up to the next one of its level or above. */
export function sectionOf(page: string, heading: string): string {
  const lines = page.split('\n');
  const from = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === heading);
  if (from === -1) throw new Error(`the page has no heading "${heading}"`);
  const level = lines[from]?.indexOf(' ') ?? 0;
  const to = lines.findIndex((line, index) => index > from && new RegExp(`^#{1,${level}} `).test(line));
  return lines.slice(from + 1, to === -1 ? undefined : to).join('\n');
}

/** The cells of the table in a text, row by row, without the head. */
export function rowsOf(text: string): string[][] {
  const [, rule = '', ...rows] = text.split('\n').filter((line) => line.startsWith('|'));
  if (!/^[|-]+$/.test(rule)) throw new Error('expected one table');
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** What stands in backquotes. */
export function codesIn(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}

/** The source of the only Mermaid diagram in a text. */
export function diagramIn(text: string): string {
  const [first, ...others] = [...text.matchAll(/^```mermaid\n([\s\S]*?)^```$/gm)];
  if (first?.[1] === undefined || others.length > 0) throw new Error('expected one diagram');
  return first[1];
}
