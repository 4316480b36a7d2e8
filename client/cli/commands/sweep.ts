import type { CliContext } from '../context.js';
import { CliError, EXIT } from '../exit-status.js';
import { renderSweep } from '../render/sweep.js';
import { present } from '../screen.js';
import { withCauseway } from '../session.js';
import { startSpinner } from '../spinner.js';

/**
 * `causeway sweep`: what nobody owns, and with `--delete` its end.
 *
 * @throws CliError refused, after the report, when something could not be looked at or was not deleted
 */
export async function sweep(order: { delete: boolean }, { environment, screen }: CliContext): Promise<void> {
  const spinner = await startSpinner(screen, 'looking at every region for what nobody owns');
  const report = await withCauseway(environment, (client) => client.sweep(order)).finally(() =>
    spinner.stop(),
  );
  present(screen, report, (look) => renderSweep(look, report));
  if (report.held.length === 0) return;
  const [first = ''] = report.held;
  const others = report.held.length === 1 ? '' : ` (and ${report.held.length - 1} more)`;
  throw new CliError(EXIT.refused, `not all was swept: ${first}${others}; mend that, and sweep again`);
}
