import { makeExcerpts } from '#shared/app/gather/excerpts.ts';
import type { Evidence } from '#shared/domain/logs/evidence.ts';
import { redactName } from '#shared/domain/redaction/redact-name.ts';

/** A case's evidence as the workflow would gather it; `job` is the name of its job, where that is known. */
export function evidenceOfText(text: string, job = 'log'): Evidence {
  const excerpts = makeExcerpts(1);
  excerpts.open({ id: 'log', name: redactName(job, 200), url: null }).push(text);
  return { version: 1, incidentId: 'none', gatheredAt: new Date(0).toISOString(), ...excerpts.finish() };
}
