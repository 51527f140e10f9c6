import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expectClean, type Healer, openHealer } from './support/healer.ts';
import { until } from './support/until.ts';

let healer: Healer;
beforeAll(async () => {
  healer = await openHealer();
});
afterEach(() => expectClean(healer));
afterAll(() => healer?.stop());

const TEST = 'adds up 58 lines before it rounds';

describe('the verdict by the history of the run', () => {
  it('is flaky once the same commit passed, and the comment says in which attempt', async () => {
    const { github, samples } = healer.world;
    const run = samples.failRun('regression', { rerun: 'success', rerunMs: 20, deliver: 'none' });
    github.rerunByHand(run.runId);
    await until('its second attempt', () => github.run(run.runId)?.attempts[1]?.conclusion === 'success');
    await healer.quiet();
    // GitHub tells of the first attempt late.
    await github.announceRun(run.runId, 'completed', 1);
    const ended = await healer.ended(run.runId);
    expect(ended.classification).toMatchObject({
      verdict: 'flaky',
      history: {
        passedOnSameCommit: true,
        reasons: expect.arrayContaining(['On the same commit 0 other attempts failed and 1 passed (attempt 2).']),
      },
    });
    expect(healer.comment(run.pullRequest)).toContain('1 passed \\(attempt 2\\).');
  });

  it('[B3] counts how the failed test fared in earlier runs, and the comment gives the counts', async () => {
    const support: number[] = [];
    // Counts of fewer than five runs are not told.
    for (let round = 0; round < 3; round++) {
      const { runId } = healer.world.samples.failRun('regression', { rerun: 'success', rerunMs: 20 });
      support.push((await healer.ended(runId)).classification?.history?.support ?? 0);
      healer.world.github.rerunByHand(runId);
      await until('its second attempt', () => healer.world.github.run(runId)?.attempts[1]?.conclusion === 'success');
      await healer.world.github.delivered();
      await healer.quiet();
    }
    const again = healer.world.samples.failRun('regression');
    const ended = await healer.ended(again.runId);
    expect(ended.classification?.history?.support ?? 0).toBeGreaterThan(support[0] ?? 0);
    expect(healer.comment(again.pullRequest)).toMatch(
      new RegExp(
        `The test "${TEST}" failed before in \\d+ of \\d+ recorded runs .*, and both failed and passed on \\d+ commit`,
      ),
    );
  });

  it('checks on the default branch whether what failed failed there before, job by job', async () => {
    const { github, samples } = healer.world;
    const repository = 'acme/broken';
    const green = samples.failRun('regression', { repository, pullRequest: null, rerunMs: 20 });
    await healer.ended(green.runId);
    // The default branch's newest run failed in its unit tests; the change fails to compile.
    const change = samples.failRun('compile', { repository });
    const compiled = await healer.ended(change.runId);
    expect((await healer.evidence.getDiagnosis(compiled.id))?.preExisting).toBe(false);
    const same = samples.failRun('regression', { repository });
    const tested = await healer.ended(same.runId);
    expect((await healer.evidence.getDiagnosis(tested.id))?.preExisting).toBe(true);
    expect(healer.comment(same.pullRequest, repository)).toContain('fails on the default branch too');
    expect(github.runs(repository).length).toBeGreaterThan(3);
  });
});
