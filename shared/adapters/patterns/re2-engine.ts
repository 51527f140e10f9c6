import { type LineRules, lineRulesOf } from '@selfheal/log-reading/logs/line-rules.ts';
import type { LinearEngine } from '@selfheal/log-reading/logs/text-pattern.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';

/**
 * Maximum steps of a compiled pattern, which each character of a text may cost. A counted repeat takes as many steps as
 * it counts.
 */
const MAX_STEPS = 800;

/**
 * RE2 (Cox, "Regular Expression Matching in the Wild", 2010) in JavaScript: time grows with the length of the text,
 * whatever the pattern. No back-references and no look-around; counted repeats beyond 1000 are refused, and patterns
 * with so many steps that one line could take long. The build packs it only with functions whose configuration has
 * patterns.
 */
export async function loadRe2Engine(): Promise<LinearEngine> {
  const { RE2JS } = await import('re2js');
  return (source, { ignoreCase }) => {
    const pattern = RE2JS.compile(source, RE2JS.MULTILINE | (ignoreCase ? RE2JS.CASE_INSENSITIVE : 0));
    const steps = pattern.programSize();
    if (steps > MAX_STEPS)
      throw new Error(`it needs ${steps} steps, more than ${MAX_STEPS}: write * or + instead of long counted repeats`);
    const names = Object.keys(pattern.namedGroups());
    return {
      test: (text) => pattern.test(text),
      exec(text) {
        // Testing for a match costs a fraction of finding its position and captures.
        if (!pattern.test(text)) return null;
        const matcher = pattern.matcher(text);
        if (!matcher.find()) return null;
        return { groups: Object.fromEntries(names.map((name) => [name, matcher.group(name) ?? undefined])) };
      },
    };
  };
}

/**
 * What a configuration leaves out of logs; the engine is loaded only for patterns. Throws `InvalidInput` for an invalid
 * pattern.
 */
export async function lineRulesIn({ logReading }: Pick<Configuration, 'logReading'>): Promise<LineRules | null> {
  return lineRulesOf(logReading, logReading.skipLines.length === 0 ? undefined : await loadRe2Engine());
}
