import { lazy } from '@selfheal/kernel/lazy.ts';
import {
  FOREIGN_LETTER,
  hasForeignWord,
  NAME_LITERALS,
  NAME_WORDS,
  VAGUE_LITERALS,
  VAGUE_WORDS,
} from './assignment-forms.ts';
import { type LiteralMachine, makeLiteralMachine, NEED } from './character-runs.ts';
import { type LiteralFinder, type LiteralPlace, makeLiteralFinder } from './literal-finder.ts';
import { type NameStart, type NamesToLookFor, nameStartAt, nextAt } from './secret-assignments.ts';
import type { SecretRule } from './secret-rule.ts';
import { SECRET_WORDS, secretRules } from './secret-rules.ts';
import { MIN_JOINED } from './secret-views.ts';

/** Beginnings of private keys, certificates and public keys, and an encoded address; no step of their own. */
const OTHER_LITERALS = ['private key', '-----begin', '-----end', 'private-lines', '%3a%2f%2f', 'stringdata'];
/** At the end of a line they may name the secrets in the next: see `announced` in `secret-continuations.ts`, and `manifest-secrets.ts`. */
const LAST_LITERALS = ['key', 'data:', 'data":', "data':"];

const literalsByStep = (): readonly (readonly string[])[] => [
  ...secretRules().map(({ literals }) => literals),
  ...[NAME_LITERALS, VAGUE_LITERALS, OTHER_LITERALS, LAST_LITERALS],
];
/**
 * A line without any of these in either case, ignoring colours, neither begins nor announces a secret in Latin letters.
 */
export const secretLiterals = (): readonly string[] => literalsByStep().flat();

/** What has to be in a line besides a literal of the rule. */
function needOf(rule: SecretRule): number {
  if (rule.needs !== undefined) return NEED[rule.needs];
  if (rule.beside === '@' && rule.literals.includes('://')) return NEED.at;
  const beside = rule.beside?.trim() ?? '';
  if (beside.startsWith('-') && rule.pattern.source.includes(`\\s${beside}`)) return NEED.option;
  return rule.isFormat && !/\\s| /.test(withoutNegations(rule.pattern.source)) ? NEED.long : NEED.nothing;
}

function withoutNegations(pattern: string): string {
  return pattern.replace(/\[\^(?:\\.|[^\]])*\]/g, '');
}

/** What a literal says where it occurs. */
interface Entry {
  readonly literal: string;
  /** The step that it selects; of its rule, it is the literal with this index. */
  readonly step?: number;
  readonly index?: number;
  /** A name of a secret may begin here. */
  readonly isName?: boolean;
  /** The same, unless a letter comes before. */
  readonly isShortName?: boolean;
  /** A vague name may end in it. */
  readonly isVague?: boolean;
  /** Stands in a joined word for the literal of a step: see `redactJoined`. */
  readonly isJoined?: boolean;
}

const NAMES = new Set(NAME_WORDS);
const SHORT_NAMES = new Set(SECRET_WORDS.passwordsAlone);
const VAGUE_NAMES = new Set(VAGUE_WORDS);
function entryOf(literal: string, step?: number, index?: number): Entry {
  return {
    ...{ literal, isName: NAMES.has(literal), isShortName: SHORT_NAMES.has(literal) },
    ...{ isVague: VAGUE_NAMES.has(literal), ...(step === undefined ? {} : { step }) },
    ...(index === undefined ? {} : { index }),
  };
}

/** Signs between words that are joined to one. */
const JOINS = ['-', '_', '+', '.'];

interface LiteralTables {
  /** Steps after those of the rules: names of secrets, and names that say too little. */
  readonly named: number;
  readonly vague: number;
  readonly entries: readonly Entry[];
  readonly finder: LiteralFinder;
  /** The steps that search for blanks. */
  readonly spoken: ReadonlySet<number>;
  /** By index of an entry. */
  readonly mayAnnounce: readonly boolean[];
  readonly machine: LiteralMachine;
}

