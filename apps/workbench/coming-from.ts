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

/** The words that somebody may mean: the same, else those that contain it, else the nearest one. */
export function findForeignWords(asked: string, documents: readonly ForeignDocument[]): ForeignWord[] {
  const wanted = plain(asked);
  if (wanted === '') return [];
  const words = documents.flatMap((document) => document.words);
  const spellings = ({ word, also }: ForeignWord): string[] => [word, ...also].map(plain);
  const same = words.filter((one) => spellings(one).includes(wanted));
  if (same.length > 0) return same;
  const within = wanted.length < 3 ? [] : words.filter((one) => spellings(one).some((each) => each.includes(wanted)));
  if (within.length > 0) return within;
  const nearest = nearestValue(wanted, words.flatMap(spellings));
  return nearest === null ? [] : words.filter((one) => spellings(one).includes(nearest));
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
