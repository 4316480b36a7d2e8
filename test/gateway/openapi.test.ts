import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { END_STATES } from '../../domain/lifecycle.js';
import { ANY_PROVIDER, parseRequest } from '../../domain/request.js';
import { readAccessChange } from '../../domain/request/access-change.js';
import { DOCUMENT } from '../../gateway/openapi.js';
import { recordedRuns } from '../harness/histories.js';
import { example, validRequest, WRONG_VALUES } from '../domain/request/request-arbitraries.js';
import { undescribed } from './described.js';
import { fakeGateway } from './fake-gateway.js';

const DESCRIBED = fakeGateway().app.getOpenAPI31Document(DOCUMENT);
const ajv = new Ajv2020({ strict: false, validateFormats: false });

function schemaOf(name: string): ValidateFunction {
  const schema: unknown = DESCRIBED.components?.schemas?.[name];
  if (typeof schema !== 'object' || schema === null) throw new Error(`there is no schema ${name}`);
  return ajv.compile(schema);
}

const isRequest = schemaOf('PeeringRequest');
const isChange = schemaOf('AccessChange');

describe('the description of the API', () => {
  it('is the one in git: `npm run --silent gateway -- openapi > gateway/openapi.json` writes it anew', async () => {
    const committed: unknown = JSON.parse(
      readFileSync(new URL('../../gateway/openapi.json', import.meta.url), 'utf8'),
    );
    expect(JSON.parse(JSON.stringify(DESCRIBED))).toEqual(committed);
    expect(await (await fakeGateway().ask('/openapi.json', { key: null })).json()).toEqual(committed);
  });

  it('names for each operation its scope, or that it needs no key', () => {
    const scopes = Object.entries(DESCRIBED.paths ?? {}).flatMap(([path, item]) =>
      (['get', 'post', 'patch', 'delete'] as const).flatMap((method) => {
        const operation = item[method];
        return operation === undefined ? [] : [`${method} ${path} ${JSON.stringify(operation.security)}`];
      }),
    );
    expect(scopes.filter((line) => !line.includes('/v1/'))).toHaveLength(2);
    for (const line of scopes.filter((each) => each.includes('/v1/'))) {
      const isRead = line.startsWith('get') || line.includes('/v1/plans');
      expect(line).toContain(`[{"apiKey":["peerings:${isRead ? 'read' : 'write'}"]}]`);
    }
  });
});

describe('a request as it is described', () => {
  it('is every one that is valid', () => {
    fc.assert(
      fc.property(validRequest, (request) => {
        expect(parseRequest(request, ANY_PROVIDER).ok).toBe(true);
        expect([isRequest(request), isRequest.errors]).toEqual([true, null]);
      }),
    );
  });

  it('is none without a required field, with an unknown one, or with a wrong value that JSON Schema can tell', () => {
    const shape = /^(customerName|dnsResolution|networkGovernance|organizationId|awsAccountId|region|vpcId)$/;
    for (const field of ['customerName', 'organizationId', 'awsAccountId', 'region', 'vpcId', 'subnetCidrs'])
      expect(isRequest({ ...example, [field]: undefined })).toBe(false);
    expect(isRequest({ ...example, extra: 1 })).toBe(false);
    const told = Object.entries(WRONG_VALUES).filter(([field]) => shape.test(field));
    expect(told.length).toBeGreaterThan(3);
    for (const [field, values] of told) {
      for (const value of values.filter((each) => typeof each !== 'string'))
        expect([field, value, isRequest({ ...example, [field]: value })]).toEqual([field, value, false]);
    }
  });

  it('is refused by the rules wherever the description refuses it', () => {
    const anything = fc.record(
      Object.fromEntries(
        Object.entries(example).map(([field, value]) => [
          field,
          fc.oneof(
            { weight: 4, arbitrary: fc.constant<unknown>(value) },
            fc.jsonValue({ maxDepth: 2 }),
            fc.constantFrom(...(WRONG_VALUES[field] ?? [null])),
          ),
        ]),
      ),
    );
    fc.assert(
      fc.property(anything, (request) => {
        if (!isRequest(request)) expect(parseRequest(request, ANY_PROVIDER).ok).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a change as it is described', () => {
  it('is every one that is valid, and none that is empty or of another field', () => {
    fc.assert(
      fc.property(validRequest, ({ subnetCidrs, access }) => {
        for (const change of [{ subnetCidrs }, { subnetCidrs, access }])
          expect([isChange(change), readAccessChange(change).ok]).toEqual([true, true]);
      }),
    );
    for (const change of [{}, { by: 'me' }, { region: 'eu-west-1' }, { subnetCidrs: [] }, []])
      expect(isChange(change)).toBe(false);
  });
});

describe('a status', () => {
  it('has in whatever was recorded all that is described, and nothing besides', async () => {
    const statuses = [...(await recordedRuns()).values()].flatMap((text) => statusesIn(JSON.parse(text)));
    expect(statuses.flatMap((status) => undescribed('PeeringStatus', status) ?? [])).toEqual([]);
    const states = new Set(statuses.map(({ state }) => state));
    expect([...states]).toEqual(expect.arrayContaining([...END_STATES, 'active']));
  });
});

/** Those that stand in the payloads of a history. */
function statusesIn(value: unknown): { state: unknown }[] {
  if (Array.isArray(value)) return value.flatMap(statusesIn);
  if (typeof value !== 'object' || value === null) return [];
  if ('data' in value && 'metadata' in value) return statusesIn(decoded(value.data));
  const within = Object.values(value).flatMap(statusesIn);
  return 'state' in value && 'since' in value && 'nextStep' in value ? [value, ...within] : within;
}

function decoded(data: unknown): unknown {
  const text = Buffer.from(String(data), 'base64').toString('utf8');
  return text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : null;
}
