import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { customerAccess } from '../../../domain/access/customer-access.js';
import { intent, planOf } from './access-arbitraries.js';

const BLOCK = '10.200.0.0/25';

describe("the customer's side of the agreed access", () => {
  it("allows what the provider's network ACL allows, in the other direction, and then denies the block the rest", () => {
    fc.assert(
      fc.property(fc.array(intent, { minLength: 1, maxLength: 3 }), (access) => {
        const provider = planOf({ subnetCidrs: [BLOCK], access });
        fc.pre(provider !== undefined);
        const { ingress, networkAclRules } = customerAccess({ providerCidr: BLOCK, access });
        expect(ingress).toEqual(provider.securityGroupEgress);
        for (const egress of [false, true]) {
          const own = networkAclRules.filter((rule) => rule.egress === egress);
          const theirs = provider.networkAclEntries.filter((entry) => entry.egress !== egress);
          expect(own.slice(0, -1)).toEqual(
            theirs.map(({ protocol, cidrBlock, portRange, icmp }, offset) => {
              return { action: 'allow', egress, offset, protocol, cidrBlock, portRange, icmp };
            }),
          );
          expect(own.at(-1)).toMatchObject({
            action: 'deny',
            protocol: '-1',
            cidrBlock: BLOCK,
            offset: theirs.length,
          });
        }
      }),
    );
  });
});
