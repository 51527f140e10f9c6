import { type CheckName, VALUE_CHECKS } from './secret-values.ts';

/**
 * One shape of secret as its data file gives it. The pattern runs only on lines where a literal occurs; group `secret`, or the whole match,
 * is replaced.
 */
export interface PackedRule {
  readonly kind: string;
  /** ASCII, matched in either case. */
  readonly literals: readonly string[];
  /** Also stands in every line that the pattern can match. */
  readonly beside?: string;
  /** Linear: bounded repeats behind a literal, no look-around, no back-reference. */
  readonly pattern: string;
  readonly ignoreCase?: boolean;
  /** The match must also look random: letters and digits mixed. */
  readonly mixed?: boolean;
  /** What else the secret has to be, given the name before it where the pattern captures one. */
  readonly value?: string;
  /** What stands right before a match that is no secret. */
  readonly unlessBehind?: string;
}

/** Words that make the value behind a name a secret; each is part of a pattern. */
export interface SecretWords {
  readonly passwords: readonly string[];
  readonly passwordsAlone: readonly string[];
  readonly secrets: readonly string[];
  readonly keys: readonly string[];
  readonly vague: readonly string[];
  readonly copulas: readonly string[];
}

/** A rule ready to run. */
export interface SecretRule {
  readonly kind: string;
  readonly literals: readonly string[];
  readonly beside: string | undefined;
  readonly pattern: RegExp;
  readonly mixed: boolean;
  readonly isSecret: ((secret: string, name: string) => boolean) | undefined;
  readonly unlessBehind: RegExp | undefined;
}

/** What ends in a letter or digit and still is no part of the word after it: escaped characters and colours. */
const ESCAPE = String.raw`\\[nrtbf]|\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|%[0-9A-Fa-f]{2}|\[[0-9;]{0,12}m`;

/** The pattern, also right after an escape, as in `"output":"\nTOKEN"`, and between underscores, where no word begins or ends. */
function alsoInsideWords(pattern: string): string {
  if (!pattern.startsWith('\\b')) return pattern;
  const ends = pattern.endsWith('\\b');
  const rest = ends ? pattern.slice(2, -2) : pattern.slice(2);
  const named = rest.includes('(?<secret>') ? rest : `(?<secret>${rest})`;
  return `(?:\\b|_|${ESCAPE})${named}${ends ? '(?:\\b|_)' : ''}`;
}

function isCheckName(name: string): name is CheckName {
  return Object.hasOwn(VALUE_CHECKS, name);
}

/** Throws for a check that does not exist and for a pattern that does not compile. */
export function compileRule(rule: PackedRule): SecretRule {
  const { kind, literals, beside, value, mixed = false, unlessBehind } = rule;
  if (value !== undefined && !isCheckName(value)) throw new Error(`Rule ${kind}: there is no check "${value}".`);
  return {
    kind,
    literals,
    beside,
    pattern: new RegExp(alsoInsideWords(rule.pattern), rule.ignoreCase === true ? 'gi' : 'g'),
    mixed,
    isSecret: value === undefined ? undefined : VALUE_CHECKS[value],
    unlessBehind: unlessBehind === undefined ? undefined : new RegExp(unlessBehind, 'i'),
  };
}
