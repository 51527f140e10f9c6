import { corpora, corpus } from '../corpus.ts';

/** A file as it could stand in a repository, and small fixes of it: each replaces one text by another. */
interface HonestFile {
  readonly path: string;
  readonly before: string;
  readonly fixes: readonly (readonly [from: string, to: string])[];
}

const HONEST_FILES = [
  ...Object.values(corpora<readonly HonestFile[]>('content/honest')).flat(),
  ...corpus<readonly HonestFile[]>('content/honest/fresh.yaml'),
];

/** Small fixes that careful people make, each of one place of one file. */
export const HONEST_FIXES = HONEST_FILES.flatMap(({ path, before, fixes }) =>
  fixes.map(([from, to]) => {
    if (!before.includes(from)) throw new Error(`${path}: there is no ${JSON.stringify(from)} to fix.`);
    return { path, before, after: before.replace(from, () => to), what: to.trim().split('\n').at(-1) ?? '' };
  }),
);
