import { RunBaseline } from '@selfheal/pull-request-quality/domain/gates/run-baseline.ts';
import * as z from 'zod';
import { DefaultBranch } from '#shared/domain/access/workflow-run-caller.ts';
import type { RunOutcome, StatsStore } from '#shared/ports/test-store.ts';
import { type Item, openTable, type TableOptions, ttlOf, withoutStorage } from './dynamo-table.ts';
import { parseRecord } from './errors.ts';

const KEPT_DAYS = 90;
const SHOWN = 10;
/** Runs are sorted by id, and re-runs of old ones come late: this many are read to find the newest ten. */
const LOOKED_AT = 50;

const RunRecord = z.strictObject({
  version: z.literal(1),
  runId: z.number().int(),
  runAttempt: z.number().int(),
  conclusion: z.string(),
  onDefaultBranch: z.boolean(),
  at: z.iso.datetime({ offset: true }),
  headSha: z.string().max(64).optional(),
});

const BaselineRecord = RunBaseline.extend({ version: z.literal(1) });
const RepositoryRecord = DefaultBranch.extend({ version: z.literal(1) });

/**
 * Stats table: `RUNS#<repository>#<workflowId>`, one item per run and attempt; `WORKFLOWS#<owner/name>`, whose runs there are, so that they are found
 * by the name; `REPOSITORY#<id>`, what webhooks say of the repository; `BASELINE#<owner/name>`, what its quality gates measured.
 */
export function makeDynamoStatsStore(options: TableOptions): StatsStore {
  const table = openTable(options);
  return {
    recentRuns: async (scope, most = SHOWN) => {
      const items = await table.query(`RUNS#${scope}`, { newestFirst: true, limit: LOOKED_AT });
      return items.map(outcomeOf).sort(newestFirst).slice(0, most);
    },
    addRun: async (scope, outcome) => {
      const record = RunRecord.parse({ version: 1, ...outcome });
      const sk = `${digits(outcome.runId, 20)}#${digits(outcome.runAttempt, 6)}`;
      const expiresAt = ttlOf(new Date(Date.parse(outcome.at) + KEPT_DAYS * 24 * 60 * 60 * 1000));
      // Before the run, so that no run is stored that nothing leads to. With every run: the repository may have been deleted since the last one.
      await table.put({ pk: workflowsOf(repositoryIn(scope)), sk: scope });
      await table.put({ pk: `RUNS#${scope}`, sk, ...record, expiresAt });
    },
    keepRunBaseline: async (repository, baseline) => {
      const record = BaselineRecord.parse({ version: 1, ...baseline });
      await table.put({ ...baselineKey(repository), ...record });
    },
    runBaseline: async (repository) => {
      const item = await table.get(baselineKey(repository));
      if (item === null) return null;
      const { version, ...baseline } = parseRecord(BaselineRecord, withoutStorage(item), `Baseline of ${repository}`);
      return baseline;
    },
    keepDefaultBranch: async (repositoryId, known) => {
      await table.put({ pk: `REPOSITORY#${repositoryId}`, sk: 'DEFAULT-BRANCH', version: 1, ...known });
    },
    defaultBranch: async (repositoryId) => {
      const item = await table.get({ pk: `REPOSITORY#${repositoryId}`, sk: 'DEFAULT-BRANCH' });
      if (item === null) return null;
      const { version, ...known } = parseRecord(RepositoryRecord, withoutStorage(item), `Repository ${repositoryId}`);
      return known;
    },
  };
}

/** Partition with one item for each workflow of a repository, whose sort key is the scope of its runs. */
export const workflowsOf = (repository: string): string => `WORKFLOWS#${repository.toLowerCase()}`;

/** `acme/shop` of `501:acme/shop#77`. */
const repositoryIn = (scope: string): string => scope.replace(/#[^#]*$/, '').replace(/^.*:/, '');

/** GitHub's names do not tell upper from lower case. */
const baselineKey = (repository: string) => ({ pk: `BASELINE#${repository.toLowerCase()}`, sk: 'LATEST' });

/** Padded, so that numbers sort as text. */
const digits = (value: number, width: number): string => String(value).padStart(width, '0');

function newestFirst(a: RunOutcome, b: RunOutcome): number {
  return Date.parse(b.at) - Date.parse(a.at) || b.runId - a.runId || b.runAttempt - a.runAttempt;
}

function outcomeOf(item: Item): RunOutcome {
  const what = `Run ${String(item.pk)} ${String(item.sk)}`;
  const { version, ...outcome } = parseRecord(RunRecord, withoutStorage(item), what);
  return outcome;
}
