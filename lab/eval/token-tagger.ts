import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';

/** A token of a line: its text without brackets, quotes and the stops after it, and where it stands. */
export interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** A line with one tag for each of its tokens; `O` for a token that is no entity. */
export interface TaggedLine {
  readonly tokens: readonly Token[];
  readonly tags: readonly string[];
}

const EPOCHS = 5;
const OUTSIDE = 'O';

export function tokensOf(line: string): Token[] {
  return [...line.matchAll(/[^\s"'`,;|<>[\]{}=]+/g)].flatMap((match) => {
    const text = match[0]
      .replace(/^[(]+/, '')
      .replace(/[.:!?)]+$/, (stops) => (match[0].includes('(') ? stops.replace(/[.:!?]+$/, '') : ''));
    const start = match.index + match[0].indexOf(text);
    return text === '' ? [] : [{ text, start, end: start + text.length }];
  });
}

/** What is known of the token at a place, without the tag before it. */
function featuresOf(tokens: readonly Token[], at: number): string[] {
  const textAt = (place: number): string => tokens[place]?.text ?? '';
  const text = textAt(at);
  const low = text.toLowerCase();
  const shape = text
    .replace(/[A-Z]+/g, 'X')
    .replace(/[a-z]+/g, 'x')
    .replace(/\d+/g, '9');
  return [
    `w=${low}`,
    `s=${shape.slice(0, 24)}`,
    `k=${[...new Set(shape.replace(/[Xx9]/g, ''))].sort().join('')}`,
    ...[2, 3, 4].map((length) => `e${length}=${low.slice(-length)}`),
    ...[3, 5].map((length) => `b${length}=${low.slice(0, length)}`),
    `x=${/\.([a-z]{1,5})(?:[:(]?\d.*)?$/.exec(low)?.[1] ?? ''}`,
    `n=${Math.min(4, low.split(/[./:\\-]/).length)}`,
    `p=${textAt(at - 1).toLowerCase()}`,
    `pp=${textAt(at - 2).toLowerCase()}`,
    `f=${textAt(at + 1).toLowerCase()}`,
    `a=${Math.min(at, 5)}`,
  ];
}

/**
 * A tagger of tokens that is trained on tagged lines: the averaged structured perceptron with Viterbi decoding over the tag before (M. Collins,
 * "Discriminative training methods for hidden Markov models", EMNLP 2002), whose features are words, affixes, shapes and neighbours, as of a named-entity
 * recogniser without embeddings (cf. G. Lample et al., "Neural architectures for named entity recognition", NAACL 2016, section 4). The same lines and
 * seed make the same tagger.
 */
export function trainTagger(lines: readonly TaggedLine[], seed = 1): (tokens: readonly Token[]) => string[] {
  const tags = [...new Set([OUTSIDE, ...lines.flatMap((line) => line.tags)])];
  const weights = new Map<string, Float64Array>();
  const sums = new Map<string, Float64Array>();
  const changed = new Map<string, Float64Array>();
  const read = lines.map(({ tokens, tags: right }) => ({
    features: tokens.map((_, at) => featuresOf(tokens, at)),
    right,
  }));
  const random = numbersFrom(seed);
  let step = 0;
  const row = (of: Map<string, Float64Array>, name: string): Float64Array => {
    const known = of.get(name) ?? new Float64Array(tags.length);
    of.set(name, known);
    return known;
  };
  const update = (name: string, tag: number, by: number): void => {
    const [weight, sum, at] = [row(weights, name), row(sums, name), row(changed, name)];
    sum[tag] = (sum[tag] ?? 0) + (step - (at[tag] ?? 0)) * (weight[tag] ?? 0);
    at[tag] = step;
    weight[tag] = (weight[tag] ?? 0) + by;
  };
  for (let epoch = 0; epoch < EPOCHS; epoch += 1)
    for (const { features, right } of shuffled(read, random)) {
      step += 1;
      const guess = decode(features, weights, tags);
      let [before, guessedBefore] = ['start', 'start'];
      right.forEach((tag, at) => {
        const guessed = tags[guess[at] ?? 0] ?? OUTSIDE;
        if (guessed !== tag || before !== guessedBefore) {
          const [good, bad] = [tags.indexOf(tag), guess[at] ?? 0];
          for (const name of guessed === tag ? [] : (features[at] ?? [])) {
            update(name, good, 1);
            update(name, bad, -1);
          }
          update(`t=${before}`, good, 1);
          update(`t=${guessedBefore}`, bad, -1);
        }
        [before, guessedBefore] = [tag, guessed];
      });
    }
  for (const [name, weight] of weights) {
    const [sum, at] = [row(sums, name), row(changed, name)];
    weight.forEach((value, tag) => {
      weight[tag] = ((sum[tag] ?? 0) + (step - (at[tag] ?? 0)) * value) / Math.max(1, step);
    });
  }
  return (tokens) =>
    decode(
      tokens.map((_, at) => featuresOf(tokens, at)),
      weights,
      tags,
    ).map((tag) => tags[tag] ?? OUTSIDE);
}

/** The tags with the highest sum of weights, as places in `tags`. */
function decode(
  features: readonly (readonly string[])[],
  weights: ReadonlyMap<string, Float64Array>,
  tags: readonly string[],
): number[] {
  const transitions = tags.map((tag) => weights.get(`t=${tag}`));
  const first = weights.get('t=start');
  const from: number[][] = [];
  let best: number[] = [];
  features.forEach((names, at) => {
    const own = tags.map(() => 0);
    for (const name of names) {
      weights.get(name)?.forEach((weight, tag) => {
        own[tag] = (own[tag] ?? 0) + weight;
      });
    }
    const back: number[] = [];
    best = tags.map((_, tag) => {
      if (at === 0) return (own[tag] ?? 0) + (first?.[tag] ?? 0);
      let [top, place] = [Number.NEGATIVE_INFINITY, 0];
      best.forEach((score, before) => {
        const sum = score + (transitions[before]?.[tag] ?? 0);
        if (sum > top) [top, place] = [sum, before];
      });
      back[tag] = place;
      return top + (own[tag] ?? 0);
    });
    from.push(back);
  });
  const last = best.indexOf(Math.max(...best));
  const path = [last];
  for (let at = features.length - 1; at > 0; at -= 1) path.unshift(from[at]?.[path[0] ?? 0] ?? 0);
  return features.length === 0 ? [] : path;
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const all = [...items];
  for (let at = all.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    [all[at], all[other]] = [all[other] as T, all[at] as T];
  }
  return all;
}
