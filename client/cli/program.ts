import { Command } from 'commander';
import type { CliContext } from './context.js';
import { addAddressCommands } from './address-commands.js';
import type { OrderName, OrderOptions } from './commands/orders.js';
import { createScreen } from './screen.js';
import { readCliEnvironment } from './environment.js';

const EXIT_HELP = `
Exit status: 0 done, 2 bad input, 3 not found, 4 refused or failed, 5 cannot reach Temporal or AWS.
Environment: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and the rest of Temporal's own configuration,
CAUSEWAY_TASK_QUEUE, CAUSEWAY_CONFIG (for doctor, regions and iam), CAUSEWAY_KEYS and CAUSEWAY_PUBLIC_URL (for link),
NO_COLOR.`;

const ORDER_HELP: Record<OrderName, string> = {
  accept: 'say that the customer has accepted; Causeway looks at AWS and believes only that',
  decline: 'say that the customer declines; the request ends and is undone',
  remind: 'tell people now what a request waits for, as the configured reminders do',
  retry: 'try at once what is parked, also while it releases',
  cancel: 'end a request that is under way, and undo it',
  close: 'take a connection down; everything made for it is released',
};

/** The commands and their options. Each is loaded when it is asked for, so that help comes at once. */
export function createProgram(env: NodeJS.ProcessEnv): Command {
  const program = new Command('causeway')
    .description(
      "Private paths between a provider's connectors and its customers' AWS networks, by VPC peering.",
    )
    .addHelpText('after', EXIT_HELP)
    .exitOverride()
    // Errors are told in one place, on one line.
    .configureOutput({ outputError: () => undefined });
  const contextOf = ({ json = false }: { json?: boolean }): CliContext => {
    const environment = readCliEnvironment(env);
    return { environment, screen: createScreen({ json, plain: environment.plain }) };
  };
  addRequestCommands(program, contextOf);
  addReadingCommands(program, contextOf);
  for (const name of ['accept', 'decline', 'remind', 'retry', 'cancel', 'close'] as const)
    addOrder(name, { program, contextOf });
  addChange(program, contextOf);
  addAddressCommands(program, { contextOf, withJson });
  addKit(program, contextOf);
  addLink(program, contextOf);
  return program;
}

/** What a command gets besides its arguments, by its options. */
export type ContextOf = (options: { json?: boolean }) => CliContext;

interface RequestFlags {
  file: string;
  wait?: boolean;
  json?: boolean;
}

function addRequestCommands(program: Command, contextOf: ContextOf): void {
  fileCommand(program, 'plan')
    .description('show what a request would build; nothing is allocated or created')
    .action(async (options: RequestFlags) => {
      const { plan } = await import('./commands/plan.js');
      await plan(options, contextOf(options));
    });
  fileCommand(program, 'request')
    .description('request a peering; the customer accepts it in AWS')
    .option('--wait', 'stay until the connection is active or over, printing its history')
    .action(async (options: RequestFlags) => {
      const { request } = await import('./commands/request.js');
      await request(options, contextOf(options));
    });
}

