import { type RecordDeps, record } from '#shared/app/record/record.ts';
import type { StepInput, StepOutput } from '#shared/domain/workflow/steps.ts';

export function makeHandler(deps: RecordDeps) {
  return (input: StepInput<'record'>): Promise<StepOutput<'record'>> => record(input, deps);
}
