import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { type LineRules, lineRulesOf } from '#shared/domain/logs/line-rules.ts';
import { loadRe2Engine } from './re2-engine.ts';

/** What a configuration leaves out of logs; the engine is only loaded for patterns. Throws `InvalidInput` for a pattern that is none. */
export async function lineRulesIn({ logReading }: Pick<Configuration, 'logReading'>): Promise<LineRules | null> {
  return lineRulesOf(logReading, logReading.skipLines.length === 0 ? undefined : await loadRe2Engine());
}
