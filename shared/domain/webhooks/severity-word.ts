import type { Severity } from '../incident/target-context.ts';

const SEVERITIES: readonly (readonly [Severity, RegExp])[] = [
  ['critical', /^(?:critical|crit|fatal|disaster|emergency|emerg|page|blocker|p0|p1|sev-?0|sev-?1|s1)$/],
  ['high', /^(?:high|error|err|major|severe|urgent|p2|sev-?2|s2)$/],
  ['medium', /^(?:medium|warning|warn|moderate|average|minor|normal|degraded|p3|sev-?3|s3)$/],
  ['low', /^(?:low|info|information|informational|notice|debug|trivial|none|ok|p4|p5|sev-?[45]|s[45])$/],
];

/** The severity that a word of a sender means, by the words that tools use; null for a word that none uses. */
export function severityOfWord(word: string | null | undefined): Severity | null {
  const text = (word ?? '').trim().toLowerCase();
  return SEVERITIES.find(([, words]) => words.test(text))?.[0] ?? null;
}
