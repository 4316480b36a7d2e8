import Table from 'cli-table3';
import ora, { type Ora } from 'ora';
import pc from 'picocolors';

const WITHOUT_LINES_BETWEEN_ROWS = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' };

/** Tells what happens: in a terminal with colour and a spinner, otherwise in plain lines. */
export class Narrator {
  readonly #spinner: Ora | null;
  readonly #colors: ReturnType<typeof pc.createColors>;

  constructor(private readonly out: NodeJS.WriteStream = process.stdout) {
    // A terminal without a width, as some build machines have, would keep the spinner from ever drawing a line.
    const canSpin = out.columns > 0 && out.isTTY;
    this.#spinner = canSpin ? ora({ stream: out, discardStdin: false }) : null;
    // By itself the library colours whatever a build machine writes to its log, too.
    this.#colors = pc.createColors(canSpin && pc.isColorSupported);
  }

  heading(text: string): void {
    this.#spinner?.stop();
    this.out.write(`\n${this.#colors.bold(text)}\n`);
  }

  line(text: string): void {
    this.#aside(() => this.out.write(`${text}\n`));
  }

  done(text: string): void {
    if (this.#spinner?.isSpinning === true) this.#spinner.succeed(text);
    else this.line(`${this.#colors.green('✔')} ${text}`);
  }

  /** Shows that `work` is under way, and says when it is done, or that it failed. */
  async step<T>(text: string, work: () => Promise<T>): Promise<T> {
    const begun = Date.now();
    if (this.#spinner === null) this.line(`… ${text}`);
    else this.#spinner.start(text);
    try {
      const result = await work();
      this.done(`${text} ${this.#colors.dim(`(${((Date.now() - begun) / 1_000).toFixed(1)} s)`)}`);
      return result;
    } catch (error) {
      if (this.#spinner?.isSpinning === true) this.#spinner.fail(text);
      throw error;
    }
  }

  table(title: string, head: readonly string[], rows: readonly (readonly string[])[]): void {
    const table = new Table({
      head: [...head],
      style: { head: [], border: [] },
      chars: WITHOUT_LINES_BETWEEN_ROWS,
    });
    table.push(...rows.map((row) => [...row]));
    this.line(`\n${this.#colors.bold(title)}\n${table.toString()}`);
  }

  /** A line while the spinner turns goes above it. */
  #aside(write: () => void): void {
    const spinner = this.#spinner;
    if (spinner?.isSpinning !== true) {
      write();
      return;
    }
    const { text } = spinner;
    spinner.stop();
    write();
    spinner.start(text);
  }
}
