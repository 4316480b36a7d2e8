import type { AccessIntent } from './plan-access.js';

/** A rule as requests, changes and statuses spell it: ports as `443` or `"8000-8100"`, none for `icmp`. */
export interface AccessRule {
  protocol: string;
  ports?: (number | string)[] | undefined;
}

/** What a request means, in a request's own spelling. */
export function writtenAccess(access: readonly AccessIntent[]): AccessRule[] {
  return access.map(({ protocol, ports }) =>
    ports.length === 0
      ? { protocol }
      : { protocol, ports: ports.map(({ from, to }) => (from === to ? from : `${from}-${to}`)) },
  );
}
