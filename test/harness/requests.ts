import { randomUUID } from 'node:crypto';
import { CreateVpcCommand } from '@aws-sdk/client-ec2';
import { CUSTOMER, type TestEmulator } from './emulator.js';

export interface TestRequest {
  customerName: string;
  organizationId: string;
  awsAccountId: string;
  region: string;
  vpcId: string;
  subnetCidrs: string[];
  [more: string]: unknown;
}

/** A customer's VPC in an emulated AWS, and a valid request for a peering with it. */
export async function requestForNewVpc(
  aws: TestEmulator,
  wanted: { cidr?: string; region?: string } & Record<string, unknown> = {},
): Promise<TestRequest> {
  const { cidr = '172.31.0.0/16', region = 'eu-central-1', ...more } = wanted;
  const { Vpc } = await aws.ec2(CUSTOMER, region).send(new CreateVpcCommand({ CidrBlock: cidr }));
  return {
    customerName: 'Acme',
    organizationId: `org-${randomUUID().slice(0, 8)}`,
    awsAccountId: CUSTOMER,
    region,
    vpcId: Vpc?.VpcId ?? '',
    subnetCidrs: [cidr.replace(/\/\d+$/, '/20')],
    ...more,
  };
}
