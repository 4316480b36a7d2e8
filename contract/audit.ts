/** A call that changed something in AWS, by AWS's own id of it. */
export interface AwsCall {
  /** `ec2:CreateVpc`. */
  action: string;
  region: string;
  requestId: string;
}

/** What every activity leaves in the history: its answer, and what it did in AWS to get it. */
export interface Audited<T> {
  result: T;
  calls: AwsCall[];
}