/** Made for the first line that is read: they cost 40 ms and 3 MB, and many a function redacts nothing. */
const tables = lazy((): LiteralTables => {
  const rules = secretRules();
  const named = rules.length;
  const vague = named + 1;
  const ofRules = rules.flatMap(({ literals }, step) =>
    literals.map((literal, index): Entry => ({ literal, step, index })),
  );
  const ofNames = literalsByStep()
    .slice(named)
    .flatMap((literals, at) => literals.map((literal) => entryOf(literal, named + at)));
  const known = new Set(ofNames.map(({ literal }) => literal));
  const entries: readonly Entry[] = [
    ...[...ofRules, ...ofNames],
    ...[...new Set([...NAME_WORDS, ...SECRET_WORDS.passwordsAlone, ...VAGUE_WORDS])]
      .filter((literal) => !known.has(literal))
      .map((literal) => entryOf(literal)),
    ...[...ofRules, ...ofNames]
      .filter(({ literal, step = 0 }) => literal.includes(' ') && step <= vague)
      .flatMap(({ literal }) =>
        JOINS.map((join): Entry => ({ literal: literal.replaceAll(' ', join), isJoined: true })),
      ),
  ];
  const needs = [...rules.map(needOf), NEED.nothing, NEED.value, NEED.nothing, NEED.end];
  const finder = makeLiteralFinder(
    entries.map(({ literal }) => literal),
    (index) => needs[entries[index]?.step ?? needs.length] ?? NEED.never,
  );
  return {
    ...{ named, vague, entries, finder },
    spoken: new Set([
      ...rules.flatMap(({ pattern }, step) => (/\\s| /.test(withoutNegations(pattern.source)) ? [step] : [])),
      ...[named, vague],
    ]),
    mayAnnounce: entries.map(
      ({ literal, isName, isShortName }) => isName === true || isShortName === true || LAST_LITERALS.includes(literal),
    ),
    machine: makeLiteralMachine(finder.automaton),
  };
});

/** For a first look at a line: see `signsIn`. */
export const secretMachine = (): LiteralMachine => tables().machine;

/** What the literals of a text say about the steps that may find a secret in it. */
export interface FoundLiterals {
  /** Indexes of rules, in order. */
  readonly rules: readonly number[];
  /** Whether the pattern of a rule may match at one of its literals. */
  mayMatch(rule: number): boolean;
  readonly names: NamesToLookFor;
  /** Whether one of the steps searches for blanks, which joins of words may stand for. */
  readonly isSpoken: boolean;
  /** Whether `mayHold` may be true of any word; without a search for words, so it may say so of none. */
  readonly mayHoldAny: boolean;
  /** Whether a step may find something from `start` to `end` when hyphens and the like are read as blanks there. */
  mayHold(start: number, end: number): boolean;
  /** Whether the text may name, in Latin letters, the secret of the next lines. */
  readonly mayAnnounce: boolean;
}

const NOTHING: FoundLiterals = {
  ...{ rules: [], mayMatch: () => false, isSpoken: false, mayHold: () => false, mayAnnounce: false },
  mayHoldAny: false,
  names: { named: false, vague: false, starts: { named: [], vague: [] } },
};

/** The latest answers: a line is asked about more than once, and its joined words between. */
const RECENT = 4;
const recentTexts = Array.from({ length: RECENT }, () => '');
const recentFound = Array.from({ length: RECENT }, () => NOTHING);
let latest = 0;

/** Reads the literals of one text. */
export function literalsIn(text: string): FoundLiterals {
  for (let at = 0; at < RECENT; at++) if (recentTexts[at] === text) return recentFound[at] ?? NOTHING;
  const found = readLiterals(text);
  latest = (latest + 1) % RECENT;
  recentTexts[latest] = text;
  recentFound[latest] = found;
  return found;
}

/**
 * Whether a text has to be read with the words and letters of all scripts: most texts in other languages than English name no
 * secret.
 */
export function isForeign(text: string): boolean {
  return FOREIGN_LETTER.test(text) && (hasForeignWord(text) || literalsIn(text) !== NOTHING);
}

