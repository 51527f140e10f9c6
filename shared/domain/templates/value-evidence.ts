import type { Alternative } from './alternatives.ts';
import type { WordPlace } from './word-place.ts';

/** How many different words must occur in a place of otherwise equal messages until the place counts as a value, by kind of place. */
export interface ValueThresholds {
  /** After `=`. */
  readonly assigned: number;
  /** After a word that often precedes a value (`user`, `from`). */
  readonly introduced: number;
  /** For words that contain a dot, an underscore or similar. */
  readonly symbolic: number;
  readonly ordinary: number;
  /** For the first word of a message, and words in capitals anywhere: they usually name events and states. */
  readonly naming: number;
  /** When most of the words contain digits. */
  readonly identifier: number;
}

export const DEFAULT_THRESHOLDS: ValueThresholds = {
  assigned: 2,
  introduced: 3,
  symbolic: 5,
  ordinary: 8,
  naming: 20,
  identifier: 2,
};

/** Words seen in one place of otherwise equal messages. */
export interface Observed {
  readonly place: WordPlace;
  readonly values: readonly string[];
  /** Keys of the shapes in which the words occurred. */
  readonly shapes: readonly string[];
}

export interface EvidenceState {
  readonly decided: readonly string[];
  readonly observed: readonly (readonly [context: string, Observed])[];
  readonly vocabulary: readonly string[];
}

interface Place {
  readonly place: WordPlace;
  readonly values: Set<string>;
  readonly shapes: Set<string>;
}

const MAX_SHAPES_OF_PLACE = 200;
const MAX_VOCABULARY = 5_000;

/** Drops the oldest entries of a map or set until at most `most` are left. */
export function dropOldest(entries: Map<string, unknown> | Set<string>, most: number): void {
  for (const key of entries.keys()) {
    if (entries.size <= most) return;
    entries.delete(key);
  }
}

function isCapitals(value: string): boolean {
  return /^[A-Z][A-Z_]+$/.test(value);
}

/** How many different words make a place a value. Depends on the place and on what the words look like. */
export function neededWords(place: WordPlace, values: ReadonlySet<string>, thresholds: ValueThresholds): number {
  let capitals = 0;
  let identifiers = 0;
  for (const value of values) {
    if (isCapitals(value)) capitals += 1;
    if (value.includes('#')) identifiers += 1;
  }
  if (place === 'first' || capitals * 2 >= values.size) return thresholds.naming;
  return identifiers * 2 > values.size ? thresholds.identifier : thresholds[place];
}

/**
 * Decides which words of a message are values: those in a place where many different words occur while everything around it is equal.
 * This is the branching of Brain's tree below its longest common pattern (Yu et al., "Brain: Log Parsing With Bidirectional Parallel
 * Tree", IEEE TSC 2023), updated line by line, with a threshold that depends on what precedes the place.
 * Remembers at most `maxPlaces` places and forgets the least recently seen first.
 */
export function makeValueEvidence(thresholds: ValueThresholds, maxPlaces: number, restored?: EvidenceState) {
  const decided = new Set<string>(restored?.decided);
  const vocabulary = new Set<string>(restored?.vocabulary);
  const places = new Map<string, Place>();
  for (const [context, { place, values, shapes }] of restored?.observed ?? [])
    places.set(context, { place, values: new Set(values), shapes: new Set(shapes) });

  /** In a place where a value is likely, two words suffice if both were values elsewhere. */
  function isKnownVocabulary({ place, values }: Place): boolean {
    if (values.size < 2 || (place !== 'assigned' && place !== 'introduced')) return false;
    for (const value of values) if (!vocabulary.has(value) || isCapitals(value)) return false;
    return true;
  }

  function noteWords(words: Iterable<string>): void {
    for (const word of words) vocabulary.add(word);
    dropOldest(vocabulary, MAX_VOCABULARY);
  }

  /** Decides whether the place is a value from now on; returns the keys of the shapes that this changes. */
  function decide(context: string, seen: Place): readonly string[] {
    if (seen.values.size < neededWords(seen.place, seen.values, thresholds) && !isKnownVocabulary(seen)) return [];
    noteWords(seen.values);
    places.delete(context);
    decided.add(context);
    dropOldest(decided, maxPlaces);
    return [...seen.shapes];
  }

  return {
    isValue: (context: string): boolean => decided.has(context),

    /** Adds words that were values somewhere to the vocabulary. */
    noteWords,

    /** Records a word in its place. If the place becomes a value by that, returns the keys of the shapes to be parsed again. */
    observe({ context, place, value }: Alternative, shape: string): readonly string[] {
      const seen = places.get(context) ?? { place, values: new Set<string>(), shapes: new Set<string>() };
      places.delete(context);
      places.set(context, seen);
      seen.values.add(value);
      if (seen.shapes.size < MAX_SHAPES_OF_PLACE) seen.shapes.add(shape);
      dropOldest(places, maxPlaces);
      return decide(context, seen);
    },

    /** Decides again about all open places, with the current vocabulary. */
    reconsider(): readonly string[] {
      return [...places].flatMap(([context, seen]) => decide(context, seen));
    },

    state: (): EvidenceState => ({
      decided: [...decided],
      observed: [...places].map(([context, { place, values, shapes }]) => [
        context,
        { place, values: [...values], shapes: [...shapes] },
      ]),
      vocabulary: [...vocabulary],
    }),
  };
}

export type ValueEvidence = ReturnType<typeof makeValueEvidence>;
