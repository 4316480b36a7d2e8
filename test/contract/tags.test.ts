import { describe, expect, it } from '@jest/globals';
import { tagsOf, type ResourceRole } from '../../contract/tags.js';

const owner = {
  deployment: 'default',
  connection: 'org-42/vpc-0a1b2c3d4e5f60718',
  run: '01234567-89ab-cdef-0123-456789abcdef',
  customerName: 'Acme',
};

describe('the tags', () => {
  it('are those of the interface', () => {
    expect(tagsOf(owner, 'subnet-a')).toEqual({
      'causeway:managed-by': 'causeway',
      'causeway:deployment': 'default',
      'causeway:peering': 'org-42/vpc-0a1b2c3d4e5f60718',
      'causeway:run': '01234567-89ab-cdef-0123-456789abcdef',
      'causeway:role': 'subnet-a',
      Name: 'causeway Acme subnet-a',
    });
  });

  it('stay within what AWS takes for the longest of everything', () => {
    const roles: ResourceRole[] = [
      'vpc',
      'default',
      'subnet-a',
      'subnet-b',
      'network-acl',
      'security-group',
      'peering',
    ];
    const longest = {
      ...owner,
      deployment: 'd'.repeat(64),
      connection: `${'o'.repeat(64)}/vpc-${'0'.repeat(17)}`,
      customerName: 'n'.repeat(128),
    };
    for (const role of roles) {
      const tags = Object.entries(tagsOf(longest, role));
      expect(tags).toHaveLength(6);
      for (const [name, value] of tags) {
        expect(name).not.toMatch(/^aws:/i);
        expect(name.length).toBeLessThanOrEqual(128);
        expect(value.length).toBeLessThanOrEqual(256);
      }
    }
  });
});
