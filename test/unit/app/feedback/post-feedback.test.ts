import { setTimeout as wait } from 'node:timers/promises';
import { type FeedbackRequest, postFeedback } from '@selfheal/pull-request-quality/app/feedback/post-feedback.ts';
import { combineResults } from '@selfheal/pull-request-quality/domain/pull-request/pull-request-facts.ts';
import { templateWords } from '@selfheal/pull-request-quality/domain/pull-request/report-words.ts';
import { COMMENT_MARKER } from '@selfheal/pull-request-quality/domain/pull-request/sticky-comment.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startWorld, type World } from '#apps/local/world/world.ts';
import { makeGithubPullRequestFeedback } from '#shared/adapters/github/pull-request-feedback.ts';
import {
  aFailedTest,
  aJobResult,
  aReportedRun,
  greenResults,
  redactedText,
  redResults,
  testsFacts,
} from '#test/builders/index.ts';
import { makeGithubConformance } from '#test/contract/github-conformance.ts';

const REPOSITORY = 'acme/feedback';
const conformance = makeGithubConformance();
/** Waits are real, but short. */
const clock = { now: () => new Date(), sleep: (milliseconds: number) => wait(milliseconds / 50) };
let world: World;
let pull: { number: number; headSha: string };

beforeAll(async () => {
  world = await startWorld();
  world.onExchange(conformance.onExchange);
  world.github.addRepository(REPOSITORY);
  world.github.setIdentity('workflow');
});
afterAll(() => world.stop());
beforeEach(() => {
  pull = world.github.addPullRequest(REPOSITORY);
  world.github.setPermissions(null);
  world.github.setRemaining(1_000_000);
});

const deps = () => ({
  feedback: makeGithubPullRequestFeedback({
    apiUrl: world.githubApiUrl,
    token: async () => 'a-token',
    botLogin: async () => 'github-actions[bot]',
    clock,
  }),
  clock,
});

function request(results = redResults(), run: Partial<ReturnType<typeof aReportedRun>> = {}): FeedbackRequest {
  const facts = combineResults(results);
  return {
    run: aReportedRun({ repository: REPOSITORY, headSha: pull.headSha, ...run }),
    pullRequest: pull.number,
    facts,
    words: templateWords(facts),
    checkName: 'Selfheal',
    write: 'yes',
  };
}

const comments = () => world.github.comments(REPOSITORY, pull.number);
const checks = (sha = pull.headSha) => world.github.checkRuns(REPOSITORY, sha);
/** A run whose report can be told from others. */
const numbered = (number: number, run: Parameters<typeof request>[1] = {}) =>
  request([aJobResult(`job-${number}`, 'failed')], { runId: 1000 + number, ...run });

