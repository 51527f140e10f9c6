import { type RequestApprovalDeps, requestApproval } from '#shared/app/approve/request.ts';
import type { StepInput, StepOutput } from '#shared/domain/workflow/steps.ts';

export function makeHandler(deps: RequestApprovalDeps) {
  return (input: StepInput<'requestApproval'>): Promise<StepOutput<'requestApproval'>> => requestApproval(input, deps);
}
