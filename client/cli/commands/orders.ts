import { connectionName, type ConnectionKey } from '../../../contract/names.js';
import type { DeclineNotice } from '../../../contract/messages.js';
import { writtenCidrs } from '../../../domain/request/avoided-cidrs.js';
import type { CausewayClient } from '../../causeway-client.js';
import type { CliContext } from '../context.js';
import { operatorName } from '../environment.js';
import { badInput } from '../exit-status.js';
import { connectionKey } from '../input.js';
import { present } from '../screen.js';
import { withCauseway } from '../session.js';

/** The commands that tell a run something, and end once it has been told. */
export type OrderName = 'accept' | 'decline' | 'remind' | 'retry' | 'cancel' | 'close';

export interface OrderOptions {
  organization: string;
  vpc: string;
  by?: string;
  reason?: string;
  /** Ranges that the customer's network uses, separated by commas. */
  avoid?: string;
}

interface Order {
  give: (client: CausewayClient, key: ConnectionKey, said: DeclineNotice & { by: string }) => Promise<void>;
  /** What follows, as a sentence. */
  outcome: string;
}

const ORDERS: Record<OrderName, Order> = {
  accept: {
    give: (client, key, { by }) => client.accept(key, by),
    outcome: 'Causeway looks at AWS now, and believes only what AWS shows.',
  },
  decline: {
    give: (client, key, said) => client.decline(key, said),
    outcome: 'The request ends and what was made is released, unless AWS shows that it is accepted.',
  },
  remind: {
    give: (client, key, { by }) => client.remind(key, by),
    outcome: 'A reminder is in the log of the worker, and on its way to the webhook where there is one.',
  },
  retry: {
    give: (client, key, { by }) => client.retry(key, by),
    outcome: 'What AWS refused is tried now; should it be refused again, it waits for its next turn.',
  },
  cancel: {
    give: (client, key, { by }) => client.cancel(key, { by }),
    outcome: 'The request is being undone.',
  },
  close: {
    give: (client, key, { by, reason }) =>
      client.close(key, { by, ...(reason === undefined ? {} : { reason }) }),
    outcome: 'The connection is being taken down; everything made for it is released.',
  },
};

/** `causeway accept|decline|remind|retry|cancel|close`. */
export async function giveOrder(
  name: OrderName,
  options: OrderOptions,
  { environment, screen }: CliContext,
): Promise<void> {
  const key = connectionKey(options.organization, options.vpc);
  const { give, outcome } = ORDERS[name];
  const said = {
    by: options.by ?? operatorName(),
    ...(options.reason === undefined ? {} : { reason: options.reason }),
    ...(options.avoid === undefined ? {} : { avoidCidrs: avoidedRanges(options.avoid) }),
  };
  await withCauseway(environment, (client) => give(client, key, said));
  const follow = `\`causeway status ${key.organizationId} ${key.vpcId}\` shows how it goes.`;
  present(
    screen,
    { ...key, told: name, outcome },
    () => `${connectionName(key)}: told to ${name}. ${outcome}\n${follow}`,
  );
}

/** @throws CliError bad input, naming what is no range */
function avoidedRanges(text: string): string[] {
  const written = writtenCidrs(text);
  if (written.ok) return written.cidrs;
  throw badInput(`--avoid: ${written.problems.join('; ')}; write ranges such as 10.0.0.0/8,172.16.0.0/12`);
}
