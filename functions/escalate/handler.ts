import { type EscalateDeps, escalate } from '#shared/app/notify/escalate.ts';
import type { StepInput, StepOutput } from '#shared/domain/workflow/steps.ts';

export function makeHandler(deps: EscalateDeps) {
  return (input: StepInput<'escalate'>): Promise<StepOutput<'escalate'>> => escalate(input, deps);
}
