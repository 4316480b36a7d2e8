import { parseArgs } from 'node:util';
import { activations } from './activations.js';
import { addresses } from './addresses.js';
import { pool } from './pool.js';
import { printReport, type Benchmark } from './report.js';

/** A further benchmark is a file of its own and a line here. */
const BENCHMARKS: Readonly<Record<string, Benchmark>> = { addresses, pool, activations };

const USAGE = [
  'usage: npm run bench -- NAME [--json]',
  '',
  ...Object.entries(BENCHMARKS).map(([name, { description }]) => `  ${name.padEnd(12)}${description}`),
  '',
  '  --json      one JSON object at the end, every figure with its unit',
].join('\n');

const MOST_SHOWN = 20;

/** @returns the exit status: 1 where something happened that never may, 2 for arguments that cannot be understood */
async function main(argv: readonly string[]): Promise<number> {
  const read = readArguments(argv);
  if (typeof read === 'string') {
    process.stderr.write(`${read}\n\n${USAGE}\n`);
    return 2;
  }
  const { name, isHelp, isJson } = read;
  if (isHelp) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const benchmark = BENCHMARKS[name];
  if (benchmark === undefined) {
    const problem = name === '' ? 'which benchmark?' : `there is no benchmark ${JSON.stringify(name)}`;
    process.stderr.write(`${problem}\n\n${USAGE}\n`);
    return 2;
  }
  const measured = await benchmark.run();
  printReport(name, measured, isJson);
  const { violations = [] } = measured;
  for (const violation of violations.slice(0, MOST_SHOWN)) process.stderr.write(`VIOLATED: ${violation}\n`);
  return violations.length === 0 ? 0 : 1;
}

function readArguments(argv: readonly string[]): string | { name: string; isHelp: boolean; isJson: boolean } {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    });
    if (positionals.length > 1) return `one benchmark at a time, not ${positionals.join(' ')}`;
    return {
      name: positionals[0] ?? '',
      isHelp: values.help ?? false,
      isJson: values.json ?? false,
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

process.exitCode = await main(process.argv.slice(2));
