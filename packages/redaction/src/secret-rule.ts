import { NEED } from './character-runs.ts';
import { makeOpeningTest, type OpeningTest } from './pattern-openings.ts';
import { type CheckName, VALUE_CHECKS } from './secret-values.ts';

/**
 * One kind of secret from its data file. The pattern runs only on lines with one of its literals; group `secret`, or
 * the whole match, is replaced.
 */
export interface PackedRule {
  readonly kind: string;
  /** ASCII, matched in either case. */
  readonly literals: readonly string[];
  /** Also occurs in every line that the pattern can match. */
  readonly beside?: string;
  /** Linear: bounded repeats after a literal, no look-around, no back-reference. */
  readonly pattern: string;
  readonly ignoreCase?: boolean;
  /** The match must also look random: letters and digits mixed. */
  readonly mixed?: boolean;
  /** Further checks of the secret, given the name before it where the pattern captures one. */
  readonly value?: string;
  /** Text right before a match that makes it no secret. */
  readonly unlessBehind?: string;
  /** The rule knows the tokens of one provider, not how secrets are written in general. */
  readonly isFormat?: boolean;
  /** What a line must have besides a literal, where the pattern's shape does not say it: see `NEED`. */
  readonly needs?: string;
}

/** Words that make the following value a secret; each is part of a pattern. */
export interface SecretWords {
  readonly passwords: readonly string[];
  readonly passwordsAlone: readonly string[];
  readonly secrets: readonly string[];
  readonly keys: readonly string[];
  readonly vague: readonly string[];
  readonly copulas: readonly string[];
}

/** A compiled rule. */
export interface SecretRule {
  readonly kind: string;
  readonly literals: readonly string[];
  readonly beside: string | undefined;
  readonly pattern: RegExp;
  readonly mixed: boolean;
  readonly isSecret: ((secret: string, name: string) => boolean) | undefined;
  readonly unlessBehind: RegExp | undefined;
  readonly isFormat: boolean;
  readonly needs: keyof typeof NEED | undefined;
  /** Whether the pattern may match where one of the literals, by its index, is at a place. */
  readonly mayBegin: OpeningTest;
}

/** Escaped characters and colours: they end in a letter or digit but do not belong to the next word. */
const ESCAPE = String.raw`\\[nrtbf]|\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|%[0-9A-Fa-f]{2}|\[[0-9;]{0,12}m`;

/**
 * The pattern, also right after an escape, as in `"output":"\nTOKEN"`, and between underscores, where no word begins or
 * ends.
 */
function alsoInsideWords(pattern: string): { readonly before: string; readonly match: string } {
  if (!pattern.startsWith('\\b')) return { before: '', match: pattern };
  const ends = pattern.endsWith('\\b');
  const rest = ends ? pattern.slice(2, -2) : pattern.slice(2);
  const named = rest.includes('(?<secret>') ? rest : `(?<secret>${rest})`;
  return { before: `\\b|_|${ESCAPE}`, match: `${named}${ends ? '(?:\\b|_)' : ''}` };
}

function isCheckName(name: string): name is CheckName {
  return Object.hasOwn(VALUE_CHECKS, name);
}

function isNeed(name: string): name is keyof typeof NEED {
  return Object.hasOwn(NEED, name);
}

/** Throws for an unknown check or need and for a pattern that does not compile. */
export function compileRule(rule: PackedRule): SecretRule {
  const { kind, literals, beside, value, needs, mixed = false, unlessBehind } = rule;
  if (value !== undefined && !isCheckName(value)) throw new Error(`Secret rule ${kind}: unknown check "${value}".`);
  if (needs !== undefined && !isNeed(needs)) throw new Error(`Secret rule ${kind}: unknown need "${needs}".`);
  const flags = rule.ignoreCase === true ? 'i' : '';
  const { before, match } = alsoInsideWords(rule.pattern);
  return {
    kind,
    literals,
    beside,
    pattern: new RegExp(`(?:${before})${match}`, `g${flags}`),
    mixed,
    isSecret: value === undefined ? undefined : VALUE_CHECKS[value],
    unlessBehind: unlessBehind === undefined ? undefined : new RegExp(unlessBehind, 'i'),
    isFormat: rule.isFormat === true,
    needs,
    mayBegin: makeOpeningTest(match, flags, literals, before),
  };
}
