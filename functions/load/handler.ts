import { type LoadDeps, load } from '#shared/app/common/load.ts';
import type { StepInput, StepOutput } from '#shared/domain/workflow/steps.ts';

export function makeHandler(deps: LoadDeps) {
  return (input: StepInput<'load'>): Promise<StepOutput<'load'>> => load(input, deps);
}
