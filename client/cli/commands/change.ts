import { connectionName } from '../../../contract/names.js';
import { readChange } from '../change-file.js';
import type { CliContext } from '../context.js';
import { operatorName } from '../environment.js';
import { connectionKey } from '../input.js';
import { renderStatus } from '../render/status.js';
import { present } from '../screen.js';
import { withCauseway } from '../session.js';
import { startSpinner } from '../spinner.js';

export interface ChangeOptions {
  organization: string;
  vpc: string;
  file: string;
  by?: string;
}

/** `causeway change`: other ranges or rules for a living connection; stays until AWS has them. */
export async function change(
  { organization, vpc, file, by = operatorName() }: ChangeOptions,
  { environment, screen }: CliContext,
): Promise<void> {
  const key = connectionKey(organization, vpc);
  const wanted = await readChange(file);
  const spinner = await startSpinner(screen, `changing the access of ${connectionName(key)}`);
  const status = await withCauseway(environment, (client) => client.change(key, { ...wanted, by })).finally(
    () => spinner.stop(),
  );
  present(screen, status, (look) => `${connectionName(key)}: changed.\n\n${renderStatus(look, status)}`);
}
