import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FUNCTIONS } from '#infra/functions.ts';
import { healGraph } from '#statemachines/graph.ts';
import { healDefinition } from '#statemachines/heal.ts';

const ROOT = join(import.meta.dirname, '..');

/** What is made of `statemachines/heal.ts`, by file: the healing workflow with all functions, and its graph. They are committed so that their changes are reviewed. */
export function workflowFiles(): Map<string, string> {
  const definition = healDefinition(FUNCTIONS);
  const graph = healGraph(definition).map((edge) => `  ${JSON.stringify(edge)}`);
  return new Map([
    [join(ROOT, 'statemachines/heal.asl.json'), `${JSON.stringify(definition, null, 2)}\n`],
    [join(ROOT, 'shared/domain/workflow/heal-graph.json'), `[\n${graph.join(',\n')}\n]\n`],
  ]);
}

if (import.meta.main) for (const [file, text] of workflowFiles()) writeFileSync(file, text);
