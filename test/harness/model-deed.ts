/** What people do to a connection: when it can be done, what it does to the real one, and what is predicted to follow. */
import type { ModelledConnection } from './model-connection.js';
import type { ConnectionModel } from './model-state.js';

export interface Deed {
  may(model: ConnectionModel): boolean;
  /** What is predicted to be the case once nothing is under way any more. */
  after(model: ConnectionModel): ConnectionModel;
  do(real: ModelledConnection, model: ConnectionModel): Promise<void>;
  /** Status and all of AWS must be as before, but for the history. */
  readonly changesNothing?: true;
}

/** By what is done, in words. */
export type Deeds = Readonly<Record<string, Deed>>;