describe('the feedback on a pull request', () => {
  it('[B37] is one comment and one check with the results of all jobs, and notes at lines', async () => {
    const outcome = await postFeedback(request(), deps());
    expect(outcome).toMatchObject({
      conclusion: 'failure',
      comment: { kind: 'written', changed: 'created' },
      check: { kind: 'written', changed: 'created' },
    });
    expect(comments()).toHaveLength(1);
    for (const job of ['test', 'coverage', 'security', 'lint']) expect(comments()[0]?.body).toContain(`\`${job}\``);
    // Of each kind what it found: tests, coverage, vulnerabilities.
    const found = [/rounds totals per line/, /91\.2 ?%/, /deep-merge/];
    for (const one of found) expect(comments()[0]?.body).toMatch(one);
    const [check] = checks();
    for (const one of found) expect(check?.summary).toMatch(one);
    expect(check).toMatchObject({ name: 'Selfheal', conclusion: 'failure', title: '2 of 4 jobs failed' });
    expect(
      check?.annotations.map(({ path, start_line, end_line, annotation_level }) => [
        path,
        start_line,
        end_line,
        annotation_level,
      ]),
    ).toEqual([
      ['test/cart.test.ts', 14, 14, 'failure'],
      ['package-lock.json', 1, 1, 'failure'],
      ['test/pay.test.ts', 80, 80, 'warning'],
      ['src/cart.ts', 12, 18, 'warning'],
      ['src/cart.ts', 30, 30, 'warning'],
    ]);
  });

  it('is updated in place by a later run, and says in one folded line that all is well', async () => {
    await postFeedback(request(), deps());
    const later = await postFeedback(request(greenResults(), { attempt: 2 }), deps());
    expect(later.comment).toMatchObject({ kind: 'written', changed: 'updated' });
    expect(comments()).toHaveLength(1);
    expect(comments()[0]?.body).toContain('All 3 jobs passed');
    expect(comments()[0]?.body).not.toContain('rounds totals');
    expect(comments()[0]?.body).toContain('<details>');
    // Its notes no longer hold and cannot be taken back, so a new check takes its place.
    expect(checks().map(({ conclusion }) => conclusion)).toEqual(['failure', 'success']);
    const again = await postFeedback(request(greenResults(), { attempt: 2 }), deps());
    expect(again.comment).toMatchObject({ kind: 'written', changed: 'unchanged' });
    expect(checks()).toHaveLength(2);
  });

  it('leaves the comment alone when its run is older', async () => {
    await postFeedback(numbered(7), deps());
    for (const older of [numbered(6), numbered(7, { attempt: 1 }), numbered(3, { headSha: 'b'.repeat(40) })])
      await postFeedback(older, deps());
    expect(comments().map(({ body }) => /job-\d/.exec(body)?.[0])).toEqual(['job-7']);
    const [check] = checks();
    expect(check?.summary).toContain('job-7');
    // An older commit keeps a check of its own.
    expect(checks('b'.repeat(40))).toHaveLength(1);
  });

  it('is one comment with the newest facts after 20 updates at once', async () => {
    for (let round = 0; round < 3; round += 1) {
      pull = world.github.addPullRequest(REPOSITORY);
      const all = Array.from({ length: 20 }, (_, at) => numbered(at));
      const shuffled = all.map((one, at) => ({ one, key: (at * 7 + round * 3) % 20 })).sort((a, b) => a.key - b.key);
      const outcomes = await Promise.all(shuffled.map(({ one }) => postFeedback(one, deps())));
      expect(outcomes.map(({ comment }) => comment.kind)).not.toContain('not-written');
      expect(comments()).toHaveLength(1);
      expect(comments()[0]?.body).toMatch(/job-19/);
      expect(checks()).toHaveLength(1);
      expect(checks()[0]?.summary).toContain('job-19');
    }
  });

  it('is one comment even where new comments are listed late', async () => {
    world.github.setReadLag(20);
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, at) => postFeedback(numbered(at), deps())));
    world.github.setReadLag(0);
    expect(outcomes.map(({ comment }) => comment.kind)).not.toContain('not-written');
    await postFeedback(numbered(19), deps());
    expect(comments()).toHaveLength(1);
    expect(comments()[0]?.body).toMatch(/job-19/);
  });

  it('merges comments that were created at once into the oldest, and deletes only our own', async () => {
    const foreign = world.github.addComment(REPOSITORY, pull.number, 'octo-dev', `${COMMENT_MARKER} mine`);
    const first = world.github.addComment(REPOSITORY, pull.number, 'github-actions[bot]', `${COMMENT_MARKER} one`);
    world.github.addComment(REPOSITORY, pull.number, 'github-actions[bot]', `${COMMENT_MARKER} two`);
    await postFeedback(numbered(5), deps());
    expect(comments().map(({ id }) => id)).toEqual([foreign.id, first.id]);
    expect(comments()[0]?.body).toContain('mine');
    expect(comments()[1]?.body).toContain('job-5');
  });

  it('takes over the lock of a process that died', async () => {
    await postFeedback(numbered(1), deps());
    await deps().feedback.lockComment(REPOSITORY, comments()[0]?.id ?? 0);
    let now = Date.now();
    const sleep = async (milliseconds: number) => {
      now += milliseconds;
    };
    const late = { now: () => new Date(now), sleep };
    const outcome = await postFeedback(numbered(2), { ...deps(), clock: late });
    expect(outcome.comment).toMatchObject({ kind: 'written', changed: 'updated' });
    expect(comments()[0]?.body).toContain('job-2');
  });

  it('has a part for each workflow of the commit, and one check with the worst conclusion', async () => {
    await Promise.all([
      postFeedback(request(greenResults(), { workflow: 'Lint', runId: 10 }), deps()),
      postFeedback(request(redResults(), { workflow: 'CI', runId: 11 }), deps()),
    ]);
    expect(comments()).toHaveLength(1);
    expect(comments()[0]?.body).toContain('All 3 jobs passed');
    expect(comments()[0]?.body).toContain('2 of 4 jobs failed');
    expect(checks().at(-1)).toMatchObject({ conclusion: 'failure', title: '1 of 2 workflows failed' });
    await postFeedback(request(greenResults(), { workflow: 'CI', runId: 12, headSha: 'c'.repeat(40) }), deps());
    // The results of the older commit are of code that is no longer there.
    expect(comments()[0]?.body).not.toContain('2 of 4 jobs failed');
    expect(comments()[0]?.body.match(/All 3 jobs passed/g)).toHaveLength(1);
  });

  it('notes hundreds of lines in requests of fifty', async () => {
    const failed = Array.from({ length: 180 }, (_, at) => aFailedTest({ name: `test ${at}`, line: at + 1 }));
    await postFeedback(request([aJobResult('test', 'failed', [testsFacts(failed)])]), deps());
    expect(checks()).toHaveLength(1);
    expect(checks()[0]?.annotations).toHaveLength(180);
    expect(comments()[0]?.body).toContain('and 170 more');
  });

  it('says what could not be written, and why, and never fails', async () => {
    world.github.setPermissions({ contents: 'read', pull_requests: 'read', issues: 'read', checks: 'read' });
    const refused = await postFeedback(request(), deps());
    expect(refused.comment).toEqual({ kind: 'not-written', reason: expect.stringContaining('pull-requests: write') });
    expect(refused.check).toEqual({ kind: 'not-written', reason: expect.stringContaining('checks: write') });
    expect(refused.page).toContain('rounds totals per line');
    world.github.setPermissions(null);
    world.github.setRemaining(0);
    expect((await postFeedback(request(), deps())).comment).toEqual({
      kind: 'not-written',
      reason: "GitHub's rate limit is used up: run the job again later.",
    });
    expect(comments()).toEqual([]);
  });

  it('writes nothing about the pull request of a fork, and says so', async () => {
    const { comment, check, page } = await postFeedback({ ...request(), write: 'fork' }, deps());
    expect(comment).toEqual({ kind: 'not-written', reason: expect.stringContaining('comes from a fork') });
    expect(check).toEqual(comment);
    expect(page).toContain('rounds totals per line');
    expect(comments()).toEqual([]);
    expect(checks()).toEqual([]);
  });

  it('[A81] offers a proposed change where the diff shows its lines, and tells of others in the comment', async () => {
    const patch = '@@ -10,3 +10,4 @@\n const a = 1;\n+const b = 2;\n const c = 3;\n const d = 4;';
    world.github.addCommit({
      repository: REPOSITORY,
      sha: pull.headSha,
      message: 'x',
      author: 'acme-dev',
      at: new Date().toISOString(),
      pullRequest: pull.number,
      files: [{ path: 'src/a.ts', status: 'modified', additions: 1, deletions: 0, patch }],
    });
    const reason = redactedText('`b` is never used.');
    const changes = [
      { path: 'src/a.ts', lines: { start: 11, end: 12 }, replacement: 'const c = 3;', reason },
      { path: 'src/a.ts', lines: { start: 90, end: 90 }, replacement: 'far()', reason },
      { path: 'src/a.ts', lines: { start: 13, end: 14 }, replacement: 'halfway()', reason },
      {
        path: 'src/a.ts',
        lines: { start: 11, end: 11 },
        replacement: `const key = '${['AKIA', 'QWERTYUIOPASDFGH'].join('')}';`,
        reason,
      },
    ];
    const given = request([aJobResult('fix', 'failed', [{ kind: 'suggestions', changes }])]);
    expect((await postFeedback(given, deps())).suggestions).toEqual({ offered: 1, inComment: 2 });
    const [suggestion] = world.github.reviewComments(REPOSITORY, pull.number);
    expect(suggestion).toMatchObject({ path: 'src/a.ts', startLine: 11, line: 12 });
    expect(suggestion?.body).toContain('```suggestion\nconst c = 3;\n```');
    for (const outside of ['far()', 'halfway()']) expect(comments()[0]?.body).toContain(outside);
    expect(comments()[0]?.body).not.toContain('AKIA');
    await postFeedback(given, deps());
    expect(world.github.reviewComments(REPOSITORY, pull.number)).toHaveLength(1);
  });

  it("sends only requests that GitHub's description knows", () => {
    expect(conformance.problems).toEqual([]);
    expect([...conformance.operations]).toEqual(
      expect.arrayContaining(['checks/create', 'checks/update', 'reactions/create-for-issue-comment']),
    );
  });
});
