/** Ports `from` to `to`, both included, 0–65535. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

export const LAST_PORT = 65_535;
export const ALL_PORTS: PortRange = { from: 0, to: LAST_PORT };

/** The fewest ranges that hold exactly the same ports, ascending: overlapping and adjacent ones are merged. */
export function mergePorts(ports: readonly PortRange[]): PortRange[] {
  const merged: { from: number; to: number }[] = [];
  for (const { from, to } of [...ports].sort((a, b) => a.from - b.from)) {
    const open = merged.at(-1);
    if (open !== undefined && from <= open.to + 1) open.to = Math.max(open.to, to);
    else merged.push({ from, to });
  }
  return merged;
}
