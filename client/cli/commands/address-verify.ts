import type { CliContext } from '../context.js';
import { CliError, EXIT } from '../exit-status.js';
import { renderVerification } from '../render/addresses.js';
import { present } from '../screen.js';
import { withCauseway } from '../session.js';
import { startSpinner } from '../spinner.js';

/**
 * `causeway addresses verify`: the pools beside the VPCs of every region, and with `--repair` what can be mended.
 *
 * @throws CliError refused, after the report, when the two differ still
 */
export async function verify(order: { repair: boolean }, { environment, screen }: CliContext): Promise<void> {
  const spinner = await startSpinner(screen, 'comparing the pools with every region');
  const report = await withCauseway(environment, (client) => client.verifyAddresses(order)).finally(() =>
    spinner.stop(),
  );
  present(screen, report, (look) => renderVerification(look, report));
  const left = report.discrepancies.length + report.more;
  if (left === 0) return;
  const next = order.repair
    ? 'do what stands under "Held"'
    : '`causeway addresses verify --repair` mends what can be mended';
  throw new CliError(EXIT.refused, `pools and AWS differ in ${left.toString()}; ${next}`);
}
