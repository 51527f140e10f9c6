import { type ClassifyDeps, classifyIncident } from '#shared/app/classify/classify.ts';
import type { StepInput, StepOutput } from '#shared/domain/workflow/steps.ts';

export function makeHandler(deps: ClassifyDeps) {
  return (input: StepInput<'classify'>): Promise<StepOutput<'classify'>> => classifyIncident(input, deps);
}
