import { describe, expect, it } from '@jest/globals';
import { awsTags, hasTags, isOwnedBy, ownedBy, tagSpecification } from '../../../activities/aws/tagging.js';
import { MANAGED_BY, TAG, type Ownership } from '../../../contract/tags.js';

const OWNER: Ownership = {
  deployment: 'default',
  connection: 'org-1/vpc-0123456789abcdef0',
  run: 'run-1',
  customerName: 'Acme',
};

const OTHERS: [string, Ownership][] = [
  ['run', { ...OWNER, run: 'run-2' }],
  ['deployment', { ...OWNER, deployment: 'staging' }],
];

describe('isOwnedBy', () => {
  it('is true for what the run made, in any role', () => {
    expect(isOwnedBy(OWNER, awsTags(OWNER, 'vpc'))).toBe(true);
    expect(isOwnedBy(OWNER, awsTags(OWNER, 'peering'))).toBe(true);
  });

  it.each(OTHERS)('is false for what another %s made', (_, other) => {
    expect(isOwnedBy(OWNER, awsTags(other, 'vpc'))).toBe(false);
  });

  it('is false without all three tags, whoever has made it', () => {
    for (const missing of [TAG.managedBy, TAG.deployment, TAG.run]) {
      const tags = awsTags(OWNER, 'vpc').filter(({ Key }) => Key !== missing);
      expect(isOwnedBy(OWNER, tags)).toBe(false);
    }
    expect(isOwnedBy(OWNER, undefined)).toBe(false);
  });
});

describe('ownedBy', () => {
  it('asks AWS for exactly that', () => {
    const filters = [
      { Name: `tag:${TAG.managedBy}`, Values: [MANAGED_BY] },
      { Name: `tag:${TAG.deployment}`, Values: ['default'] },
      { Name: `tag:${TAG.run}`, Values: ['run-1'] },
    ];
    expect(ownedBy(OWNER)).toEqual(filters);
    expect(ownedBy(OWNER, 'vpc')).toEqual([...filters, { Name: `tag:${TAG.role}`, Values: ['vpc'] }]);
  });
});

describe('hasTags', () => {
  it('takes more tags than wanted, but no other and no fewer', () => {
    const tags = awsTags(OWNER, 'network-acl');
    expect(hasTags([...tags, { Key: 'cost-centre', Value: '7' }], OWNER, 'network-acl')).toBe(true);
    expect(hasTags(tags, OWNER, 'default')).toBe(false);
    expect(hasTags(tags.slice(1), OWNER, 'network-acl')).toBe(false);
    expect(hasTags(undefined, OWNER, 'network-acl')).toBe(false);
  });
});

describe('tagSpecification', () => {
  it('puts all tags into the create call', () => {
    expect(tagSpecification('vpc', OWNER, 'vpc')).toEqual([
      { ResourceType: 'vpc', Tags: awsTags(OWNER, 'vpc') },
    ]);
    expect(awsTags(OWNER, 'vpc')).toContainEqual({ Key: 'Name', Value: 'causeway Acme vpc' });
  });
});
