import { makeLiteralFinder } from './literal-finder.ts';
import { isBlankedToken } from './placeholder.ts';
import { ASSIGNMENT_LITERALS, ASSIGNMENTS, looksMixed } from './secret-assignments.ts';
import type { Placeholders } from './secret-placeholders.ts';
import type { SecretRule } from './secret-rule.ts';
import { SECRET_RULES } from './secret-rules.ts';

/** What ends in a letter or digit and still is no part of the word after it: escaped characters and colours. */
const ESCAPE = String.raw`\\[nrtbf]|\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|%[0-9A-Fa-f]{2}|\[[0-9;]{0,12}m`;

/** The rule, also right after an escape: in `"output":"\nTOKEN"` no word begins at the token. */
function alsoAfterEscapes(rule: SecretRule): SecretRule {
  const { source, flags } = rule.pattern;
  if (!source.startsWith('\\b')) return rule;
  const rest = source.slice(2);
  const named = rest.includes('(?<secret>') ? rest : `(?<secret>${rest})`;
  return { ...rule, pattern: new RegExp(`(?:\\b|${ESCAPE})${named}`, flags) };
}

const RULES = SECRET_RULES.map(alsoAfterEscapes);
/** Stands behind the rules in what follows. */
const ASSIGNED = RULES.length;
const LITERALS = [...RULES.map(({ literals }) => literals), ASSIGNMENT_LITERALS];
const OWNERS = LITERALS.flatMap((literals, step) => literals.map(() => step));
/** One of these stands in every text in which a rule or an assignment can match. */
export const STEP_LITERALS: readonly string[] = LITERALS.flat();
/** Every pattern that may run on a line. */
export const ALL_SECRET_PATTERNS: readonly RegExp[] = [
  ...RULES.map(({ pattern }) => pattern),
  ...ASSIGNMENTS.map(({ pattern }) => pattern),
];
const FINDER = makeLiteralFinder(STEP_LITERALS);

const ALREADY_REDACTED = /^\*+$|^\[redacted:|^\[(?:masked|secure|filtered|hidden|removed|redacted)\]/i;
/** Shorter texts repeat by chance. */
const SHORTEST_REPEAT = 12;
const REFERENCE = /^[$%<{]|\$\{|^:/;

/** The match with only the secret in it replaced. The secret stands last but for what follows it in the pattern. */
function replaceLast(match: string, secret: string, placeholder: string): string {
  const at = match.lastIndexOf(secret);
  return match.slice(0, at) + placeholder + match.slice(at + secret.length);
}

/** The named groups are the last argument of a replacer when the pattern has any. */
function groupsOf(args: readonly unknown[]): Record<string, string | undefined> {
  const last = args[args.length - 1];
  return typeof last === 'object' && last !== null ? (last as Record<string, string | undefined>) : {};
}

/** What stands right before a match, from a replacer's arguments: the offset and the whole text are the last that are no groups. */
function textBefore(args: readonly unknown[]): string {
  const at = args.findLastIndex((arg) => typeof arg === 'number');
  const [offset, whole] = [args[at], args[at + 1]];
  return typeof offset === 'number' && typeof whole === 'string' ? whole.slice(Math.max(0, offset - 40), offset) : '';
}

function applyRule(rule: SecretRule, text: string, placeholders: Placeholders): string {
  if (rule.beside !== undefined && !text.includes(rule.beside)) return text;
  return text.replace(rule.pattern, (match: string, ...args: unknown[]) => {
    const { secret = match, name = '' } = groupsOf(args);
    if (rule.unlessBehind?.test(textBefore(args)) === true) return match;
    if (ALREADY_REDACTED.test(secret) || REFERENCE.test(secret) || isBlankedToken(secret)) return match;
    if (rule.mixed === true && !looksMixed(secret)) return match;
    if (rule.isSecret?.(secret, name) === false) return match;
    return replaceLast(match, secret, placeholders.of(rule.kind, secret));
  });
}

function applyAssignments(text: string, placeholders: Placeholders): string {
  return ASSIGNMENTS.reduce((redacted, { pattern, isSecret }) => {
    return redacted.replace(pattern, (match: string, ...args: unknown[]) => {
      const { name = '', secret = '', operator = 'flag' } = groupsOf(args);
      if (ALREADY_REDACTED.test(secret) || !isSecret(name, secret, operator)) return match;
      return replaceLast(match, secret, placeholders.of('assigned-secret', secret));
    });
  }, text);
}

/** A text in which a name gave a secret away may hold it once more without the name. */
function withoutRepeats(text: string, found: ReadonlyMap<string, string>): string {
  let redacted = text;
  for (const [secret, placeholder] of found) {
    if (secret.length >= SHORTEST_REPEAT && looksMixed(secret))
      redacted = redacted.replaceAll(secret, () => placeholder);
  }
  return redacted;
}

/** Replaces the secrets of one text that tell themselves by shape or by name. Only patterns whose literal occurs are run. */
export function redactSteps(text: string, placeholders: Placeholders): string {
  const found = FINDER.find(text);
  if (found.length === 0) return text;
  const steps = [...new Set(found.map((index) => OWNERS[index] ?? 0))].sort((a, b) => a - b);
  const replaced = new Map<string, string>();
  const noting: Placeholders = {
    of(kind, secret) {
      const placeholder = placeholders.of(kind, secret);
      replaced.set(secret, placeholder);
      return placeholder;
    },
  };
  let redacted = text;
  for (const step of steps) {
    const rule = RULES[step];
    if (rule !== undefined) redacted = applyRule(rule, redacted, noting);
    else if (step === ASSIGNED) redacted = applyAssignments(redacted, noting);
  }
  return withoutRepeats(redacted, replaced);
}
