import { lazy } from '@selfheal/kernel/lazy.ts';
import { compileRule, type PackedRule, type SecretRule, type SecretWords } from './secret-rule.ts';
import packed from './secret-rules.json' with { type: 'json' };

const { rules, words }: { readonly rules: readonly PackedRule[]; readonly words: SecretWords } = packed;

/**
 * Token formats that providers document or that their tokens show, commands, addresses and headers, from
 * `shared/data/secrets`. A kind is what a reader of the log needs to know about the secret, so several formats share
 * one.
 */
export const secretRules = lazy((): readonly SecretRule[] => rules.map(compileRule));

export const SECRET_WORDS: SecretWords = words;

/** Letters of the scripts of some words, as a range of a character class. */
export const FOREIGN = '\\u00c0-\\u024f\\u0370-\\u1fff\\u3040-\\ud7ff';
/** The same as numbers, the first and the last of each range. */
export const FOREIGN_RANGES: readonly (readonly [first: number, last: number])[] = [
  ...FOREIGN.matchAll(/\\u(\w{4})-\\u(\w{4})/g),
].map(([, first = '', last = '']) => [Number.parseInt(first, 16), Number.parseInt(last, 16)]);

/** Words that begin other things more often than tokens. */
const COMMON_BEGINNING = /^(?:test_|live_|pubkey-|secret_|k_)/;

/** Prefixes that identify tokens, in lower case. */
export const tokenBeginnings = lazy((): readonly string[] =>
  rules
    .filter(({ pattern }) => pattern.startsWith('\\b') && !pattern.includes('(?<'))
    .flatMap(({ literals }) => literals)
    .filter((literal) => /^gh\w_$|^[\w.-]{4,}[_.~-]$/.test(literal) && !COMMON_BEGINNING.test(literal)),
);
