import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { FailedRun } from '#apps/local/world/samples/samples.ts';
import { sampleConfiguration } from './support/assemblies.ts';
import { commentOn, signsUnder } from './support/commenting.ts';
import { expectClean, type Healer, openHealer } from './support/healer.ts';
import { until } from './support/until.ts';

/** A re-run that ends when the test says so. */
const UNTIL_FINISHED_MS = 600_000;

let healer: Healer;
beforeAll(async () => {
  healer = await openHealer({
    configuration: {
      verification: { ...sampleConfiguration().verification, runMaxPolls: 500 },
      policy: { maxActionsPerHour: 500, maxActionsPerTargetPerHour: 50, breakerFailures: 50, approvalMinutes: 1 },
    },
  });
});
afterEach(() => expectClean(healer));
afterAll(() => healer?.stop());

const bodies = ({ repository, pullRequest }: FailedRun, marker: string) =>
  healer.world.github
    .comments(repository, pullRequest ?? 0)
    .map(({ body }) => body)
    .filter((body) => body.includes(marker));
const reruns = ({ repository, runId }: FailedRun) =>
  healer.world.journal.count('github.run.rerun', `${repository}/runs/${runId}`);
const shortId = ({ runId }: FailedRun) => healer.incidentId(runId).slice(0, 11);

/** Writes a command, waits for its sign, and gives the newest answer of the one comment with answers. */
async function command(run: FailedRun, by: string, text: string): Promise<{ sign: unknown; answer: string }> {
  const incident = await healer.incidents.get(healer.incidentId(run.runId));
  if (incident === null) throw new Error(`Run ${run.runId} has no incident.`);
  const id = await commentOn(healer, incident, by, text);
  const newest = () => bodies(run, '<!-- selfheal-reply -->')[0]?.match(/^- <!-- (\d+) --> (.*)$/m);
  await until('the answer', () => newest()?.[1] === `${id}`);
  expect(bodies(run, '<!-- selfheal-reply -->')).toHaveLength(1);
  return { sign: signsUnder(healer, id)[0], answer: newest()?.[2] ?? '' };
}

describe('twenty pushes to one pull request that fail', () => {
  it('are told in one comment, rewritten with each, and by two mails at most', async () => {
    const runs: FailedRun[] = [];
    for (let wave = 0; wave < 5; wave += 1) {
      // Some at once, so that they wait for each other. From the second wave on a re-run is asked for, and nobody answers: both are mailed.
      for (const kind of ['transient', 'regression', 'transient', wave % 2 ? 'regression' : 'transient'] as const) {
        const pullRequest = runs[0]?.pullRequest ?? 'new';
        runs.push(healer.world.samples.failRun(kind, { pullRequest, rerun: 'failure', rerunMs: 20 }));
      }
      await healer.quiet();
    }
    const [first] = runs as [FailedRun];
    expect(runs).toHaveLength(20);
    expect(healer.world.journal.count('github.comment.created', `acme/shop/issues/${first.pullRequest}`)).toBe(1);
    const known = await Promise.all(runs.map(({ runId }) => healer.incidents.get(healer.incidentId(runId))));
    // About one of the last pushes: a plan that waits for a person is shown even when a later push is told of already.
    const latest = known.slice(-4).flatMap((one) => (one === null ? [] : [one.id]));
    expect(latest.some((id) => healer.comment(first.pullRequest).includes(id))).toBe(true);
    expect(healer.comment(first.pullRequest)).not.toMatch(/is checking whether|is working on|Waiting for/);
    // A mail names earlier incidents, too. Reminders have no limit.
    const ids = runs.map(({ runId }) => healer.incidentId(runId));
    const mails = healer.runtime.mailbox
      .list()
      .filter(({ subject, text }) => ids.some((id) => text.includes(id)) && !subject.includes('still needed'));
    expect(mails).toHaveLength(2);
    const told = known.filter((one) => one !== null);
    expect(told.length).toBeGreaterThan(2);
    // Each push is an incident of its own or counted in the one that was worked on when it came.
    expect(told.reduce((sum, { occurrences }) => sum + occurrences, 0)).toBeGreaterThanOrEqual(20);
    expect(told.every(({ status }) => status !== 'open')).toBe(true);
  });
});

describe('/selfheal rerun', () => {
  it('runs the failed jobs again and says so; a second time, and to a stranger, it says why not, in the same comment', async () => {
    const run = healer.world.samples.failRun('regression', { rerun: 'success', rerunMs: UNTIL_FINISHED_MS });
    expect(await healer.ended(run.runId)).toMatchObject({ status: 'suggested' });
    const stranger = await command(run, 'stranger', '/selfheal rerun');
    expect(stranger).toMatchObject({ sign: '-1', answer: expect.stringContaining('Only people with write access') });
    expect(reruns(run)).toBe(0);

    const begun = await command(run, 'acme-lead', '/selfheal rerun');
    expect(begun).toMatchObject({
      sign: '+1',
      answer: expect.stringContaining('is re-running the failed jobs of incident'),
    });
    expect(begun.answer).toContain(`\`${shortId(run)}\``);
    await until('the re-run', () => reruns(run) === 1);
    const again = await command(run, 'acme-lead', '/selfheal rerun');
    expect(again).toMatchObject({ sign: '-1', answer: expect.stringContaining('is already working on this failure') });

    healer.world.github.finishRerun(run.runId);
    expect(await healer.ended(run.runId)).toMatchObject({ status: 'resolved', attempt: 2 });
    const late = await command(run, 'acme-lead', '/selfheal rerun');
    expect(late).toMatchObject({ sign: '-1', answer: expect.stringContaining('is already over') });
    await healer.quiet();
    expect(reruns(run)).toBe(1);
    expect(bodies(run, '<!-- selfheal:')).toEqual([expect.stringContaining('Passed on attempt 2.')]);
  });

  it('of several workflows means the newest failure that is not over, or the one whose id is written, and names it', async () => {
    const first = healer.world.samples.failRun('regression', { rerun: 'success', rerunMs: 20 });
    await healer.ended(first.runId);
    const workflow = { id: 4711, name: 'Lint', path: '.github/workflows/lint.yml' };
    const { pullRequest } = first;
    const second = healer.world.samples.failRun('regression', { pullRequest, workflow, rerun: 'success', rerunMs: 20 });
    await healer.ended(second.runId);
    expect(bodies(first, '<!-- selfheal:')).toHaveLength(2);

    const newest = await command(first, 'acme-lead', '/selfheal rerun');
    expect(newest.answer).toContain(`incident \`${shortId(second)}\``);
    expect(newest.answer).toContain(`\`${shortId(first)}\``);
    expect(await healer.ended(second.runId)).toMatchObject({ status: 'resolved' });
    expect([reruns(first), reruns(second)]).toEqual([0, 1]);

    const named = await command(first, 'acme-lead', `/selfheal rerun ${shortId(first)}`);
    expect(named.answer).toContain(`incident \`${shortId(first)}\``);
    expect(await healer.ended(first.runId)).toMatchObject({ status: 'resolved' });
    expect([reruns(first), reruns(second)]).toEqual([1, 1]);
  });
});
