import { type NotifyDeps, notify } from '#shared/app/notify/notify.ts';
import type { StepInput, StepOutput } from '#shared/domain/workflow/steps.ts';

export function makeHandler(deps: NotifyDeps) {
  return (input: StepInput<'notify'>): Promise<StepOutput<'notify'>> => notify(input, deps);
}
