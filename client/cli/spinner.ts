import type { Screen } from './screen.js';

/** Shows a person that something is under way; does nothing where nobody watches. */
export interface Spinner {
  say(text: string): void;
  /** Prints a line above the spinner. */
  print(text: string): void;
  stop(): void;
}

export async function startSpinner(screen: Screen, text: string): Promise<Spinner> {
  const print = (line: string): void => {
    screen.print(line);
  };
  if (screen.json || !screen.isTerminal) return { say: () => undefined, print, stop: () => undefined };
  const { default: ora } = await import('ora');
  // With standard input discarded, a terminal's Ctrl-C would not come as a signal.
  const spinner = ora({ text, discardStdin: false }).start();
  return {
    say: (next) => {
      spinner.text = next;
    },
    print: (line) => {
      spinner.stop();
      print(line);
      spinner.start();
    },
    stop: () => void spinner.stop(),
  };
}
