/** What was begun and how to undo it, registered before it is done, undone last in, first out. */
export class Compensations {
  readonly #undos: { name: string; undo: () => Promise<void> }[] = [];

  /**
   * Registers before the step: whatever the step did, also when its reply was lost, is undone. A step that is gone through
   * again keeps its place.
   */
  register(name: string, undo: () => Promise<void>): void {
    if (this.pending.includes(name)) return;
    this.#undos.push({ name, undo });
  }

  get pending(): string[] {
    return this.#undos.map(({ name }) => name);
  }

  /** What was done has another owner now, and is not this run's to undo. */
  handOver(): void {
    this.#undos.splice(0);
  }

  /** An undo that fails keeps those registered before it: a block is not given back while its VPC may live. */
  async run(): Promise<void> {
    for (let next = this.#undos.at(-1); next !== undefined; next = this.#undos.at(-1)) {
      await next.undo();
      this.#undos.pop();
    }
  }
}
