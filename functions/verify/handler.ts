import { type VerifyDeps, verify } from '#shared/app/remediate/verify.ts';
import type { StepInput, StepOutput } from '#shared/domain/workflow/steps.ts';

export function makeHandler(deps: VerifyDeps) {
  return (input: StepInput<'verify'>): Promise<StepOutput<'verify'>> => verify(input, deps);
}
