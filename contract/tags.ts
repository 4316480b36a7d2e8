/** AWS tags on everything Causeway creates or takes over. */
export const TAG = {
  managedBy: 'causeway:managed-by',
  deployment: 'causeway:deployment',
  peering: 'causeway:peering',
  run: 'causeway:run',
  role: 'causeway:role',
  name: 'Name',
} as const;

export const MANAGED_BY = 'causeway';

/** `default` is what AWS makes together with the VPC: main route table, default network ACL, default security group. */
export type ResourceRole =
  'vpc' | 'default' | 'subnet-a' | 'subnet-b' | 'network-acl' | 'security-group' | 'peering';

/** Who owns what is created: everything found, changed or deleted carries exactly these. */
export interface Ownership {
  deployment: string;
  /** `<organizationId>/<vpcId>` of the customer's VPC. */
  connection: string;
  /** Run id of the first execution of the `provisionPeering` that builds the connection. */
  run: string;
  customerName: string;
}

/** Tags of one resource; the value of `Name` stays within AWS's 256 characters because names are at most 128. */
export function tagsOf(owner: Ownership, role: ResourceRole): Record<string, string> {
  return {
    [TAG.managedBy]: MANAGED_BY,
    [TAG.deployment]: owner.deployment,
    [TAG.peering]: owner.connection,
    [TAG.run]: owner.run,
    [TAG.role]: role,
    [TAG.name]: `causeway ${owner.customerName} ${role}`,
  };
}
