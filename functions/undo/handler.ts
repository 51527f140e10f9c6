import { type UndoDeps, undo } from '#shared/app/remediate/undo.ts';
import type { StepInput, StepOutput } from '#shared/domain/workflow/steps.ts';

export function makeHandler(deps: UndoDeps) {
  return (input: StepInput<'undo'>): Promise<StepOutput<'undo'>> => undo(input, deps);
}
