import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { renderKit } from '../../../client/kits/formats.js';
import { hclString } from '../../../client/kits/hcl.js';
import { kitFor } from '../../../client/kits/kit.js';
import { onPath, realSurroundings } from '../../../local/setup/locate.mjs';
import { hostileText } from './hostile-texts.js';
import { parseHcl } from './parse-hcl.js';
import { waitingStatus } from '../../harness/kits.js';

const TERRAFORM = onPath('terraform', realSurroundings());

function terraform(args: string[], input: string): { status: number | null; stdout: string } {
  const directory = mkdtempSync(`${tmpdir()}/causeway-terraform-`);
  const { status, stdout } = spawnSync(TERRAFORM ?? '', args, {
    ...{ input, cwd: directory, encoding: 'utf8' },
    env: { PATH: process.env['PATH'], HOME: directory, CHECKPOINT_DISABLE: '1' },
  });
  rmSync(directory, { recursive: true });
  return { status, stdout };
}

describe('the configuration', () => {
  const withDns = renderKit(kitFor(waitingStatus()), 'terraform').text;
  const { customer } = waitingStatus();
  const withoutDns = renderKit(
    kitFor(waitingStatus({ customer: { ...customer, dnsResolution: false } })),
    'terraform',
  ).text;

  it('has the accepter, the route, the security group and the network ACL, and the DNS option where it was asked for', () => {
    const resourcesOf = (parsed: unknown): string[] =>
      [...JSON.stringify(parsed).matchAll(/\\"(aws_[a-z_]+)\\"":\{/g)].map(([, type = '']) => type).sort();
    const [parsed, parsedWithout] = parseHcl([withDns, withoutDns]);
    const always = [
      'aws_network_acl_rule',
      'aws_route',
      'aws_security_group',
      'aws_vpc_peering_connection',
      'aws_vpc_peering_connection_accepter',
    ];
    expect(resourcesOf(parsedWithout)).toEqual(always);
    expect(resourcesOf(parsed)).toEqual([...always, 'aws_vpc', 'aws_vpc_peering_connection_options'].sort());
  });

  it('leaves the security group no way out, and says that destroying leaves the peering', () => {
    const [group = ''] = /resource "aws_security_group" "connectors" \{[^]*?\n\}/.exec(withDns) ?? [];
    expect(group).toContain('ingress {');
    expect(group).not.toContain('egress');
    expect(withDns).toContain(
      'aws ec2 delete-vpc-peering-connection --vpc-peering-connection-id pcx-04d639e22111e878c',
    );
  });

  (TERRAFORM === null ? it.skip : it)('is as `terraform fmt` leaves it', () => {
    for (const text of [withDns, withoutDns])
      expect(terraform(['fmt', '-'], text)).toEqual({ status: 0, stdout: text });
  });
});

describe('a text in HCL', () => {
  const SPECIAL = [
    '${path.cwd}',
    '%{ if true }x%{ endif }',
    '$${a}',
    '%%{a}',
    '$$${a}',
    '\\${a}',
    'a"b',
    '$',
    '%{',
    '\\',
    '\\b',
  ];

  it('has no interpolation, quote or line end of its own', () => {
    fc.assert(
      fc.property(fc.oneof(hostileText, fc.constantFrom(...SPECIAL)), (text) => {
        expect(hclString(text)).toMatch(/^"(?:[^"\\\p{Cc}]|\\["\\nrt]|\\u[0-9a-f]{4})*"$/u);
        expect(hclString(text)).not.toMatch(/[$%]\{/);
      }),
    );
  });

  (TERRAFORM === null ? it.skip : it)('means to Terraform what it is', () => {
    const texts = [...SPECIAL, ...fc.sample(hostileText, 100)].map((text) =>
      text.replace(/\p{Cs}/gu, '\ufffd'),
    );
    const { status, stdout } = terraform(
      ['console'],
      `base64encode(jsonencode([${texts.map(hclString).join(', ')}]))\n`,
    );
    expect(status).toBe(0);
    const meant: unknown = JSON.parse(Buffer.from(stdout.trim().replaceAll('"', ''), 'base64').toString());
    expect(meant).toEqual(texts.map((text) => text.normalize('NFC')));
  });
});
