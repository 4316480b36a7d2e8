import type { PeeringState } from '../../../domain/lifecycle.js';
import type { ListedPeering } from '../../list-peerings.js';
import type { Look } from './look.js';
import { statePaint } from './states.js';
import { table } from './table.js';
import { pastText } from './times.js';

export function renderList(look: Look, peerings: readonly ListedPeering[], wanted?: PeeringState): string {
  if (peerings.length === 0) {
    return wanted === undefined
      ? 'There are no connections. `causeway request --file request.json` requests one.'
      : `No connection is ${wanted}. \`causeway list\` shows all.`;
  }
  return table(look, {
    head: ['STATE', 'ORG', 'VPC', 'REGION', 'ACCOUNT', 'PEERING', 'STARTED'],
    rows: peerings.map((peering) => [
      { text: peering.state, paint: statePaint(look, peering.state) },
      peering.organizationId,
      peering.vpcId,
      peering.providerRegion ?? '-',
      peering.customerAccountId ?? '-',
      peering.peeringConnectionId ?? '-',
      pastText(peering.startedAt, look.now),
    ]),
  });
}
