import { type ActDeps, act } from '#shared/app/act.ts';
import type { StepInput, StepOutput } from '#shared/domain/workflow/steps.ts';

export function makeHandler(deps: Omit<ActDeps, 'family'>) {
  return (input: StepInput<'act'>): Promise<StepOutput<'act'>> => act(input, { ...deps, family: 'lambda' });
}
