import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

function bench(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const command = ['--import', 'tsx', 'bench/main.ts', ...args];
  return spawnSync(process.execPath, command, { cwd: ROOT, encoding: 'utf8', timeout: 50_000 });
}

describe('npm run bench', () => {
  it('says which benchmarks there are', () => {
    const { status, stdout } = bench('--help');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^usage: npm run bench -- NAME \[--json\]\n\n {2}addresses +\S/);
  });

  it.each([
    [['nonsense'], 'there is no benchmark "nonsense"'],
    [[], 'which benchmark?'],
    [['addresses', 'pool'], 'one benchmark at a time, not addresses pool'],
    [['addresses', '--fast'], "Unknown option '--fast'"],
  ])('refuses %j without measuring anything', (args, problem) => {
    const { status, stdout, stderr } = bench(...args);
    expect(stderr).toContain(problem);
    expect(stderr).toContain('usage: npm run bench -- NAME');
    expect([status, stdout]).toEqual([2, '']);
  });
});
