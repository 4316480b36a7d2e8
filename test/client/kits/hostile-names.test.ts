import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { shellWord } from '../../../client/kits/cli-script.js';
import { renderKit, type KitFormat } from '../../../client/kits/formats.js';
import { kitFor, type Kit } from '../../../client/kits/kit.js';
import { present } from '../../harness/networks.js';
import { waitingStatus } from '../../harness/kits.js';
import { hostileText } from './hostile-texts.js';
import { parseHcl } from './parse-hcl.js';

/** Every free text that a status has. */
function kitOf(name: string, advice: string): Kit {
  const { plan } = waitingStatus();
  return kitFor(waitingStatus({ customerName: name, plan: { ...present(plan), advice: [advice] } }));
}

const textOf = (format: KitFormat, name: string, advice = name): string =>
  renderKit(kitOf(name, advice), format).text;

/** Answers as AWS would to one who has done everything before; each call's arguments are a line of JSON in a file. */
const STUB = `
const { appendFileSync } = require('node:fs');
const args = process.argv.slice(2);
appendFileSync(process.env.CALLS, JSON.stringify(args) + '\\n');
const kit = JSON.parse(process.env.KIT);
const { requester, accepter } = kit;
const seen = ['active', requester.accountId, requester.vpcId, requester.region, accepter.accountId, accepter.vpcId, 'True'];
const answers = {
  'get-caller-identity': accepter.accountId,
  'describe-vpc-peering-connections': seen.join('\\t'),
  'describe-route-tables': 'rtb-1\\tNone\\tNone\\tNone',
  'describe-vpc-attribute': 'True',
};
console.log(answers[args[1]] ?? '');
`;

const templateOf = (name: string): Record<string, unknown> =>
  JSON.parse(textOf('cloudformation', name)) as Record<string, unknown>;

describe('whatever a customer is called', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'causeway-names-'));
    const stub = join(directory, 'aws');
    writeFileSync(stub, `#!${process.execPath}\n${STUB}`);
    chmodSync(stub, 0o755);
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  const bash = (
    args: string[],
    input: string,
    env: NodeJS.ProcessEnv = {},
  ): { status: number | null; stdout: string; stderr: string } =>
    spawnSync('bash', args, {
      ...{ input, cwd: directory, encoding: 'utf8' },
      env: { PATH: `${directory}${delimiter}${process.env['PATH'] ?? ''}`, ...env },
    });

  /** The calls of a run, in which nothing else may have left a trace. */
  function callsOf(kit: Kit): unknown[] {
    const calls = join(directory, 'calls');
    const { status, stdout, stderr } = bash(['-s'], renderKit(kit, 'cli').text, {
      CALLS: calls,
      KIT: JSON.stringify(kit),
      ROUTE_TABLE_IDS: 'rtb-1',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain(` for ${kit.customerName}: `);
    expect(readdirSync(directory).sort()).toEqual(['aws', 'calls']);
    const lines = readFileSync(calls, 'utf8').trim().split('\n');
    rmSync(calls);
    return lines.map((line): unknown => JSON.parse(line));
  }

  it('the script is valid bash', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (name, advice) => {
        const { status, stderr } = bash(['-n'], textOf('cli', name, advice));
        expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      }),
    );
  });

  it('the script makes the calls it makes for any other, and nothing else', () => {
    const expected = callsOf(kitOf('Acme', 'Use TLS'));
    expect(expected).toContainEqual(expect.arrayContaining(['create-route']));
    fc.assert(
      fc.property(hostileText, (name) => expect(callsOf(kitOf(name, name))).toEqual(expected)),
      { numRuns: 8 },
    );
  });

  it('a word of the shell means what it is, but for what no argument can hold', () => {
    const words = fc.sample(hostileText, 200).map((text) => text.replace(/[\0\p{Cs}]/gu, ''));
    const { stdout } = bash(['-s'], `printf '%s\\0' ${words.map(shellWord).join(' ')}\n`);
    expect(stdout.split('\u0000').slice(0, -1)).toEqual(words);
  });

  it('the template is the same data, and the name is where it belongs', () => {
    fc.assert(
      fc.property(hostileText, (name) => {
        const kit = kitOf(name, name);
        const { Metadata, Description, ...rest } = templateOf(name);
        const plain = templateOf('NAME');
        expect({ ...plain, ...rest }).toEqual(plain);
        expect(Description).toBe(String(plain['Description']).replace('NAME', () => kit.customerName));
        expect(String(Description).length).toBeLessThanOrEqual(1024);
        expect(Metadata).toMatchObject({ Causeway: { customerName: kit.customerName, advice: kit.advice } });
      }),
    );
  });

  it('the Terraform parses to the same, but for the name in its output and in comments', () => {
    const names = fc.sample(hostileText, 30);
    const [plain, ...parsed] = parseHcl(['Acme', ...names].map((name) => textOf('terraform', name)));
    for (const configuration of parsed) {
      expect(configuration).toEqual({
        ...(plain as object),
        ...{ output: expect.anything(), __comments__: expect.anything() },
      });
    }
  });

  it('the steps keep their headings, and have no link, image or tag', () => {
    const headingsOf = (text: string): string[] =>
      text
        .split('\n')
        .filter((line) => /^#+ /.test(line))
        .slice(1);
    const expected = headingsOf(textOf('console', 'Acme'));
    fc.assert(
      fc.property(hostileText, (name) => {
        const text = textOf('console', name);
        expect(headingsOf(text)).toEqual(expected);
        expect(text.replace(/\\./gu, '')).not.toMatch(/[<>]|\]\(|!\[/);
      }),
    );
  });

  it('no kit has a character that acts on a terminal', () => {
    fc.assert(
      fc.property(
        hostileText,
        fc.constantFrom<KitFormat>('console', 'cli', 'terraform', 'cloudformation'),
        (name, format) => {
          expect(textOf(format, name)).not.toMatch(/[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|(?!\n)\p{Cc}/u);
        },
      ),
    );
  });
});
