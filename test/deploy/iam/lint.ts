import type { PolicyDocument } from '../../../client/iam/policy.js';
import { run } from '../../harness/aws-cli.js';
import { testTool } from '../../harness/test-tools.js';

/** Its command line keeps a log of its own outside the project, the library does not. */
const PARLIAMENT = `
import json, sys
import parliament
found = [f.issue for d in json.load(sys.stdin) for f in parliament.analyze_policy_string(json.dumps(d)).findings]
print(json.dumps(found))
`;

/** @returns kinds of what parliament finds in the policies */
export async function lint(policies: readonly PolicyDocument[]): Promise<unknown> {
  const { status, stdout, stderr } = await run([testTool('python'), '-W', 'ignore', '-c', PARLIAMENT], {
    env: process.env,
    input: JSON.stringify(policies),
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}
