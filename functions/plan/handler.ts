import { makePlan, type PlanDeps } from '#shared/app/plan/plan.ts';
import type { StepInput, StepOutput } from '#shared/domain/workflow/steps.ts';

export function makeHandler(deps: PlanDeps) {
  return (input: StepInput<'plan'>): Promise<StepOutput<'plan'>> => makePlan(input, deps);
}
