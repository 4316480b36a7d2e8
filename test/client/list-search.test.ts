import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { searchCondition, searchIn } from '../../client/list-search.js';

describe('what an operator searches for', () => {
  it.each([
    ['444455556666', { by: 'account', accountId: '444455556666' }],
    ['pcx-0123456789abcdef0', { by: 'peering', peeringConnectionId: 'pcx-0123456789abcdef0' }],
    ['vpc-0a1b2c3d', { by: 'vpc', vpcId: 'vpc-0a1b2c3d' }],
    ['org-42/vpc-0a1b2c3d', { by: 'connection', key: { organizationId: 'org-42', vpcId: 'vpc-0a1b2c3d' } }],
    ['acme', { by: 'organization', prefix: 'acme' }],
    ['../etc', null],
    ['a b', null],
    ["' OR 1=1", null],
    ['', null],
  ])('is recognized by its form: %j', (text, search) => {
    expect(searchIn(text)).toEqual(search);
  });

  it('never writes a quote or a blank of its own into the query', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '1', "'", '"', ' ', '-', '/', '%', '\\') }),
        (text) => {
          const search = searchIn(text);
          if (search === null || search.by === 'vpc') return;
          expect(searchCondition(search)).toMatch(
            /^\w+ (?:= |STARTS_WITH |IN \()'[\w./-]+'(?:, '[\w./-]+')*\)?$/,
          );
        },
      ),
    );
  });
});
