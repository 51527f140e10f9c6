import { type BaselineDeps, baseline } from '#shared/app/remediate/baseline.ts';
import type { StepInput, StepOutput } from '#shared/domain/workflow/steps.ts';

export function makeHandler(deps: BaselineDeps) {
  return (input: StepInput<'baseline'>): Promise<StepOutput<'baseline'>> => baseline(input, deps);
}
