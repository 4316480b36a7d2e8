import type { CliEnvironment } from './environment.js';
import type { Screen } from './screen.js';

/** What every command gets besides its own arguments and options. */
export interface CliContext {
  readonly environment: CliEnvironment;
  readonly screen: Screen;
}
