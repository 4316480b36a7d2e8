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

/** Lists of merged ports, one for each protocol, with fewer ranges, and how many ports those hold besides. */
export interface WidenedPorts {
  readonly lists: readonly PortRange[][];
  readonly added: number;
}

/** The `count` smallest gaps between neighbouring ranges of the same list closed; `lists` are merged already. */
export function closeSmallestGaps(lists: readonly (readonly PortRange[])[], count: number): WidenedPorts {
  const gaps = lists.flatMap((ports, list) =>
    ports.flatMap(({ to }, index) => {
      const next = ports[index + 1];
      return next === undefined ? [] : [{ list, from: to + 1, to: next.from - 1 }];
    }),
  );
  const closed = gaps.sort((a, b) => a.to - a.from - (b.to - b.from)).slice(0, count);
  return {
    lists: lists.map((ports, list) => mergePorts([...ports, ...closed.filter((gap) => gap.list === list)])),
    added: closed.reduce((sum, { from, to }) => sum + to - from + 1, 0),
  };
}
