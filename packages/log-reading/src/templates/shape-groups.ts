import { INTRODUCERS } from './lexicon.ts';
import { DIGITS, HOLE } from './message-positions.ts';
import { piecesOf, sharedEnds } from './template-text.ts';

/** A distinct message with its values masked, and how many lines had it. */
export interface Shape {
  readonly keys: readonly string[];
  /** The numbers of the keys in a `KeyTable`. */
  ids: readonly number[];
  lines: number;
}

/** A key with the sign that assigns its value, when the value is behind it. */
const ASSIGNED = /^[A-Za-z][\w.-]*=(?=.)/;

/** Numbers texts, so that they can be compared and counted quickly. A hole is 0. */
export function makeKeyTable() {
  const ids = new Map<string, number>([[HOLE, 0]]);
  /** How much each text says about the template: a mark little, an identifier less than a word. */
  const weights: number[] = [0];
  /** What counts for the pattern: of `user=anna` it is `user=`, because the rest is likely a value. */
  const names: number[] = [0];

  function idOf(key: string): number {
    const known = ids.get(key);
    if (known !== undefined) return known;
    const id = weights.length;
    ids.set(key, id);
    weights.push(isWordless(key) ? 0.01 : isIdentifier(key) ? 0.5 : 1);
    names.push(id);
    const name = ASSIGNED.exec(key)?.[0];
    if (name !== undefined) names[id] = idOf(name);
    return id;
  }

  return {
    weights,
    names,
    idOf,
    clear(): void {
      ids.clear();
      ids.set(HOLE, 0);
      weights.length = 1;
      names.length = 1;
    },
  };
}

export type KeyTable = ReturnType<typeof makeKeyTable>;

/** How many different words at one position make it a value, by kind of position. */
export interface ValueThresholds {
  /** After `=`, or words that were values elsewhere, or most of them identifiers. */
  readonly likely: number;
  /** After a word that often precedes a value (`user`, `from`), after a colon, in quotes or brackets, or with a dot, an underscore or similar. */
  readonly plausible: number;
  /** Any other word. Half a word less for each constant around it, but not below `plausible`. */
  readonly ordinary: number;
  /** First words, words in capitals and participles: they name events and states. */
  readonly naming: number;
}

export const DEFAULT_THRESHOLDS: ValueThresholds = { likely: 2, plausible: 3, ordinary: 6, naming: 12 };

function isWordless(text: string): boolean {
  return !text.includes(HOLE) && !/[A-Za-z\u0080-\uffff]/.test(text);
}

function isIdentifier(text: string): boolean {
  return text.includes(HOLE) || text.includes(DIGITS);
}

function isMost(texts: readonly string[], test: (text: string) => boolean): boolean {
  let count = 0;
  for (const text of texts) if (test(text)) count += 1;
  return count * 2 > texts.length;
}

/** What differs in the texts of one position: the words, and the equal text before them. */
export function differences(texts: readonly string[]): { before: string; words: readonly string[] } {
  if (texts.includes(HOLE)) return { before: '', words: texts };
  const pieces = texts.map(piecesOf);
  const { before, behind } = sharedEnds(pieces);
  return {
    before: (pieces[0] ?? []).slice(0, before).join(''),
    words: pieces.map((all) => all.slice(before, all.length - behind).join('')),
  };
}

