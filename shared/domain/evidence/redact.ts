import { makeLiteralFinder } from './literal-finder.ts';
import { isBlankedToken } from './placeholder.ts';
import { makeKeyBlocks } from './private-key.ts';
import { ASSIGNMENT, ASSIGNMENT_LITERALS, FLAG, isAssignedSecret, looksMixed } from './secret-assignments.ts';
import type { SecretRule } from './secret-rule.ts';
import { SECRET_RULES } from './secret-rules.ts';

export interface Redaction {
  readonly text: string;
  /** How many secrets of each kind were replaced. */
  readonly counts: Readonly<Record<string, number>>;
}

/** Redacts line by line with a memory: equal secrets get equal placeholders in everything one redactor saw. */
export interface Redactor {
  /** One line without its LF; lines must come in order (private keys span several). */
  line(text: string): string;
  /** Whether the next line may belong to a private key; otherwise only lines with one of `SECRET_LITERALS` need to be given. */
  readonly isInsideKey: boolean;
  /** Forgets an unfinished private key block: call between sources. */
  nextSource(): void;
  counts(): Readonly<Record<string, number>>;
}

const PRIVATE_KEY_LITERAL = 'private key';
/** Secrets that are remembered; later ones share the placeholder without a number. */
const MOST_REMEMBERED = 10_000;

type Step = { kind: 'rule'; rule: SecretRule } | { kind: 'assignment' } | { kind: 'private-key' };

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

const STEPS: readonly Step[] = [
  { kind: 'private-key' },
  ...SECRET_RULES.map((rule) => ({ kind: 'rule', rule: alsoAfterEscapes(rule) }) as const),
  { kind: 'assignment' },
];

function literalsOf(step: Step): readonly string[] {
  if (step.kind === 'rule') return step.rule.literals;
  return step.kind === 'assignment' ? ASSIGNMENT_LITERALS : [PRIVATE_KEY_LITERAL];
}

const OWNERS = STEPS.flatMap((step, index) => literalsOf(step).map(() => index));
/** Nothing is redacted in a line in which none of these occurs, in either case, unless it continues a private key. */
export const SECRET_LITERALS: readonly string[] = STEPS.flatMap(literalsOf);
const FINDER = makeLiteralFinder(SECRET_LITERALS);

const ALREADY_REDACTED = /^\*+$|^\[redacted:/;
const REFERENCE = /^[$%<{]|\$\{|^:/;

/** Numbers secrets in order of appearance, per kind. */
function makePlaceholders(): { of(kind: string, secret: string): string; counts: Record<string, number> } {
  const counts: Record<string, number> = {};
  const numbers = new Map<string, number>();
  const bySecret = new Map<string, string>();
  return {
    counts,
    of(kind, secret) {
      counts[kind] = (counts[kind] ?? 0) + 1;
      const known = bySecret.get(secret);
      if (known !== undefined) return known;
      if (bySecret.size >= MOST_REMEMBERED) return `[redacted:${kind}]`;
      const number = (numbers.get(kind) ?? 0) + 1;
      numbers.set(kind, number);
      const placeholder = `[redacted:${kind}:${number}]`;
      bySecret.set(secret, placeholder);
      return placeholder;
    },
  };
}

type Placeholders = ReturnType<typeof makePlaceholders>;

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

function applyRule(rule: SecretRule, text: string, placeholders: Placeholders): string {
  if (rule.beside !== undefined && !text.includes(rule.beside)) return text;
  return text.replace(rule.pattern, (match: string, ...args: unknown[]) => {
    const secret = groupsOf(args).secret ?? match;
    if (ALREADY_REDACTED.test(secret) || REFERENCE.test(secret) || isBlankedToken(secret)) return match;
    if (rule.mixed === true && !looksMixed(secret)) return match;
    return replaceLast(match, secret, placeholders.of(rule.kind, secret));
  });
}

function applyAssignments(text: string, placeholders: Placeholders): string {
  const replacer = (match: string, ...args: unknown[]): string => {
    const { name = '', secret = '', operator = 'flag' } = groupsOf(args);
    if (ALREADY_REDACTED.test(secret) || !isAssignedSecret(name, secret, operator)) return match;
    return replaceLast(match, secret, placeholders.of('assigned-secret', secret));
  };
  return text.replace(ASSIGNMENT, replacer).replace(FLAG, replacer);
}

/** Makes a redactor. All patterns are linear and run only on lines in which one of their literals occurs. */
export function makeRedactor(): Redactor {
  const placeholders = makePlaceholders();
  const keys = makeKeyBlocks((material) => placeholders.of('private-key', material));
  return {
    line(text) {
      const found = FINDER.find(text);
      if (found.length === 0) return keys.open ? keys.line(text) : text;
      const steps = [...new Set(found.map((index) => OWNERS[index] ?? 0))].sort((a, b) => a - b);
      let redacted = keys.open ? keys.line(text) : text;
      for (const index of steps) {
        const step = STEPS[index];
        if (step === undefined) continue;
        if (step.kind === 'rule') redacted = applyRule(step.rule, redacted, placeholders);
        else if (step.kind === 'assignment') redacted = applyAssignments(redacted, placeholders);
        else if (redacted === text) redacted = keys.line(redacted);
      }
      return redacted;
    },
    get isInsideKey() {
      return keys.open;
    },
    nextSource: () => keys.reset(),
    counts: () => ({ ...placeholders.counts }),
  };
}

/** Redacts a whole text; everything that is not a secret stays as it is, character for character. */
export function redact(text: string): Redaction {
  const redactor = makeRedactor();
  const lines = text.split('\n').map((line) => redactor.line(line));
  return { text: lines.join('\n'), counts: redactor.counts() };
}
