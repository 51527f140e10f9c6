import type { Reply } from '@selfheal/fake-models/scripted-model.ts';
import { FIX_LABELS } from '@selfheal/patch-guard/fix-branch.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { FailedRun } from '#apps/local/world/samples/samples.ts';
import { answerOn, planOn, signIn } from '#lab/drills/approvals.ts';
import { approve, askedFor } from './support/approving.ts';
import { expectClean, type Healer, openHealer } from './support/healer.ts';
import { proposing, STILL_WRONG, WHOLE } from './support/proposed-code.ts';

const REPOSITORY = 'acme/shop';
const WORKFLOW_PATCH = `--- a/.github/workflows/ci.yml
+++ b/.github/workflows/ci.yml
@@ -1 +1 @@
-on: push
+on: workflow_dispatch
`;

const PASSWORD = 'Correct-horse-9';

let healer: Healer;
let approver: string;
beforeAll(async () => {
  healer = await openHealer({
    base: 'model',
    configuration: {
      fixes: { repositories: [{ name: REPOSITORY, patches: true }], maxPerDay: 50 },
      policy: { flapWindowMinutes: 0, maxActionsPerHour: 500, maxActionsPerTargetPerHour: 50, breakerFailures: 50 },
    },
  });
  await healer.runtime.createUser('approver', 'approver@example.com', PASSWORD, ['approver']);
  approver = await signIn(healer, 'approver@example.com', PASSWORD);
});
afterEach(() => {
  healer.world.models.setDefault({ kind: 'plausible' });
  expectClean(healer);
});
afterAll(() => healer?.stop());

/** A run that fails, and what a model proposes for it. `asks`: whether a person is asked, and says yes. */
async function failed(reply: Reply, asks: boolean): Promise<FailedRun> {
  healer.world.models.setDefault(reply);
  const run = healer.world.samples.failRun('regression');
  if (asks) await approve(healer, run.runId, approver);
  expect(await healer.ended(run.runId)).toMatchObject({ status: 'suggested' });
  await healer.quiet();
  return run;
}
const fixes = () =>
  healer.world.github.pullRequests(REPOSITORY).filter(({ headBranch }) => headBranch.startsWith('autofix-'));
const effects = (kind: Parameters<Healer['world']['journal']['count']>[0]) => healer.world.journal.count(kind);

/** All that anybody could run or see of code in the repository: branches, tags and pull requests beside those of the samples. */
const written = () => [...healer.world.github.branches(REPOSITORY), ...fixes().map(({ headBranch }) => headBranch)];

describe('a proposed change', () => {
  it('is on no branch and in no pull request before a person approved it, and the person is shown the change', async () => {
    healer.world.models.setDefault(proposing(WHOLE));
    const run = healer.world.samples.failRun('regression');
    const page = await askedFor(healer, run.runId);
    expect(written()).toEqual([]);
    expect(effects('github.branch.created')).toBe(0);
    expect(effects('github.pull.created')).toBe(0);
    const { json } = await planOn(page, approver);
    const { briefing } = json as { briefing: { change: { diff: string; looks: string[] } } };
    expect(briefing.change.diff).toMatch(/^diff --git a\/src\/cart\.ts b\/src\/cart\.ts\n/);
    expect(briefing.change.diff).toContain('+  const sum = lines.reduce(');
    expect(briefing.change.looks).toEqual([]);
    const [mail] = healer.mailsAbout(run.runId);
    expect(mail?.text).toContain('+  const sum = lines.reduce(');
    expect(await answerOn(page, 'rejected', approver)).toMatchObject({ status: 200 });
    await healer.ended(run.runId);
    await healer.quiet();
    expect(written()).toEqual([]);
    expect(effects('github.branch.created')).toBe(0);
  });

  it('that touches a workflow file is refused with the reason, and no branch is made', async () => {
    const run = await failed(proposing(WORKFLOW_PATCH), false);
    expect(effects('github.branch.created')).toBe(0);
    const incident = await healer.incidents.get(healer.incidentId(run.runId));
    expect(incident?.outcomeReason).toMatch(/A proposed change was not tested: /);
    expect(healer.comment(run.pullRequest)).toMatch(/A proposed change was not tested: /);
  });

  it('with which the job still fails is taken back: the branch is deleted, no pull request is opened, and the comment says so', async () => {
    const run = await failed(proposing(STILL_WRONG), true);
    expect(effects('github.branch.created')).toBe(1);
    expect(effects('github.branch.deleted')).toBe(1);
    expect(healer.world.github.branches(REPOSITORY)).toEqual([]);
    expect(fixes()).toEqual([]);
    expect(healer.comment(run.pullRequest)).toContain('It did not help and was undone.');
  });

  it('[A76][B61][B62][B63][B64][B65][B66][B67][B68][B69] with which the failed job passes becomes a draft pull request with labels, and the comment names it', async () => {
    const run = await failed(proposing(WHOLE), true);
    const [fix, ...more] = fixes();
    expect(more).toEqual([]);
    expect(fix).toMatchObject({
      title: 'autofix: Count every line',
      headBranch: expect.stringMatching(/^autofix-\d{8}-\d{6}$/),
      base: run.run.branch,
      draft: true,
      labels: [...FIX_LABELS],
      author: 'acme-selfheal',
    });
    expect(fix?.body).toContain('Confidence: **85 %**');
    expect(fix?.body).toContain('The total leaves out lines after the 57th.');
    expect(fix?.body).toContain('#### How to test it');
    expect(fix?.body).toMatch(/The job unit tests \[failed without it\]\(\S+\) and \[passed with it\]\(\S+\)/);
    const pushed = healer.world.github.runs(REPOSITORY).find(({ branch }) => branch === fix?.headBranch);
    expect(pushed).toMatchObject({ event: 'push', headSha: fix?.headSha });
    const comment = healer.comment(run.pullRequest);
    expect(comment).toMatch(/Opened draft pull request \S+ with a proposed change\. The failed jobs pass with it\./);
    expect(comment).toMatch(new RegExp(`\\(\\[see it\\]\\(http\\S+/pull/${fix?.number}\\)\\)`));
    expect(comment).not.toMatch(/Verified: it recovered/);
    expect(healer.statesOf(run.runId).filter((state) => state.startsWith('Act'))).toHaveLength(4);
  });

  it('is proposed once while it is open, and never again after somebody closed it unmerged', async () => {
    const before = fixes().length;
    const again = await failed(proposing(WHOLE), false);
    expect(fixes()).toHaveLength(before);
    expect(healer.comment(again.pullRequest)).toContain('A fix for the same failure is open already.');
    healer.world.github.closePullRequest(REPOSITORY, fixes()[0]?.number ?? 0);
    const rejected = await failed(proposing(WHOLE), false);
    expect(fixes()).toHaveLength(before);
    expect(healer.comment(rejected.pullRequest)).toContain('The same patch was rejected before.');
  });
});
