import { createReadStream } from 'node:fs';
import type { ConnectionKey } from '../../contract/names.js';
import { ANY_PROVIDER, describeProblems, parseRequest } from '../../domain/request.js';
import { isRecord } from '../../domain/request/problems.js';
import { organizationId, vpcId } from '../../domain/request/text-fields.js';
import { CausewayError } from '../causeway-error.js';
import type { WrittenRequest } from '../request-peering.js';
import { badInput } from './exit-status.js';

/** A request of a thousand ranges has 30 KB; Temporal takes 2 MiB. */
const MAX_BYTES = 1_000_000;

/** Standard input, as other commands name it. */
const STDIN = '-';

/**
 * Reads a request from a file, or from standard input for `-`, and refuses what cannot be right whatever the provider's
 * configuration is.
 *
 * @throws CliError bad input, when it is no readable JSON
 * @throws CausewayError `InvalidRequest`, naming every wrong field
 */
export async function readRequest(file: string): Promise<WrittenRequest> {
  const { name, input } = await readJson(file);
  const parsed = parseRequest(input, ANY_PROVIDER);
  if (!parsed.ok || !isRecord(input)) {
    const problems = parsed.ok ? 'request: must be an object' : describeProblems(parsed.problems);
    throw new CausewayError(
      'InvalidRequest',
      `${name} is no valid request: ${problems}; correct it and try again`,
    );
  }
  return { ...input, organizationId: parsed.request.organizationId, vpcId: parsed.request.vpcId };
}

/**
 * Reads a file, or standard input for `-`.
 *
 * @returns what it holds, and what to call it in messages
 * @throws CliError bad input, when it is no readable JSON
 */
export async function readJson(file: string): Promise<{ name: string; input: unknown }> {
  const name = file === STDIN ? 'standard input' : file;
  return { name, input: parseJson(await readText(file, name), name) };
}

/** @throws CliError bad input, naming each wrong argument */
export function connectionKey(organization: string, vpc: string): ConnectionKey {
  const problems = [
    ...problemsOf('ORG', organizationId.safeParse(organization)),
    ...problemsOf('VPC', vpcId.safeParse(vpc)),
  ];
  if (problems.length > 0) {
    throw badInput(`${problems.join('; ')}; \`causeway list\` shows the connections there are`);
  }
  return { organizationId: organization, vpcId: vpc };
}

function problemsOf(
  argument: string,
  result: { success: boolean; error?: { issues: { message: string }[] } | undefined },
): string[] {
  return (result.error?.issues ?? []).map(({ message }) => `${argument}: ${message}`);
}

/** Stops at the limit, so that a device without an end is no trouble. */
async function readText(file: string, name: string): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of file === STDIN ? process.stdin : createReadStream(file)) {
      const buffer = Buffer.from(chunk as Uint8Array);
      bytes += buffer.length;
      if (bytes > MAX_BYTES) break;
      chunks.push(buffer);
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw badInput(
      `cannot read ${name}: ${why}; name a JSON file with --file, or - for standard input`,
      error,
    );
  }
  if (bytes > MAX_BYTES)
    throw badInput(`${name} has more than 1 MB; a request or a change has a few KB, give that`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch (error) {
    throw badInput(`${name} is not UTF-8 text; save it as UTF-8`, error);
  }
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw badInput(`${name} is not JSON (${why}); docs/cli.md has examples`, error);
  }
}
