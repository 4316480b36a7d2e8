import { z } from 'zod';
import type { AccessIntent } from '../access/plan-access.js';
import { ALL_PORTS, LAST_PORT, type PortRange } from '../access/port-ranges.js';
import { quoted } from '../quoting.js';
import { fieldName, isRecord, kindOf } from './problems.js';

const MOST_RULES = 50;
const MOST_PORTS = 100;
const PORTS = /^(0|[1-9][0-9]{0,4})(?:-(0|[1-9][0-9]{0,4}))?$/;

/** Notes a problem at a place inside the list of rules. */
type Report = (path: readonly (string | number)[], problem: string) => void;

function parsePort(value: unknown): PortRange | string {
  if (typeof value === 'number') {
    if (!Number.isInteger(value)) return `${value} is not a whole number`;
    // Adding 0 turns the -0 that JSON can carry into 0.
    return value < 0 || value > LAST_PORT
      ? `${value} is outside 0–${LAST_PORT}`
      : { from: value + 0, to: value + 0 };
  }
  if (typeof value !== 'string')
    return `must be a port number or text such as "8000-8100", not ${kindOf(value)}`;
  const match = PORTS.exec(value);
  if (match === null) return `${quoted(value)} is neither a port number nor a range such as "8000-8100"`;
  const from = Number(match[1]);
  const to = Number(match[2] ?? match[1]);
  if (Math.max(from, to) > LAST_PORT) return `${quoted(value)} is outside 0–${LAST_PORT}`;
  return from > to ? `${quoted(value)} is reversed; write "${to}-${from}"` : { from, to };
}

function parsePorts(value: unknown, report: Report): PortRange[] {
  if (value === undefined || value === null) return [ALL_PORTS];
  if (!Array.isArray(value)) report(['ports'], `must be a list of ports, not ${kindOf(value)}`);
  else if (value.length === 0) report(['ports'], 'must not be empty; leave it out for all ports');
  else if (value.length > MOST_PORTS) {
    report(['ports'], `has ${value.length} entries; at most ${MOST_PORTS} are allowed`);
  } else {
    const ports: PortRange[] = [];
    for (const [index, entry] of value.entries()) {
      const port = parsePort(entry);
      if (typeof port === 'string') report(['ports', index], port);
      else ports.push(port);
    }
    return ports;
  }
  return [];
}

function parseRule(rule: unknown, report: Report): AccessIntent | null {
  if (!isRecord(rule)) {
    report([], `must be an object such as {"protocol": "tcp", "ports": [443]}, not ${kindOf(rule)}`);
    return null;
  }
  for (const key of Object.keys(rule)) {
    if (key !== 'protocol' && key !== 'ports') report([fieldName(key)], 'is not a known field');
  }
  const { protocol, ports } = rule;
  switch (protocol) {
    case 'tcp':
    case 'udp':
      return { protocol, ports: parsePorts(ports, report) };
    case 'icmp':
      if (ports !== undefined && ports !== null) report(['ports'], 'must be left out: icmp has no ports');
      return { protocol, ports: [] };
    default: {
      const given = typeof protocol === 'string' ? quoted(protocol) : kindOf(protocol);
      report(['protocol'], `must be "tcp", "udp" or "icmp", not ${given}`);
      parsePorts(ports, report);
      return null;
    }
  }
}

function listProblem(value: unknown): string | null {
  if (!Array.isArray(value)) return `must be a list of rules, not ${kindOf(value)}`;
  if (value.length === 0) return 'must not be empty; leave it out for all TCP ports';
  return value.length > MOST_RULES ? `has ${value.length} rules; at most ${MOST_RULES} are allowed` : null;
}

/** As far as JSON Schema can say it. */
const WRITTEN_PORTS = {
  type: ['array', 'null'],
  items: {
    anyOf: [
      { type: 'integer', minimum: 0, maximum: LAST_PORT },
      { type: 'string', pattern: PORTS.source },
    ],
  },
  minItems: 1,
  maxItems: MOST_PORTS,
} as const;
const WRITTEN_RULE = {
  anyOf: [
    {
      type: 'object',
      properties: { protocol: { type: 'string', enum: ['tcp', 'udp'] }, ports: WRITTEN_PORTS },
      required: ['protocol'],
      additionalProperties: false,
    },
    {
      type: 'object',
      properties: { protocol: { type: 'string', enum: ['icmp'] }, ports: { type: 'null' } },
      required: ['protocol'],
      additionalProperties: false,
    },
  ],
} as const;

/** What the connectors may open: 1 to 50 rules. Every problem is an issue with its path inside the list. */
export const accessRules: z.ZodType<AccessIntent[]> = z
  .custom<readonly unknown[]>((value) => listProblem(value) === null, {
    error: ({ input }) => listProblem(input) ?? '',
  })
  .transform((list, context) =>
    list
      .map((rule, index) =>
        parseRule(rule, (path, message) =>
          context.issues.push({ code: 'custom', message, path: [index, ...path], input: undefined }),
        ),
      )
      .filter((rule) => rule !== null),
  )
  .meta({
    description:
      'What the connectors may open; absent, all TCP ports. Without ports a rule is for all of them',
    type: 'array',
    items: WRITTEN_RULE,
    minItems: 1,
    maxItems: MOST_RULES,
    examples: [[{ protocol: 'tcp', ports: [5432, '8000-8100'] }]],
  });

/** What absent `access` means. */
export const ALL_TCP: AccessIntent = { protocol: 'tcp', ports: [ALL_PORTS] };
