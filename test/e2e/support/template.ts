import type { Stage } from '#apps/local/stage.ts';

/** Logical id of a function of the template by its name. */
export function logicalIdOf(stage: Stage, functionName: string): string {
  const prefix = `Functions${functionName.replaceAll(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase())}Handler`;
  const found = Object.keys(stage.runtime.resources()).find((id) => new RegExp(`^${prefix}[0-9A-F]{8}$`).test(id));
  if (found === undefined) throw new Error(`The template has no function ${functionName}.`);
  return found;
}

/** Physical name of a table by the part of its construct's name that tells it apart: `Knowledge`. */
export function tableNamed(stage: Stage, part: string): string {
  return stateNamed(stage, `Tables${part}`);
}

/** Physical name of what the state stack keeps, by the beginning of its logical id. */
export function stateNamed({ runtime }: Stage, part: string): string {
  const [, name] = Object.entries(runtime.resources()).find(([id]) => id.startsWith(`SelfhealState/${part}`)) ?? [];
  if (name === undefined) throw new Error(`The state stack has no ${part}.`);
  return name;
}
