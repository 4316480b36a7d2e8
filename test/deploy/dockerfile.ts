interface Instruction {
  /** In capitals: `COPY`, `RUN`, … */
  name: string;
  /** The rest of the line, continuations joined. */
  rest: string;
}

export interface Stage {
  name: string;
  /** The base image, or the name of an earlier stage. */
  from: string;
  instructions: readonly Instruction[];
}

/** @throws Error when a line is no instruction, or a stage has no name */
export function parseDockerfile(text: string): Stage[] {
  const stages: (Stage & { instructions: Instruction[] })[] = [];
  for (const { name, rest } of instructionsOf(text)) {
    const stage = stages.at(-1);
    if (name === 'FROM') {
      const [, from, as] = /^(\S+) AS (\S+)$/.exec(rest) ?? [];
      if (from === undefined || as === undefined) throw new Error(`a stage without a name: FROM ${rest}`);
      stages.push({ name: as, from, instructions: [] });
    } else if (stage === undefined) {
      throw new Error(`${name} before the first FROM`);
    } else {
      stage.instructions.push({ name, rest });
    }
  }
  return stages;
}

/** What the instruction says last in this stage; undefined when it is not there. */
export function lastOf(stage: Stage, name: string): string | undefined {
  return allOf(stage, name).at(-1);
}

export function allOf(stage: Stage, name: string): string[] {
  return stage.instructions.filter((instruction) => instruction.name === name).map(({ rest }) => rest);
}

function instructionsOf(text: string): Instruction[] {
  const lines = text.split('\n').filter((line) => !line.startsWith('#'));
  return lines
    .join('\n')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, name, rest] = /^([A-Z]+) (.+)$/.exec(line) ?? [];
      if (name === undefined || rest === undefined) throw new Error(`no instruction: ${line}`);
      return { name, rest };
    });
}
