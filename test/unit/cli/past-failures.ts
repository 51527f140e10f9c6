import { shaOf } from '@selfheal/fake-github/state.ts';
import { archiveEntries } from '#apps/local/world/samples/job-log.ts';
import { type FailureKind, shopJobs } from '#apps/local/world/samples/shop-jobs.ts';
import type { World } from '#apps/local/world/world.ts';

/** What became of a failed run. */
export interface PastStory {
  readonly kind: FailureKind;
  /** How re-runs by hand ended, in order. */
  readonly reruns?: readonly ('passes' | 'fails')[];
  /** The next run of the branch that passed: on the same commit, on one without a change, or on one that changes this file. */
  readonly next?: 'same-commit' | 'empty-commit' | { readonly changes: string };
  readonly expired?: boolean;
}

/** Stories with what a replay has to say about them: advice, outcome, whether the advice and the named file were right. */
export const PAST_STORIES: readonly { readonly story: PastStory; readonly known: string }[] = [
  { story: { kind: 'transient', reruns: ['passes'] }, known: 'rerun passed-again right unknown' },
  {
    story: { kind: 'transient', reruns: ['fails'], next: { changes: 'src/cart.ts' } },
    known: 'rerun changed wrong unknown',
  },
  { story: { kind: 'regression', next: { changes: 'test/cart.test.ts' } }, known: 'change changed right right' },
  { story: { kind: 'compile', next: { changes: 'docs/notes.md' } }, known: 'change changed right wrong' },
  { story: { kind: 'regression', next: 'empty-commit' }, known: 'change passed-again wrong unknown' },
  { story: { kind: 'regression', next: 'same-commit' }, known: 'change passed-again wrong unknown' },
  { story: { kind: 'unknown' }, known: 'nothing open unknown unknown' },
  { story: { kind: 'regression', expired: true }, known: 'unread open unknown unknown' },
];

const DAY = 86_400_000;

/** A repository in which each of these happened on a branch of its own, one hour after the other. The last one is the newest. */
export function aPastOf(stories: readonly PastStory[], name: string, { github }: World): string {
  const repository = `acme/${name}`;
  github.addRepository(repository);
  const began = Date.now() - 20 * DAY;
  for (const [at, story] of stories.entries()) {
    const failedAt = new Date(began + at * 3_600_000);
    const branch = `change-${at}`;
    const [broken, mended] = [shaOf(`${name} ${at} broken`), shaOf(`${name} ${at} mended`)];
    addCommit(broken, failedAt, []);
    const failing = attemptOf(story.kind, broken, failedAt, story.expired);
    const later = (story.reruns ?? []).map((end) => (end === 'fails' ? failing : attemptOf(null, broken, failedAt)));
    const run = github.addRun({
      repository,
      branch,
      headSha: broken,
      createdAt: failedAt,
      attempts: [failing, ...later],
      rerunMs: 600_000,
    });
    for (const _ of later) {
      github.rerunByHand(run.id);
      github.finishRerun(run.id);
    }
    const { next } = story;
    if (next === undefined) continue;
    const headSha = next === 'same-commit' ? broken : mended;
    const passedAt = new Date(failedAt.getTime() + 1_800_000);
    if (next !== 'same-commit') addCommit(mended, passedAt, next === 'empty-commit' ? [] : [next.changes]);
    github.addRun({ repository, branch, headSha, createdAt: passedAt, attempts: [attemptOf(null, headSha, passedAt)] });
  }
  return repository;

  function addCommit(sha: string, at: Date, paths: readonly string[]): void {
    const files = paths.map((path) => ({
      path,
      status: 'modified' as const,
      additions: 1,
      deletions: 1,
      patch: '@@ -1 +1 @@\n-a\n+b',
    }));
    github.addCommit({
      repository,
      sha,
      message: 'Change',
      author: 'acme-dev',
      at: at.toISOString(),
      pullRequest: null,
      files,
    });
  }
}

function attemptOf(kind: FailureKind | null, sha: string, start: Date, expired = false) {
  const jobs = shopJobs(kind, sha);
  return {
    conclusion: kind === null ? ('success' as const) : ('failure' as const),
    jobs,
    archive: expired ? null : archiveEntries(jobs, start),
  };
}