/** How many different texts the position at `at` needs to be a value. */
function neededTexts(
  at: number,
  texts: readonly string[],
  { keys }: Shape,
  constants: number,
  { vocabulary, thresholds }: Pick<Run<Shape>, 'vocabulary' | 'thresholds'>,
): number {
  const { before, words } = differences(texts);
  const isFirst = at === 0 && before === '';
  const isEnclosed = /[=:"'`([{<]$/.test(before);
  // A position with a value in it varies: also words there, or nothing, are values.
  if (!isFirst && words.some((word) => word === HOLE || (word === '' && isEnclosed))) return 1;
  const isCapitals = (word: string): boolean => /^[A-Z][A-Z_]+[,.;:]?$/.test(word.replaceAll(DIGITS, ''));
  if (!isMost(words, (word) => !isIdentifier(word)) && !words.every(isCapitals)) return thresholds.likely;
  const capitals = words.filter(isCapitals).length * 2 >= words.length;
  if (!isFirst && !capitals && !isMost(words, (word) => !vocabulary.has(word))) return thresholds.likely;
  if (isFirst || (capitals && !isEnclosed)) return thresholds.naming;
  if (isMost(words, (word) => /(?:ed|ing)$/.test(word))) return thresholds.naming;
  const previous = before === '' ? (keys[at - 1] ?? '') : before;
  if (/=["'`]?$/.test(previous)) return thresholds.likely;
  const isIntroduced = isEnclosed || previous.endsWith(':') || INTRODUCERS.has(previous.toLowerCase());
  if (isIntroduced || isMost(words, (word) => /[._$@/-]|[a-z][A-Z]/.test(word))) return thresholds.plausible;
  return Math.max(thresholds.plausible, thresholds.ordinary - constants / 2);
}

/** How texts are weighed and judged, and the groups found so far. */
interface Run<S extends Shape> {
  readonly weights: readonly number[];
  readonly vocabulary: ReadonlySet<string>;
  readonly thresholds: ValueThresholds;
  readonly groups: S[][];
}

const MAX_POSITIONS = 1_024;
const frequencies = new Int32Array(MAX_POSITIONS);

/** Writes how often each text of the shape occurs in its position into `frequencies`; returns that of its longest common pattern. */
function patternFrequency(
  { ids }: Shape,
  counts: ReadonlyMap<number, number>,
  { names, weights }: Pick<KeyTable, 'names' | 'weights'>,
): number {
  for (let at = 0; at < ids.length; at += 1) {
    const id = ids[at] as number;
    frequencies[at] = id === 0 ? 0 : (counts.get((names[id] as number) * MAX_POSITIONS + at) as number);
  }
  let best = 0;
  let highest = -1;
  for (let at = 0; at < ids.length; at += 1) {
    const frequency = frequencies[at] as number;
    if (frequency === 0 || frequencies.indexOf(frequency) < at) continue;
    let weight = 0;
    for (let other = at; other < ids.length; other += 1)
      if (frequencies[other] === frequency) weight += weights[ids[other] as number] as number;
    const score = weight * Math.log2(frequency + 0.5);
    if (score > highest || (score === highest && frequency > best)) {
      best = frequency;
      highest = score;
    }
  }
  return best;
}

/** Splits shapes of one pattern by the words at positions that are not values. */
function splitPattern<S extends Shape>(members: S[], fixed: readonly boolean[], run: Run<S>): void {
  const [sample] = members;
  if (sample === undefined || members.length === 1) {
    run.groups.push(members);
    return;
  }
  const varying: { at: number; texts: string[] }[] = [];
  let constants = 0;
  for (let at = 0; at < sample.ids.length; at += 1) {
    const id = sample.ids[at] as number;
    if (fixed[at] === true || members.every(({ ids }) => ids[at] === id)) {
      if ((run.weights[id] as number) > 0.01) constants += 1;
    } else varying.push({ at, texts: [...new Set(members.map(({ keys }) => keys[at] as string))] });
  }
  varying.sort((a, b) => a.texts.length - b.texts.length);
  const event = varying.find(({ at, texts }) => texts.length < neededTexts(at, texts, sample, constants, run));
  if (event === undefined) {
    run.groups.push(members);
    return;
  }
  const parts = new Map<number, S[]>();
  for (const member of members) {
    const id = member.ids[event.at] as number;
    const part = parts.get(id);
    if (part === undefined) parts.set(id, [member]);
    else part.push(member);
  }
  const split = sample.ids.map((_, at) => fixed[at] === true || at === event.at);
  for (const part of parts.values()) splitPattern(part, split, run);
}

/**
 * Groups shapes with as many positions into templates, as Brain does (Yu et al., "Brain: Log Parsing With Bidirectional Parallel Tree", IEEE
 * TSC 2023): the words of a template occur equally often, so the words of a shape that share a frequency are its pattern. Shapes with one
 * pattern are a template, but for positions where few different words occur: these name events and split it.
 */
export function groupShapes<S extends Shape>(
  shapes: readonly S[],
  { names, weights }: KeyTable,
  vocabulary: ReadonlySet<string>,
  thresholds: ValueThresholds,
): S[][] {
  const counts = new Map<number, number>();
  for (const { ids, lines } of shapes)
    for (let at = 0; at < ids.length; at += 1) {
      const key = (names[ids[at] as number] as number) * MAX_POSITIONS + at;
      counts.set(key, (counts.get(key) ?? 0) + lines);
    }
  const patterns = new Map<number, { members: S[]; fixed: boolean[] }>();
  for (const shape of shapes) {
    const frequency = patternFrequency(shape, counts, { names, weights });
    let low = 0x811c9dc5;
    let high = 0;
    for (let at = 0; at < shape.ids.length; at += 1) {
      const id = frequencies[at] === frequency ? (names[shape.ids[at] as number] as number) : 0;
      low = Math.imul(low ^ id, 0x01000193);
      high = Math.imul(high ^ id ^ (high >>> 15), 0x5bd1e995);
    }
    const pattern = (low >>> 0) * 2 ** 20 + (high >>> 12);
    const known = patterns.get(pattern);
    if (known !== undefined) known.members.push(shape);
    else
      patterns.set(pattern, {
        members: [shape],
        fixed: shape.ids.map((id, at) => frequencies[at] === frequency && names[id] === id),
      });
  }
  const run: Run<S> = { weights, vocabulary, thresholds, groups: [] };
  for (const { members, fixed } of patterns.values()) splitPattern(members, fixed, run);
  return run.groups;
}

/**
 * A key that is equal for groups which differ only in how many values are listed at some position, or in words that are values elsewhere.
 * Null when no word is left.
 */
export function listKey(
  pattern: readonly string[],
  varies: readonly boolean[],
  vocabulary: ReadonlySet<string>,
): string | null {
  let words = 0;
  let key = '';
  let isHole = false;
  for (const [at, text] of pattern.entries()) {
    const bare = text.endsWith(',') ? text.slice(0, -1) : text;
    if (bare === HOLE || vocabulary.has(bare)) {
      if (!isHole) key += ` ${HOLE}`;
      isHole = true;
      continue;
    }
    isHole = false;
    if (varies[at] !== true) words += 1;
    key += ` ${text}`;
  }
  return words === 0 ? null : key;
}
