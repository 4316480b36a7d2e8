const MARK_LENGTH = 8;
const ALPHABET = 36;

/**
 * The holders that a full shard passed on to the next one, so that asking again takes the same way though room has
 * appeared meanwhile: a holder that had two blocks would lose track of one.
 *
 * A mark is a digest of 41 bits, 8 characters: with 50,000 marks, one in 40 million other holders is taken for a marked one.
 * It then gets its block of the next shard, which is as good.
 */
export class PassedOn {
  readonly #marks: Set<string>;

  /** @param marks as `toString` gave them */
  constructor(marks: string) {
    this.#marks = new Set(marks.match(/.{8}/g) ?? []);
  }

  has(holder: string): boolean {
    return this.#marks.has(markOf(holder));
  }

  add(holder: string): void {
    this.#marks.add(markOf(holder));
  }

  delete(holder: string): void {
    this.#marks.delete(markOf(holder));
  }

  toString(): string {
    return [...this.#marks].join('');
  }
}

/** Two rounds of FNV-1a with different offsets, for it has to be the same in every process and version. */
function markOf(holder: string): string {
  const digest = fnv(holder, 0x811c9dc5) * 512 + (fnv(holder, 0x01234567) % 512);
  return digest.toString(ALPHABET).padStart(MARK_LENGTH, '0').slice(-MARK_LENGTH);
}

function fnv(text: string, offset: number): number {
  let hash = offset;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
