import { Finding, FindingTotals } from '@selfheal/reports/normal-form/normal-form.ts';
import { z } from 'zod';
import { SCORE_PARTS } from './health-score.ts';

export const ANALYSIS_VERSION = 1;

const Count = z.int().nonnegative();
const Share = z.number().min(0).max(1);
const Path = z.string().min(1);
const Edge = z.strictObject({ from: Path, to: Path });

const Cycle = z.strictObject({
  kind: z.enum(['load', 'late']),
  files: z.array(Path).min(2),
  shortest: z.array(Path).min(2),
});

const Score = z.strictObject({
  value: z.number().min(0).max(10),
  parts: z.array(z.strictObject({ part: z.enum(SCORE_PARTS), measured: Share, lost: z.number().min(0).max(10) })),
});

/** Compared with an earlier analysis, usually of the default branch. */
const Trend = z.strictObject({
  previousCommit: z.string().nullable(),
  previousScore: z.number().min(0).max(10),
  /** Cycles with files that were not in a circle with each other before. */
  newCycles: z.array(Cycle),
  /** Cycles of before that no longer hold together. */
  resolvedCycles: z.array(Cycle),
  newHotspots: z.array(z.strictObject({ file: Path, function: z.string(), complexity: Count })),
});

/** Why a file was not read as a whole. */
export const SKIP_REASONS = {
  link: 'Symbolic links, which are not followed',
  large: 'Larger than 1 MB, not read',
  generated: 'Generated or minified, not read',
  slow: 'Not parsed, because it takes too long',
  unreadable: 'Not readable or not UTF-8 text',
  partly: 'Read in part, because the parser did not understand all of it',
  outside: 'Outside of the folder, not read',
} as const;
export type SkipReason = keyof typeof SKIP_REASONS;

/** `architecture_analysis.json`. Paths are relative to the scanned folder, with forward slashes. Lists are sorted, worst first where that has a meaning. */
export const ArchitectureAnalysis = z.strictObject({
  version: z.literal(ANALYSIS_VERSION),
  /** The commit that was checked out; null without Git. Files may have changed since. */
  commit: z.string().nullable(),
  files: z.strictObject({ typescript: Count, javascript: Count, python: Count, tests: Count, lines: Count }),
  skipped: z.array(z.strictObject({ reason: z.enum(Object.keys(SKIP_REASONS) as SkipReason[]), files: z.array(Path) })),
  history: z.strictObject({ days: Count, commits: Count, complete: z.boolean() }).nullable(),
  score: Score,
  cycles: z.array(Cycle),
  /** Imports of files that do not exist, and imports whose target is computed at run time. */
  unresolved: z.array(z.strictObject({ file: Path, line: z.int().positive(), specifier: z.string() })),
  computed: z.array(z.strictObject({ file: Path, line: z.int().positive() })),
  folders: z.array(
    z.strictObject({
      folder: Path,
      files: Count,
      lines: Count,
      afferent: Count,
      efferent: Count,
      instability: Share.nullable(),
      abstractness: Share,
      distance: Share.nullable(),
    }),
  ),
  coupling: z.strictObject({
    mutualFolders: z.array(
      z.strictObject({ folders: z.tuple([Path, Path]), imports: z.tuple([Count, Count]), against: z.array(Edge) }),
    ),
    changedTogether: z.array(z.strictObject({ files: z.tuple([Path, Path]), commits: Count, share: Share })),
    hubs: z.array(z.strictObject({ file: Path, afferent: Count, efferent: Count })),
  }),
  hotspots: z.array(
    z.strictObject({
      file: Path,
      line: z.int().positive(),
      function: z.string(),
      complexity: Count,
      lines: Count,
      changes: Count,
      weight: Count,
    }),
  ),
  modules: z.array(
    z.strictObject({
      file: Path,
      test: z.boolean(),
      lines: Count,
      complexity: Count,
      changes: Count,
      afferent: Count,
      efferent: Count,
    }),
  ),
  imports: z.array(Edge.extend({ phase: z.enum(['load', 'deferred', 'types']) })),
  /** What code scanning (CodeQL) found: numbers by severity and the worst findings; null when no report was given. */
  security: z.strictObject({ totals: FindingTotals, worst: z.array(Finding) }).nullable(),
  trend: Trend.nullable(),
});
export type ArchitectureAnalysis = z.infer<typeof ArchitectureAnalysis>;

/**
 * What a pull request comment says about the architecture, from one scan. Paths and function names are those of the repository: outsiders choose
 * them in a pull request, so a comment shows them as code, never as markup.
 */
export const ArchitectureSummary = z.strictObject({
  /** Health from 0 to 10, with one decimal. */
  score: z.number().min(0).max(10),
  /** The score of the default branch, or null when there is nothing to compare with. */
  previousScore: z.number().min(0).max(10).nullable(),
  /** Circles of imports that the default branch does not have: the files of the shortest way round, the first one not repeated. */
  newCycles: z.array(z.array(z.string()).min(1)),
  /** Complex functions in files that change often, worst first. */
  hotspots: z.array(z.strictObject({ file: z.string(), line: z.int().positive(), reason: z.string() })),
});
export type ArchitectureSummary = z.infer<typeof ArchitectureSummary>;
