import { type GuardDeps, guard } from '#shared/app/remediate/guard.ts';
import type { StepInput, StepOutput } from '#shared/domain/workflow/steps.ts';

export function makeHandler(deps: GuardDeps) {
  return (input: StepInput<'guard'>): Promise<StepOutput<'guard'>> => guard(input, deps);
}