function readLiterals(text: string): FoundLiterals {
  const { entries, finder, named: ofNames, vague: ofVague, spoken, mayAnnounce } = tables();
  const places = finder.places(text);
  if (places.length === 0) return NOTHING;
  if (places.length > 1) places.sort((a, b) => a.start - b.start);
  let next = 0;
  const steps: number[] = [];
  let named: Set<number> | null = null;
  const vague: NameStart[] = [];
  for (const { index, start } of places) {
    const entry = entries[index];
    if (entry === undefined) continue;
    const { step, literal } = entry;
    if (step !== undefined && step <= ofVague && !steps.includes(step)) steps.push(step);
    if (entry.isName) named = (named ?? new Set()).add(start);
    // The sign before it belongs to the match.
    if (entry.isShortName && (start === 0 || !isLetter(text.charCodeAt(start - 1))))
      named = (named ?? new Set()).add(Math.max(0, start - 1));
    if (entry.isVague) {
      const behind = literal === 'schl' ? '' : nextAt(text, start + literal.length);
      if (behind !== undefined) for (const at of startsOfVague(text, start)) vague.push({ at, next: behind });
    }
  }
  steps.sort((a, b) => a - b);
  return {
    rules: steps.filter((step) => step < ofNames),
    mayMatch: (rule) =>
      places.some(({ index, start }) => {
        const entry = entries[index];
        return entry?.step === rule && secretRules()[rule]?.mayBegin(text, entry.index ?? 0, start) === true;
      }),
    names: {
      named: steps.includes(ofNames),
      vague: steps.includes(ofVague),
      starts: {
        named: inOrder([...(named ?? [])].flatMap((at) => nameStartAt(text, at) ?? [])),
        vague: inOrder(vague),
      },
    },
    isSpoken: steps.some((step) => spoken.has(step)),
    get mayHoldAny() {
      return places.some((place) => {
        const word = wordAround(text, place.start);
        return word.length >= MIN_JOINED && mayMatchJoined(text, place, word);
      });
    },
    mayHold(from, end) {
      // Words are asked about in order.
      if ((places[next - 1]?.start ?? -1) >= from) next = 0;
      while ((places[next]?.start ?? from) < from) next += 1;
      const word = text.slice(from, end);
      for (let at = next; at < places.length; at++) {
        const place = places[at];
        if (place === undefined || place.start >= end) return false;
        const isInside = place.start + (entries[place.index]?.literal.length ?? 0) <= end;
        if (isInside && mayMatchJoined(text, place, word)) return true;
      }
      return false;
    },
    mayAnnounce: places.some(({ index }) => mayAnnounce[index]),
  };
}

/** The word at a place, up to a blank of ASCII or a colour: what `redactJoined` reads as a word is a part of it. */
function wordAround(text: string, at: number): string {
  let start = at;
  while (start > 0 && text.charCodeAt(start - 1) > 32) start -= 1;
  let end = at;
  while (end < text.length && text.charCodeAt(end) > 32) end += 1;
  return text.slice(start, end);
}

/** Whether the step of a literal may find something in its word once hyphens and the like in it are read as blanks. */
function mayMatchJoined(text: string, { index, start }: LiteralPlace, word: string): boolean {
  const { entries, vague, spoken } = tables();
  const { step, index: ofRule = 0, isJoined } = entries[index] ?? { literal: '' };
  if (step === undefined) return isJoined === true;
  const rule = secretRules()[step];
  if (rule === undefined) return step <= vague;
  // Without blanks in it, the same text would match as it is written.
  if (!spoken.has(step)) return rule.mayBegin(text, ofRule, start);
  const { beside = '' } = rule;
  return !beside.includes(' ') || JOINS.some((join) => word.includes(beside.trimEnd().replaceAll(' ', join)));
}

function inOrder(starts: NameStart[]): NameStart[] {
  return starts.sort((a, b) => a.at - b.at);
}

function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
}

/** Whether `[\w.-]` matches a code. */
function isOfName(code: number): boolean {
  return isLetter(code) || (code >= 48 && code <= 57) || code === 95 || code === 46 || code === 45;
}

/** How much of a vague name may stand before its last word, and how long the word before it may be. */
const MAX_BEFORE_WORD = 40;
const MAX_WORD_BEFORE = 20;

/**
 * Where a match for a vague name begins whose last word is at `start`: at the sign before the name, or before the word
 * and the blank that come first (`vaguely` in `assignment-forms.ts`).
 */
function startsOfVague(text: string, start: number): number[] {
  let name = start;
  while (name > 0 && start - name <= MAX_BEFORE_WORD && isOfName(text.charCodeAt(name - 1))) name -= 1;
  // Of a longer name, only forms that begin elsewhere match.
  if (start - name > MAX_BEFORE_WORD) return [start];
  const own = Math.max(0, name - 1);
  if (text[name - 1] !== ' ') return [own];
  let word = name - 1;
  while (word > 0 && name - 1 - word <= MAX_WORD_BEFORE && isLetter(text.charCodeAt(word - 1))) word -= 1;
  return [own, Math.max(0, word - 1)];
}
