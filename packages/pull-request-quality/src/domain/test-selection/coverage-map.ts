import { FilePath } from '@selfheal/reports/normal-form/normal-form.ts';
import * as z from 'zod';

const MAX_FILES = 50_000;

/** Which source files each file of tests ran when its coverage was recorded. Paths are listed once; tests name them by their index. */
export const CoverageMap = z.strictObject({
  version: z.literal(1),
  files: z.array(FilePath).max(MAX_FILES),
  tests: z.record(
    FilePath,
    z.strictObject({
      /** The commit at which it was recorded. */
      commit: z.string().max(12),
      /** Ascending. */
      files: z.array(z.number().int().nonnegative()),
    }),
  ),
});
export type CoverageMap = z.infer<typeof CoverageMap>;

export const EMPTY_COVERAGE_MAP: CoverageMap = { version: 1, files: [], tests: {} };

/** Coverage by file of tests: the source files that it ran. */
export type CoveredFiles = ReadonlyMap<string, ReadonlySet<string>>;

/** The files that a test ran; empty when it was never recorded. */
export const coveredBy = ({ files, tests }: CoverageMap, test: string): readonly string[] =>
  (tests[test]?.files ?? []).flatMap((index) => files[index] ?? []);

/** The map with what was recorded at a commit. What the recorded tests ran before is replaced; tests that are gone (`exists`) are forgotten. */
export function withCoverage(
  map: CoverageMap,
  covered: CoveredFiles,
  commit: string,
  exists: (path: string) => boolean,
): CoverageMap {
  const kept = Object.keys(map.tests).filter((test) => exists(test) && !covered.has(test));
  const all = new Map<string, { commit: string; paths: readonly string[] }>(
    kept.map((test) => [test, { commit: map.tests[test]?.commit ?? '', paths: coveredBy(map, test) }]),
  );
  for (const [test, paths] of covered) all.set(test, { commit: commit.slice(0, 12), paths: [...paths] });
  const files = [...new Set([...all.values()].flatMap(({ paths }) => paths))].filter(exists).sort().slice(0, MAX_FILES);
  const indexOf = new Map(files.map((file, index) => [file, index]));
  const tests = [...all]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([test, { commit: at, paths }]) => {
      const indexes = paths.flatMap((path) => indexOf.get(path) ?? []).sort((a, b) => a - b);
      return [test, { commit: at, files: indexes }] as const;
    });
  return { version: 1, files, tests: Object.fromEntries(tests) };
}
