import { makeExcerpts } from '#shared/app/gather/excerpts.ts';
import type { Evidence } from '#shared/domain/logs/evidence.ts';
import type { LineRules } from '#shared/domain/logs/line-rules.ts';
import { redactName } from '#shared/domain/redaction/redact-name.ts';
import { phrase } from '#shared/kernel/text/redacted-text.ts';
import { type TextInput, textOf } from './open-input.ts';

/** The evidence of a log that is at hand as a whole. */
export function textEvidence(text: string): Evidence {
  const excerpts = makeExcerpts(1);
  excerpts.open({ id: 'log', name: phrase`log`, url: null }).push(text);
  return { version: 1, incidentId: 'none', gatheredAt: new Date(0).toISOString(), ...excerpts.finish() };
}

/** A log's evidence as the workflow would gather it: redacted, excerpted, with the same limits. */
export async function evidenceOf(input: TextInput, rules: LineRules | null = null): Promise<Evidence> {
  const excerpts = makeExcerpts(1, rules);
  const source = excerpts.open({ id: 'log', name: redactName(input.name, 200), url: null });
  for await (const chunk of textOf(input)) source.push(chunk);
  return { version: 1, incidentId: 'none', gatheredAt: new Date(0).toISOString(), ...excerpts.finish() };
}
