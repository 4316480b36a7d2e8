/** Schemathesis, on the gateway's description of itself. */
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { testTool } from './test-tools.js';

export interface FuzzOptions {
  /** Of the gateway. */
  readonly url: string;
  readonly apiKey: string;
  /** For its configuration and what it keeps. */
  readonly directory: string;
  /** One that there is. */
  readonly connection: { readonly organizationId: string; readonly vpcId: string };
  /** At most, of each operation. */
  readonly examples: number;
  readonly phases: string;
}

/** @returns how many requests there were, and what it says where it found something */
export async function fuzz({
  url,
  apiKey,
  directory,
  connection,
  examples,
  phases,
}: FuzzOptions): Promise<{ requests: number; complaints: string }> {
  const config = join(directory, 'schemathesis.toml');
  await writeFile(config, configuration(connection));
  const { code, output } = await run(directory, [
    ...['--config-file', config, 'run', `${url}/openapi.json`],
    ...['--header', `Authorization: Bearer ${apiKey}`, '--seed', '1', '--workers', '1'],
    ...['--phases', phases, '--max-examples', String(examples)],
    ...['--request-timeout', '30', '--no-color'],
  ]);
  return {
    requests: Number(/(\d+) generated, \1 passed/.exec(output)?.[1] ?? 0),
    complaints: code === 0 ? '' : `ended with ${String(code)}: ${output.slice(-8_000)}`,
  };
}

/**
 * Three operations get a connection that there is, the others what comes. That data is valid by the description and still
 * refused is no failure: JSON Schema knows nothing of host bits, or of ranges that lie within each other.
 */
function configuration({ organizationId, vpcId }: FuzzOptions['connection']): string {
  return `
continue-on-failure = true
[checks]
positive_data_acceptance.enabled = false
negative_data_rejection.expected-statuses = ["4xx"]
[[operations]]
include-operation-id = ["getPeering", "changePeering", "decidePeering"]
parameters = { "path.org" = "${organizationId}", "path.vpc" = "${vpcId}" }
`;
}

function run(cwd: string, args: readonly string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(testTool('python'), ['-m', 'schemathesis.cli', ...args], { cwd });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}
