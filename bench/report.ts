import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** One measured number. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  /** Of the best round, and of the one in the middle. */
  readonly best: number;
  readonly median: number;
  readonly rounds: number;
  readonly target?: { readonly atMost: number } | { readonly atLeast: number };
  /** What was measured, as far as the name does not tell. */
  readonly note?: string;
}

export interface Measured {
  readonly figures: readonly Figure[];
  /** Packages that were measured beside ours. */
  readonly compared: readonly string[];
  /** How the work is laid out. */
  readonly setting: string;
  /** What must never happen, one line each: it fails the command. */
  readonly violations?: readonly string[];
}

export interface Benchmark {
  readonly description: string;
  readonly run: () => Measured | Promise<Measured>;
}

/** Sentences for people, or a single JSON object. Targets are named, never asserted: machines differ. */
export function printReport(name: string, measured: Measured, isJson: boolean): void {
  const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version };
  const versions = Object.fromEntries(measured.compared.map((pkg) => [pkg, versionOf(pkg)]));
  const lines = [
    `${name} on ${machine.cpu}, ${machine.cores} cores, Node ${machine.node}`,
    measured.setting,
    ...Object.entries(versions).map(([pkg, version]) => `compared with ${pkg} ${version}`),
    '',
    ...measured.figures.map(lineOf),
  ];
  // With --json as well, for the person who waits; what reads the JSON takes the last line.
  (isJson ? process.stderr : process.stdout).write(`${lines.join('\n')}\n`);
  if (!isJson) return;
  const { figures, setting } = measured;
  process.stdout.write(`${JSON.stringify({ benchmark: name, machine, versions, setting, figures })}\n`);
}

function lineOf({ name, unit, best, median, target, note }: Figure): string {
  const goal =
    target === undefined
      ? ''
      : 'atMost' in target
        ? `target at most ${shown(target.atMost)}: ${best <= target.atMost ? 'met' : 'MISSED'}`
        : `target at least ${shown(target.atLeast)}: ${best >= target.atLeast ? 'met' : 'MISSED'}`;
  const measured = `${shown(best).padStart(14)} ${unit.padEnd(10)} median ${shown(median).padStart(12)}`;
  return [`${name.padEnd(40)}${measured}`, goal, note ?? ''].filter((part) => part !== '').join('  ');
}

function shown(value: number): string {
  const digits = Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0;
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}

/** Of the package that is installed, not of the one that was asked for. */
function versionOf(pkg: string): string {
  const file = new URL(`../node_modules/${pkg}/package.json`, import.meta.url);
  const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const version =
    typeof parsed === 'object' && parsed !== null && 'version' in parsed ? parsed.version : null;
  return typeof version === 'string' ? version : 'unknown';
}
