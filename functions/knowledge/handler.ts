import { type KnowledgeDeps, knowledge } from '#shared/app/knowledge/knowledge.ts';
import type { StepInput, StepOutput } from '#shared/domain/workflow/steps.ts';

export function makeHandler(deps: KnowledgeDeps) {
  return (input: StepInput<'knowledge'>): Promise<StepOutput<'knowledge'>> => knowledge(input, deps);
}
