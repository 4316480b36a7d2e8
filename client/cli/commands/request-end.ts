import { connectionName } from '../../../contract/names.js';
import type { PeeringStatus } from '../../../contract/status.js';
import { isEndState } from '../../../domain/lifecycle.js';
import { CausewayError } from '../../causeway-error.js';
import { CliError, EXIT } from '../exit-status.js';

/**
 * @throws CausewayError when the request failed, with the run's own code
 * @throws CliError refused, when it ended in another way
 */
export function requireNoEnd({ state, failure, organizationId, customer }: PeeringStatus): void {
  if (!isEndState(state)) return;
  const connection = connectionName({ organizationId, vpcId: customer.vpcId });
  if (failure !== null) {
    throw new CausewayError(failure.code, `${failure.code}: ${failure.message}. ${failure.nextStep}`);
  }
  throw new CliError(
    EXIT.refused,
    `the request of ${connection} is ${state}; request again if that was not meant`,
  );
}
