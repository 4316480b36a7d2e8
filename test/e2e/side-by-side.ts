type Story = () => Promise<void>;

/** Stories that one stack plays at the same time; each is a test's own to wait for. */
export class SideBySide {
  readonly #playing = new Map<string, Promise<void>>();

  constructor(private readonly stories: Readonly<Record<string, Story>>) {}

  get names(): string[] {
    return Object.keys(this.stories);
  }

  /** Starts them all; what goes wrong in one is told to whoever waits for it. */
  start(): void {
    for (const [name, play] of Object.entries(this.stories)) {
      const playing = play();
      playing.catch(() => undefined);
      this.#playing.set(name, playing);
    }
  }

  /** @throws what went wrong in the story */
  async end(name: string): Promise<void> {
    const playing = this.#playing.get(name);
    if (playing === undefined) throw new Error(`the story has not been started: ${name}`);
    await playing;
  }

  /** Resolves once it is over, however it went; for a story that needs what another one uses. */
  async over(name: string): Promise<void> {
    await this.#playing.get(name)?.catch(() => undefined);
  }

  /** Resolves once none is under way any more, however they went. */
  async allOver(): Promise<void> {
    await Promise.allSettled(this.#playing.values());
  }
}
