import type { Alternative } from './alternatives.ts';
import type { WordPlace } from './word-place.ts';

/** How many different words in one place, all else equal, make the place a value. */
export interface ValueThresholds {
  /** Behind `=`. */
  readonly assigned: number;
  /** Behind a word that announces a value (`user`, `from`). */
  readonly introduced: number;
  /** A word with a dot, underscore or the like inside. */
  readonly symbolic: number;
  readonly ordinary: number;
  /** The first word of a message, and words in capitals anywhere: they tell kinds and states apart. */
  readonly naming: number;
  /** Words of which most have digits. */
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

/** What was seen in one place of otherwise equal messages. */
export interface Observed {
  readonly place: WordPlace;
  readonly values: readonly string[];
  /** Keys of the shapes that the words were seen in. */
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

/** Drops the oldest entries of a map or set until it has at most `most`. */
export function dropOldest(entries: Map<string, unknown> | Set<string>, most: number): void {
  for (const key of entries.keys()) {
    if (entries.size <= most) return;
    entries.delete(key);
  }
}

function isCapitals(value: string): boolean {
  return /^[A-Z][A-Z_]+$/.test(value);
}

/** Words needed to take a place as a value, by where it is and what the words look like. */
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
 * Tells values that are words from words that name the event, by how many different words were seen in a place while everything around it
 * was equal: the branching of Brain's tree below its longest common pattern (Yu et al., "Brain: Log Parsing With Bidirectional Parallel
 * Tree", IEEE TSC 2023), kept up to date line by line, with a threshold that depends on what stands before the place.
 * At most `maxPlaces` places are remembered, the longest unseen forgotten first.
 */
export function makeValueEvidence(thresholds: ValueThresholds, maxPlaces: number, restored?: EvidenceState) {
  const decided = new Set<string>(restored?.decided);
  const vocabulary = new Set<string>(restored?.vocabulary);
  const places = new Map<string, Place>();
  for (const [context, { place, values, shapes }] of restored?.observed ?? [])
    places.set(context, { place, values: new Set(values), shapes: new Set(shapes) });

  /** Two words that are values elsewhere are values here too, where a value is likely. */
  function isKnownVocabulary({ place, values }: Place): boolean {
    if (values.size < 2 || (place !== 'assigned' && place !== 'introduced')) return false;
    for (const value of values) if (!vocabulary.has(value) || isCapitals(value)) return false;
    return true;
  }

  function noteWords(words: Iterable<string>): void {
    for (const word of words) vocabulary.add(word);
    dropOldest(vocabulary, MAX_VOCABULARY);
  }

  /** The shapes concerned when the place is a value from now on, otherwise none. */
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

    /** Remembers words that were values somewhere. */
    noteWords,

    /** Notes a word in its place; answers with the keys of all shapes to be read anew when that decides it. */
    observe({ context, place, value }: Alternative, shape: string): readonly string[] {
      const seen = places.get(context) ?? { place, values: new Set<string>(), shapes: new Set<string>() };
      places.delete(context);
      places.set(context, seen);
      seen.values.add(value);
      if (seen.shapes.size < MAX_SHAPES_OF_PLACE) seen.shapes.add(shape);
      dropOldest(places, maxPlaces);
      return decide(context, seen);
    },

    /** Looks again at all places with the vocabulary of now. */
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
