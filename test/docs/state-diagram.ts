/** A Mermaid state diagram, read: every move it draws, and where it begins. */
export interface StateDiagram {
  moves: { from: string; to: string }[];
  initial: string[];
}

/** Reads what our pages use of Mermaid: named states, boxes, arrows with or without a text. Anything else is an error. */
export function readStateDiagram(source: string): StateDiagram {
  const names = new Map<string, string>();
  const boxes = new Map<string, Set<string>>();
  const arrows: { from: string; to: string }[] = [];
  let box: Set<string> | undefined;
  for (const line of linesOf(source)) {
    const [, name, alias = '', opens] = /^state "(.+)" as (\w+)( \{)?$/.exec(line) ?? [];
    const [, from, to] = /^(\S+) --> (\w+)(?:: .+)?$/.exec(line) ?? [];
    if (name !== undefined && opens !== undefined) {
      box = new Set();
      boxes.set(alias, box);
    } else if (name !== undefined) {
      names.set(alias, name);
      box?.add(alias);
    } else if (from !== undefined && to !== undefined) {
      arrows.push({ from, to });
      for (const id of [from, to]) if (id !== START) box?.add(id);
    } else if (line === '}') {
      box = undefined;
    } else if (/^\w+$/.test(line)) {
      box?.add(line);
    } else {
      throw new Error(`not understood: ${line}`);
    }
  }
  const statesOf = (id: string): string[] =>
    [...(boxes.get(id) ?? [id])].map((state) => names.get(state) ?? state);
  return {
    moves: arrows
      .filter(({ from }) => from !== START)
      .flatMap(({ from, to }) =>
        statesOf(from).flatMap((one) => statesOf(to).map((other) => ({ from: one, to: other }))),
      ),
    initial: arrows.filter(({ from }) => from === START).flatMap(({ to }) => statesOf(to)),
  };
}

const START = '[*]';

function linesOf(source: string): string[] {
  const [head = '', ...lines] = source.split('\n').map((line) => line.trim());
  if (head !== 'stateDiagram-v2') throw new Error(`not a state diagram: ${head}`);
  return lines.filter((line) => line !== '');
}
