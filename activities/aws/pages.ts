/** All that a paginated describe call answers, from its first page to its last. */
export async function allOf<Page, T>(
  pages: AsyncIterable<Page>,
  listOf: (page: Page) => T[] | undefined,
): Promise<T[]> {
  const found: T[] = [];
  for await (const page of pages) found.push(...(listOf(page) ?? []));
  return found;
}
