import type { PagesSettings } from './parts.js';

const DEFAULT_PUBLIC_URL = 'http://localhost:3000';
const DEFAULT_CONSOLE = 'https://{region}.console.aws.amazon.com';
const LONGEST_NAME = 80;

/**
 * Where people reach the gateway and what else its pages point to.
 *
 * @throws Error with a line for every variable that is wrong
 */
export function readPagesSettings(env: NodeJS.ProcessEnv, namespace: string): PagesSettings {
  const problems: string[] = [];
  const address = <T extends string | null>(name: string, otherwise: T): string | T => {
    const text = env[name] ?? '';
    if (text === '') return otherwise;
    // A region is no more than a label of the host's name.
    if (isAddress(text.replaceAll('{region}', 'region'))) return text.replace(/\/+$/, '');
    problems.push(`${name} must be an address such as https://example.com`);
    return otherwise;
  };
  const providerName = env['CAUSEWAY_PROVIDER_NAME'] ?? '';
  if (providerName.length > LONGEST_NAME || /[\p{Cc}\p{Cf}]/u.test(providerName))
    problems.push(`CAUSEWAY_PROVIDER_NAME must have at most ${LONGEST_NAME} plain characters`);
  const settings = {
    publicUrl: address('CAUSEWAY_PUBLIC_URL', DEFAULT_PUBLIC_URL),
    providerName: providerName === '' ? null : providerName,
    consoleAddress: address('CAUSEWAY_AWS_CONSOLE', DEFAULT_CONSOLE),
    temporalUi: address('CAUSEWAY_TEMPORAL_UI', null),
    namespace,
  };
  if (problems.length > 0) throw new Error(problems.join('\n  '));
  return settings;
}

function isAddress(text: string): boolean {
  try {
    const { protocol, username, password, search, hash } = new URL(text);
    return /^https?:$/.test(protocol) && [username, password, search, hash].every((part) => part === '');
  } catch {
    return false;
  }
}
