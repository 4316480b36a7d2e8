import type { Command } from 'commander';
import type { ContextOf } from './program.js';
import type { CliContext } from './context.js';

interface Flags {
  json?: boolean;
  scope?: string;
  by?: string;
}

/** `causeway addresses …`: the pools, for operators. */
export function addAddressCommands(
  program: Command,
  { contextOf, withJson }: { contextOf: ContextOf; withJson: (command: Command) => Command },
): void {
  const addresses = program
    .command('addresses')
    .description('who holds which address block, and what an operator may do about it');
  const command = (name: string): Command => withJson(addresses.command(name));
  const scoped = (name: string): Command =>
    command(name).option(
      '--scope <org>',
      'the organization whose pool is meant; not needed where addresses.uniqueness is global',
    );
  const ordered = (name: string): Command =>
    scoped(name).option('--by <name>', 'who says so, for the history (default: your user name)');

  command('report')
    .argument(
      '[org]',
      'only its pool, with every block; `global` where uniqueness is global, `customer:VPC` of one customer network',
    )
    .description('show how full the pools are, and who holds what')
    .action(async (org: string | undefined, options: Flags) => {
      const { report } = await import('./commands/address-report.js');
      await report(org ?? null, contextOf(options));
    });
  scoped('explain')
    .argument('[cidr]', 'exactly this block: whether it can be had, and who has it')
    .option('--avoid <cidr...>', 'ranges that the block may not overlap')
    .description('show which block comes next, and why each one before it is passed over')
    .action(async (cidr: string | undefined, options: Flags & { avoid?: string[] }) => {
      const { explain } = await import('./commands/address-orders.js');
      await explain({ requested: cidr ?? null, ...options }, contextOf(options));
    });
  ordered('reserve')
    .argument('<cidr>', 'a range of which no block is given out from now on')
    .requiredOption('--why <text>', 'what it is kept for; the report shows it')
    .description('keep a range for something else')
    .action(async (cidr: string, options: Flags & { why: string }) => {
      await giveOrder((orders, context) => orders.reserve({ cidr, ...options }, context), options);
    });
  command('adopt')
    .argument('<org>', "the customer's organization id")
    .argument('<vpc>', "the customer's VPC id")
    .requiredOption('--cidr <cidr>', "the block of the provider's VPC that is there already")
    .option('--by <name>', 'who says so, for the history (default: your user name)')
    .description('count a block that is in use already as held by its connection')
    .action(async (organization: string, vpc: string, options: Flags & { cidr: string }) => {
      await giveOrder((orders, context) => orders.adopt({ organization, vpc, ...options }, context), options);
    });
  ordered('release')
    .argument('<cidr>', 'a reserved range, or a block whose connection is over')
    .description('give back a reserved range, or a block that nobody uses any more')
    .action(async (cidr: string, options: Flags) => {
      await giveOrder((orders, context) => orders.release({ cidr, ...options }, context), options);
    });
  command('verify')
    .option('--repair', 'mend what can be mended safely, instead of only showing it')
    .description('compare the pools with the VPCs that AWS shows in every region')
    .action(async (options: Flags & { repair?: boolean }) => {
      const { verify } = await import('./commands/address-verify.js');
      await verify({ repair: options.repair === true }, contextOf(options));
    });

  type Orders = typeof import('./commands/address-orders.js');
  async function giveOrder(
    give: (orders: Orders, context: CliContext) => Promise<void>,
    options: Flags,
  ): Promise<void> {
    await give(await import('./commands/address-orders.js'), contextOf(options));
  }
}
