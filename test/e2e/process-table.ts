import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

interface TableEntry {
  readonly pid: number;
  readonly parent: number;
  /** It has ended, and nobody has asked yet how. */
  readonly isZombie: boolean;
}

/** Ids of all processes that descend from this one. */
export async function descendantsOf(pid: number): Promise<number[]> {
  const table = await processTable();
  const found = [pid];
  for (const ancestor of found) {
    found.push(...table.filter(({ parent }) => parent === ancestor).map((entry) => entry.pid));
  }
  return found.slice(1);
}

/** Those of these that still run. */
export async function stillRunning(pids: readonly number[]): Promise<number[]> {
  const table = await processTable();
  return table.filter(({ pid, isZombie }) => !isZombie && pids.includes(pid)).map(({ pid }) => pid);
}

/** From `/proc` where there is one: slim Linux images have no `ps`. */
function processTable(): Promise<TableEntry[]> {
  return process.platform === 'linux' ? tableOfProc() : tableOfPs();
}

async function tableOfProc(): Promise<TableEntry[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const entries = await Promise.all(
    pids.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
      // The name, in parentheses, may hold anything.
      const [state = '', parent = ''] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
      return stat === null ? [] : [{ pid: Number(pid), parent: Number(parent), isZombie: state === 'Z' }];
    }),
  );
  return entries.flat();
}

async function tableOfPs(): Promise<TableEntry[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,stat=']);
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .map(([pid, parent, stat = '']) => ({
      pid: Number(pid),
      parent: Number(parent),
      isZombie: stat.startsWith('Z'),
    }));
}
