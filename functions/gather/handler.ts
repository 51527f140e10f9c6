import { type GatherDeps, gather } from '#shared/app/gather/gather.ts';
import type { StepInput, StepOutput } from '#shared/domain/workflow/steps.ts';

export function makeHandler(deps: GatherDeps) {
  return (input: StepInput<'gather'>): Promise<StepOutput<'gather'>> => gather(input, deps);
}
