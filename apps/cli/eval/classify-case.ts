import { makeExcerpts } from '#shared/app/gather-excerpts.ts';
import type { Evidence } from '#shared/domain/evidence/evidence.ts';
import { type ClassifyContext, classify } from '#shared/domain/failure/classify.ts';
import type { Classification } from '#shared/domain/failure/failure-class.ts';

/** A case's evidence as the workflow would gather it. */
export function evidenceOfText(text: string): Evidence {
  const excerpts = makeExcerpts(1);
  excerpts.open({ id: 'log', name: 'log', url: null }).push(text);
  return { version: 1, incidentId: 'none', gatheredAt: new Date(0).toISOString(), ...excerpts.finish() };
}

/** Classifies a case's log as `selfheal log classify` does. */
export function classifyText(text: string, context: ClassifyContext): Classification {
  return classify(evidenceOfText(text), context);
}
