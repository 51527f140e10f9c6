import { assignmentPatterns, NO_ASCII } from './assignment-forms.ts';
import { RUNS, SIGN, signsIn } from './character-runs.ts';
import { redactEncoded } from './encoded-secrets.ts';
import { isBlankedToken, isPlaceholder } from './placeholder.ts';
import { looksMixed } from './random-text.ts';
import { redactNamedTokens, redactRandomTokens } from './random-tokens.ts';
import { assignedSecrets, type NamesToLookFor } from './secret-assignments.ts';
import { insertedSecrets } from './secret-columns.ts';
import { makeSecretLines } from './secret-lines.ts';
import { type FoundLiterals, isForeign, literalsIn, secretMachine } from './secret-literals.ts';
import type { Placeholders } from './secret-placeholders.ts';
import type { SecretRule } from './secret-rule.ts';
import { secretRules } from './secret-rules.ts';
import { redactJoined, redactThroughViews } from './secret-views.ts';

/** Every pattern that may run on a line. */
export const allSecretPatterns = (): readonly RegExp[] => [
  ...secretRules().map(({ pattern }) => pattern),
  ...assignmentPatterns(),
];

const ALREADY_REDACTED = /^\*+$|^\[redacted:|^\[(?:masked|secure|filtered|hidden|removed|redacted)\]/i;
/** Shorter texts repeat by chance. */
const MIN_REPEAT_LENGTH = 12;
const REFERENCE = /^\$\{|^\$\(|^\$[A-Z_]+$|^\$\{\{|^%[A-Z_]+%$|^%[sdrv]$|^%\(\w+\)s$|^<[\w\s-]*>?$|^\{\w*\}$|^:/;

/** The match with only the secret replaced. The secret comes last, except for what follows it in the pattern. */
function replaceLast(match: string, secret: string, placeholder: string): string {
  const at = match.lastIndexOf(secret);
  return match.slice(0, at) + placeholder + match.slice(at + secret.length);
}

/** The named groups are the last argument of a replacer when the pattern has any. */
function groupsOf(args: readonly unknown[]): Record<string, string | undefined> {
  const last = args[args.length - 1];
  return typeof last === 'object' && last !== null ? (last as Record<string, string | undefined>) : {};
}

/**
 * The text right before a match, from a replacer's arguments: the offset and the whole text are the last that are no
 * groups.
 */
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
    if (ALREADY_REDACTED.test(secret) || REFERENCE.test(secret)) return match;
    if (isPlaceholder(secret) || isBlankedToken(secret)) return match;
    if (rule.mixed && !looksMixed(secret)) return match;
    if (rule.isSecret?.(secret, name) === false) return match;
    return replaceLast(match, secret, placeholders.of(rule.kind, secret));
  });
}

function applyAssignments(text: string, names: NamesToLookFor, placeholders: Placeholders): string {
  let from = 0;
  let redacted = '';
  const inserted = names.named ? insertedSecrets(text) : [];
  const found = [...assignedSecrets(text, names), ...inserted].sort((a, b) => a.start - b.start);
  for (const { start, end } of found) {
    if (start < from) continue;
    redacted += text.slice(from, start) + placeholders.of('assigned-secret', text.slice(start, end));
    from = end;
  }
  return redacted + text.slice(from);
}

/** A text in which a name revealed a secret may contain it again without the name. */
function withoutRepeats(text: string, found: ReadonlyMap<string, string>): string {
  let redacted = text;
  for (const [secret, placeholder] of found) {
    if (secret.length >= MIN_REPEAT_LENGTH && looksMixed(secret))
      redacted = redacted.replaceAll(secret, () => placeholder);
  }
  return redacted;
}

/** All bits: nothing is known yet about the text. */
const ANY_SIGN = -1;

/** Replaces the secrets of one line; see `makeSecretSteps`. */
export type RedactSteps = (text: string, placeholders: Placeholders, random: boolean, known: number) => string;

/**
 * The steps of redaction. For measuring and tests: without the rules that are not used, and with another reading of what
 * literals and signs say of a decoded line.
 */
export function makeSecretSteps(
  isUsed: (rule: SecretRule) => boolean = () => true,
  readLiterals: (text: string) => FoundLiterals = literalsIn,
  readSigns: (text: string) => number = (text) => signsIn(text, secretMachine()),
): RedactSteps {
  /**
   * Replaces the secrets of one text, and of joined words in it, that their format or name reveals. `signs`: what `signsIn`
   * found in it with `secretMachine`.
   */
  function redactPlain(text: string, placeholders: Placeholders, signs = ANY_SIGN): string {
    const isOther = (signs & SIGN.foreign) !== 0 && isForeign(text);
    if ((signs & SIGN.literal) === 0 && !isOther) return text;
    const literals = readLiterals(text);
    const redacted = redactNamed(text, placeholders, literals, isOther);
    if (isOther) return redactJoined(redacted, placeholders, redactNamed, () => true);
    if (!literals.isSpoken) return redacted;
    const { mayHold, mayHoldAny } = readLiterals(redacted);
    return mayHoldAny ? redactJoined(redacted, placeholders, redactNamed, mayHold) : redacted;
  }

  /** Only patterns whose literal occurs are run. */
  function redactNamed(
    text: string,
    placeholders: Placeholders,
    literals = readLiterals(text),
    isOther = isForeign(text),
  ): string {
    const replaced = new Map<string, string>();
    const noting: Placeholders = {
      of(kind, secret) {
        const placeholder = placeholders.of(kind, secret);
        replaced.set(secret, placeholder);
        return placeholder;
      },
    };
    let redacted = text;
    for (const step of literals.rules) {
      const rule = secretRules()[step];
      // The places of literals are those of the text before anything was replaced.
      if (rule === undefined || !isUsed(rule) || (redacted === text && !literals.mayMatch(step))) continue;
      redacted = applyRule(rule, redacted, noting);
    }
    const { named, vague } = literals.names;
    if (named || vague || isOther) {
      const { starts } = readLiterals(redacted).names;
      redacted = applyAssignments(redacted, { named: named || isOther, vague: vague || isOther, starts }, noting);
    }
    return replaced.size === 0 ? redacted : withoutRepeats(redacted, replaced);
  }

  /** Several lines in one text: encoded, or with escaped line ends. */
  function redactWritten(text: string, placeholders: Placeholders): string {
    const redact = (line: string, random: boolean): string => {
      const known = readSigns(line);
      const plain = redactPlain(line, placeholders, known);
      if (!random) return plain;
      const named = redactNamedTokens(plain, placeholders);
      return redactRandomTokens(named, placeholders, named === line ? known : readSigns(named));
    };
    if (!text.includes('\n')) return redact(text, true);
    const lines = makeSecretLines(placeholders, {
      isCandidate: () => true,
      redact,
      mayAnnounce: (line) => NO_ASCII.test(line) || readLiterals(line).mayAnnounce,
    });
    return text
      .split('\n')
      .map((line) => lines.line(line))
      .join('\n');
  }

  function redactDecoded(text: string, placeholders: Placeholders): string {
    return redactThroughViews(redactWritten(text, placeholders), placeholders, redactWritten);
  }

  /**
   * Replaces the secrets of one line: plain, split by colours, written in another way, encoded, or (unless told
   * otherwise) merely random. `known`: what `signsIn` found in it with `secretMachine`.
   */
  function redactSteps(text: string, placeholders: Placeholders, random: boolean, known: number): string {
    const views = random ? redactWritten : (seen: string, found: Placeholders) => redactPlain(seen, found);
    const through = redactThroughViews(text, placeholders, views);
    const plain = redactPlain(through, placeholders, through === text ? known : ANY_SIGN);
    const signs = plain === text ? known : signsIn(plain);
    if ((signs & RUNS) === 0) return plain;
    const decoded = redactEncoded(plain, placeholders, redactDecoded, signs);
    if (!random) return decoded;
    const assigned = (signs & SIGN.dense) !== 0 ? redactNamedTokens(decoded, placeholders) : decoded;
    if ((signs & SIGN.random) === 0) return assigned;
    return redactRandomTokens(assigned, placeholders, assigned === plain ? signs : signsIn(assigned));
  }

  return redactSteps;
}
