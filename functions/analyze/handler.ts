import { type AnalyzeDeps, analyze } from '#shared/app/analyze/analyze.ts';
import type { StepInput, StepOutput } from '#shared/domain/workflow/steps.ts';

export function makeHandler(deps: AnalyzeDeps) {
  return (input: StepInput<'analyze'>): Promise<StepOutput<'analyze'>> => analyze(input, deps);
}
