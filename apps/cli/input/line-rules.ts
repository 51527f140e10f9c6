import { readConfiguration } from '#infra/configuration.ts';
import { lineRulesIn } from '#shared/adapters/patterns/configured-line-rules.ts';
import type { LineRules } from '#shared/domain/logs/line-rules.ts';

/** The option of commands that read logs as a deployment would. */
export const CONFIG_OPTION = {
  config: { type: 'string', value: 'FILE', about: 'a selfheal.json, whose "logReading" says what is left out of logs' },
} as const;

/** Null when nothing is left out. */
export async function lineRulesOfFile(file: string | undefined): Promise<LineRules | null> {
  return file === undefined ? null : await lineRulesIn(readConfiguration(file));
}
