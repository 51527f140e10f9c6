import { nearestValue } from '@selfheal/kernel/text/nearest-value.ts';

/** A word of an older tool's document, and what it is here. */
export interface ForeignWord {
  readonly word: string;
  /** What it is here, or `Not here, because ...`. */
  readonly here: string;
  /** Page of the guide, with its heading where one is meant. */
  readonly page: string;
  /** Other spellings. */
  readonly also: readonly string[];
}

export interface ForeignDocument {
  /** `A` to `E`. */
  readonly document: string;
  readonly title: string;
  readonly words: readonly ForeignWord[];
}

export async function foreignDocuments(): Promise<readonly ForeignDocument[]> {
  return (await import('./coming-from.json', { with: { type: 'json' } })).default;
}

/** Case, quotation marks, hyphens, underscores and blanks make no difference. */
const plain = (text: string): string => text.toLowerCase().replaceAll(/[\s_`'"-]+/g, '');

/** Shorter spellings are in too many texts to be what is meant by a longer one. */
const MIN_PART = 5;

/** The words that somebody may mean: the same, else those that contain it, else the longest that it contains, else the nearest one; each under the spelling that fits. */
export function findForeignWords(asked: string, documents: readonly ForeignDocument[]): ForeignWord[] {
  const wanted = plain(asked);
  if (wanted === '') return [];
  const words = documents.flatMap((document) => document.words);
  const found = (isMeant: (spelling: string) => boolean): ForeignWord[] =>
    words.flatMap((one) => {
      const spelling = [one.word, ...one.also].find((each) => isMeant(plain(each)));
      return spelling === undefined ? [] : [{ ...one, word: spelling }];
    });
  const same = found((each) => each === wanted);
  if (same.length > 0) return same;
  const within = wanted.length < 3 ? [] : found((each) => each.includes(wanted));
  if (within.length > 0) return within;
  const spellings = words.flatMap(({ word, also }) => [word, ...also].map(plain));
  const [part] = spellings
    .filter((each) => each.length >= MIN_PART && wanted.includes(each))
    .sort((a, b) => b.length - a.length);
  if (part !== undefined) return found((each) => each === part);
  const nearest = nearestValue(wanted, spellings);
  return nearest === null ? [] : found((each) => each === nearest);
}

/** `docs/guide/coming-from.md`. */
export function comingFromPage(documents: readonly ForeignDocument[]): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|');
  const titleOf = (page: string): string => page.replace(/\.md.*$/, '').replaceAll('-', ' ');
  return [
    '# Coming from another document',
    '',
    'Words of five documents that Selfheal takes the place of, one section each: what a word is here, or why it is not here. `selfheal help WORD` finds it, in other',
    'spellings, too. Commands that had another name are found by it: `selfheal help add-pattern`.',
    '',
    ...documents.flatMap(({ document, title, words }) => [
      `## ${document}: ${title}`,
      '',
      '| word | here | more |',
      '|---|---|---|',
      ...words.map(
        ({ word, here, page, also }) =>
          `| ${[word, ...also].map((each) => `\`${cell(each)}\``).join(', ')} | ${cell(here)} | [${titleOf(page)}](${page}) |`,
      ),
      '',
    ]),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}
