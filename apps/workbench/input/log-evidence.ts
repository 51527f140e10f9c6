import type { Evidence } from '@selfheal/log-reading/logs/evidence.ts';
import type { LineRules } from '@selfheal/log-reading/logs/line-rules.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import { readConfiguration } from '#infra/configuration.ts';
import { lineRulesIn } from '#shared/adapters/patterns/re2-engine.ts';
import { looseEvidence, makeExcerpts } from '#shared/app/gather/excerpts.ts';
import { type TextInput, textOf } from './open-input.ts';

/** The evidence of a log as the workflow would gather it: redacted, excerpted, with the same limits. */
export async function evidenceOf(input: TextInput, rules: LineRules | null = null): Promise<Evidence> {
  const excerpts = makeExcerpts(1, rules);
  const source = excerpts.open({ id: 'log', name: redactName(input.name, 200), url: null });
  for await (const chunk of textOf(input)) source.push(chunk);
  return looseEvidence(excerpts.finish());
}

/** Option of commands that read logs as a deployment does. */
export const CONFIG_OPTION = {
  config: {
    type: 'string',
    value: 'FILE',
    about: 'a selfheal.json whose section "logReading" says which lines of logs to skip',
  },
} as const;

/** The line rules of a configuration file; null without a file or without rules. */
export async function lineRulesOfFile(file: string | undefined): Promise<LineRules | null> {
  return file === undefined ? null : await lineRulesIn(readConfiguration(file));
}