function addReadingCommands(program: Command, contextOf: ContextOf): void {
  connectionCommand(program, 'status')
    .description('show where a connection stands, who is next, and its history')
    .action(async (organization: string, vpc: string, options: { json?: boolean }) => {
      const { status } = await import('./commands/status.js');
      await status({ organization, vpc }, contextOf(options));
    });
  connectionCommand(program, 'history')
    .description('show who did what when, with the request ids of AWS')
    .action(async (organization: string, vpc: string, options: { json?: boolean }) => {
      const { history } = await import('./commands/history.js');
      await history({ organization, vpc }, contextOf(options));
    });
  withJson(program.command('list'))
    .description('list all connections, those that ended included')
    .option('--state <state>', 'only those in this state, such as active or awaiting-acceptance')
    .action(async (options: { state?: string; json?: boolean }) => {
      const { list } = await import('./commands/list.js');
      await list(options, contextOf(options));
    });
  withJson(program.command('sweep'))
    .description('look for what Causeway made in AWS and nobody owns any more')
    .option('--delete', 'delete what has been without an owner for an hour, instead of only showing it')
    .action(async (options: { delete?: boolean; json?: boolean }) => {
      const { sweep } = await import('./commands/sweep.js');
      await sweep({ delete: options.delete === true }, contextOf(options));
    });
  withJson(program.command('regions'))
    .description('rank the regions for the provider by their round trip, and say where the figures are from')
    .option('--from <region>', "the customer's region (default: each configured region in turn)")
    .option('--all', 'every known region, not only those of the configuration')
    .action(async (options: { from?: string; all?: boolean; json?: boolean }) => {
      const { regions } = await import('./commands/regions.js');
      await regions({ ...options, all: options.all === true }, contextOf(options));
    });
  withJson(program.command('iam'))
    .description("print the least permissions of the worker's roles in AWS, for this configuration")
    .option('--role <role>', 'only that of this role: provision, observe or release')
    .action(async (options: { role?: string; json?: boolean }) => {
      const { iam } = await import('./commands/iam.js');
      await iam(options, contextOf(options));
    });
  withJson(program.command('doctor'))
    .description('check everything Causeway depends on, and say what is wrong and what to do')
    .action(async (options: { json?: boolean }) => {
      const { doctor } = await import('./commands/doctor.js');
      await doctor(contextOf(options));
    });
}

function addOrder(name: OrderName, { program, contextOf }: { program: Command; contextOf: ContextOf }): void {
  const command = connectionCommand(program, name).description(ORDER_HELP[name]);
  if (name !== 'cancel')
    command.option('--by <name>', 'who says so, for the history (default: your user name)');
  if (name === 'decline' || name === 'close') command.option('--reason <text>', 'why, for the history');
  if (name === 'decline')
    command.option('--avoid <ranges>', "what the customer's network uses, such as 10.0.0.0/8,172.16.0.0/12");
  command.action(
    async (
      organization: string,
      vpc: string,
      options: Pick<OrderOptions, 'by' | 'reason' | 'avoid'> & { json?: boolean },
    ) => {
      const { giveOrder } = await import('./commands/orders.js');
      await giveOrder(name, { organization, vpc, ...options }, contextOf(options));
    },
  );
}

function addChange(program: Command, contextOf: ContextOf): void {
  connectionCommand(program, 'change')
    .description('give a connection other ranges or ports, without a gap in what stays allowed')
    .requiredOption('--file <file>', 'the change, as JSON; - reads standard input')
    .option('--by <name>', 'who says so, for the history (default: your user name)')
    .action(
      async (organization: string, vpc: string, options: { file: string; by?: string; json?: boolean }) => {
        const { change } = await import('./commands/change.js');
        await change({ organization, vpc, ...options }, contextOf(options));
      },
    );
}

function addKit(program: Command, contextOf: ContextOf): void {
  connectionCommand(program, 'kit')
    .description("print what the customer's network administrator is to do, as steps, script or template")
    .requiredOption('--format <format>', 'console, cli, terraform or cloudformation')
    .option('--out <file>', 'write it to this file instead')
    .action(
      async (
        organization: string,
        vpc: string,
        options: { format: string; out?: string; json?: boolean },
      ) => {
        const { kit } = await import('./commands/kit.js');
        await kit({ organization, vpc, ...options }, contextOf(options));
      },
    );
}

function addLink(program: Command, contextOf: ContextOf): void {
  connectionCommand(program, 'link')
    .description("make the link to the customer's page; it revokes the earlier ones")
    .option('--days <days>', 'how long it is open, 1 to 7 days (default: 7)')
    .option('--by <name>', 'who says so, for the history (default: your user name)')
    .action(
      async (organization: string, vpc: string, options: { days?: string; by?: string; json?: boolean }) => {
        const { link } = await import('./commands/link.js');
        await link({ organization, vpc, ...options }, contextOf(options));
      },
    );
}

function fileCommand(program: Command, name: string): Command {
  return withJson(program.command(name)).requiredOption(
    '--file <file>',
    'the request, as JSON; - reads standard input',
  );
}

function connectionCommand(program: Command, name: string): Command {
  return withJson(program.command(name))
    .argument('<org>', "the customer's organization id")
    .argument('<vpc>', "the customer's VPC id");
}

function withJson(command: Command): Command {
  return command.option('--json', 'print one JSON document instead of text');
}
