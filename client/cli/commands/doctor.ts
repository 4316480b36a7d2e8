import type { CliContext } from '../context.js';
import type { Check, Finding } from '../doctor/check.js';
import { examine } from '../doctor/examine.js';
import { CliError, EXIT } from '../exit-status.js';
import { renderChecks } from '../render/checks.js';
import { present } from '../screen.js';
import { startSpinner } from '../spinner.js';

/** `causeway doctor`: each dependency, what is wrong with it and what to do. */
export async function doctor({ environment, screen }: CliContext): Promise<void> {
  const spinner = await startSpinner(screen, 'looking at everything Causeway needs');
  const findings = await examine(environment).finally(() => spinner.stop());
  const checks = findings.map(({ name, ok, detail, next }): Check => ({ name, ok, detail, next }));
  present(screen, { ok: checks.every(({ ok }) => ok === true), checks }, (look) =>
    renderChecks(look, checks),
  );
  refuseUnlessWell(findings);
}

/** @throws CliError refused or unreachable, naming what is wrong */
function refuseUnlessWell(findings: readonly Finding[]): void {
  const bad = findings.filter(({ ok }) => ok === false);
  if (bad.length === 0) return;
  const status = bad.some(({ unreachable }) => unreachable === true) ? EXIT.unreachable : EXIT.refused;
  const named = bad.map(({ name }) => name).join(', ');
  throw new CliError(status, `not well: ${named}; do what stands under "next", from the top`);
}
