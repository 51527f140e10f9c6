import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FUNCTIONS } from '#infra/functions.ts';
import { healDefinition } from '#statemachines/heal.ts';

export const WORKFLOW_FILE = join(import.meta.dirname, '../statemachines/heal.asl.json');

/** The text of `statemachines/heal.asl.json`: the healing workflow with all functions. It is committed so that its changes are reviewed. */
export function workflowText(): string {
  return `${JSON.stringify(healDefinition(FUNCTIONS), null, 2)}\n`;
}

if (import.meta.main) writeFileSync(WORKFLOW_FILE, workflowText());
