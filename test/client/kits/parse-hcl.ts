import { spawnSync } from 'node:child_process';
import { testTool } from '../../harness/test-tools.js';

const PARSE_ALL =
  'import hcl2, json, sys; print(json.dumps([hcl2.loads(text) for text in json.load(sys.stdin)]))';

/** Each text as an HCL parser reads it; literals stay as they are written. Throws when one of them cannot be parsed. */
export function parseHcl(texts: readonly string[]): unknown[] {
  const { status, stdout, stderr } = spawnSync(testTool('python'), ['-c', PARSE_ALL], {
    input: JSON.stringify(texts),
    encoding: 'utf8',
    maxBuffer: 50_000_000,
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as unknown[];
}
