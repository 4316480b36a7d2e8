import type { PeeringStatus } from '../../contract/status.js';
import { type StackCustomer, type StackWorld } from '../harness/stack.js';
import { until } from '../harness/until.js';
import { at, temporalCli, type CliAnswer, type TemporalCli } from './temporal-cli.js';

/** Somebody who has the `temporal` binary and the interface's page, and none of our code. */
export interface OutsideCaller {
  readonly cli: TemporalCli;
  /** Asks for the peering, as the interface says that starters do. */
  start(customer: StackCustomer): Promise<CliAnswer>;
  /** Answer of the query `status`. */
  status(workflowId: string): Promise<unknown>;
  untilState(workflowId: string, state: PeeringStatus['state']): Promise<unknown>;
  signal(workflowId: string, name: string, input: unknown): Promise<CliAnswer>;
  /** Workflow ids that a visibility query finds, sorted. */
  list(query: string): Promise<string[]>;
}

export function outsideCaller({ stack }: StackWorld): Promise<OutsideCaller> {
  return outsideCallerAt(stack.temporal.address, stack.namespace);
}

export async function outsideCallerAt(address: string, namespace = 'default'): Promise<OutsideCaller> {
  const cli = await temporalCli(address, namespace);
  const status = async (workflowId: string): Promise<unknown> => {
    const { json } = await cli('query', '--workflow-id', workflowId, '--type', 'status');
    return at(json, 'queryResult', 0);
  };
  return {
    cli,
    status,
    start: ({ provisionId, request }) =>
      cli(
        ...['start', '--type', 'provisionPeering', '--task-queue', 'causeway', '--workflow-id', provisionId],
        ...['--id-conflict-policy', 'UseExisting', '--id-reuse-policy', 'AllowDuplicate'],
        ...['--input', JSON.stringify(request)],
      ),
    untilState: (workflowId, state) =>
      until(`${workflowId} is ${state}`, async () => {
        const seen = await status(workflowId);
        return at(seen, 'state') === state ? seen : undefined;
      }),
    signal: (workflowId, name, input) =>
      cli('signal', '--workflow-id', workflowId, '--name', name, '--input', JSON.stringify(input)),
    list: async (query) => {
      const { json } = await cli('list', '--query', query);
      return (Array.isArray(json) ? json : [])
        .map((run) => String(at(run, 'execution', 'workflowId')))
        .sort();
    },
  };
}
