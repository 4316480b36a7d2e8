/** Whatever a fuzzer makes of the API's own description, against the real parts. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { LocalGateway } from '../../local/gateway.js';
import { STACK_START_MS, startStackWorld, type StackCustomer, type StackWorld } from '../harness/stack.js';
import { testTool } from '../harness/test-tools.js';

const EXAMPLES_PER_OPERATION = 190;
const REQUESTS_AT_LEAST = 2_000;

let world: StackWorld;
let gateway: LocalGateway;
let directory: string;

beforeAll(async () => {
  [world, directory] = await Promise.all([startStackWorld(), mkdtemp(join(tmpdir(), 'causeway-fuzzing-'))]);
  gateway = await world.stack.startGateway({ env: { CAUSEWAY_REQUESTS_PER_MINUTE: '1000000' } });
}, STACK_START_MS);
afterAll(async () => {
  await world.stop();
  await rm(directory, { recursive: true });
});

it('finds no answer that the description does not allow, in 2,000 requests and more', async () => {
  const customer = await world.newCustomer();
  await requested(customer);
  const config = join(directory, 'schemathesis.toml');
  await writeFile(config, fuzzing(customer));
  const { code, output } = await fuzz(config);
  const requests = Number(/(\d+) generated, \1 passed/.exec(output)?.[1] ?? 0);
  expect({ code, output: code === 0 ? '' : output.slice(-8_000) }).toEqual({ code: 0, output: '' });
  expect(requests).toBeGreaterThan(REQUESTS_AT_LEAST);
  expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200);
}, 600_000);

async function requested({ request }: StackCustomer): Promise<void> {
  const { status } = await fetch(`${gateway.url}/v1/peerings`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${gateway.apiKey}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(request),
  });
  expect(status).toBe(202);
}

/**
 * Three operations get a connection that there is, the others what comes. That data is valid by the description and still
 * refused is no failure: JSON Schema knows nothing of host bits, or of ranges that lie within each other.
 */
function fuzzing({ request }: StackCustomer): string {
  return `
continue-on-failure = true
[checks]
positive_data_acceptance.enabled = false
negative_data_rejection.expected-statuses = ["4xx"]
[[operations]]
include-operation-id = ["getPeering", "changePeering", "decidePeering"]
parameters = { "path.org" = "${request.organizationId}", "path.vpc" = "${request.vpcId}" }
`;
}

function fuzz(config: string): Promise<{ code: number | null; output: string }> {
  const options = ['--header', `Authorization: Bearer ${gateway.apiKey}`, '--seed', '1', '--workers', '1'];
  const extent = ['--phases', 'examples,coverage,fuzzing', '--max-examples', String(EXAMPLES_PER_OPERATION)];
  return new Promise((resolve, reject) => {
    const child = spawn(
      testTool('python'),
      [
        ...['-m', 'schemathesis.cli', '--config-file', config, 'run', `${gateway.url}/openapi.json`],
        ...options,
        ...extent,
        ...['--request-timeout', '30', '--no-color'],
      ],
      { cwd: directory },
    );
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}
