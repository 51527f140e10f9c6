import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FAKE_TOKEN } from '#apps/local/world/samples/job-log.ts';
import type { FailureKind } from '#apps/local/world/samples/shop-jobs.ts';
import { startWorld, type World } from '#apps/local/world/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const HEADERS = { authorization: 'Bearer a-token', 'user-agent': 'test' };

async function failedJobLog(kind: FailureKind): Promise<{ job: string; lines: string[] }> {
  const { repository, run } = world.samples.failRun(kind, { deliver: 'none' });
  const failed = run.attempts[0]?.jobs.filter((job) => job.conclusion === 'failure') ?? [];
  expect(failed).toHaveLength(1);
  const path = `/repos/${repository}/actions/jobs/${failed[0]?.id}/logs`;
  const text = await (await fetch(world.githubApiUrl + path, { headers: HEADERS })).text();
  return { job: failed[0]?.name ?? '', lines: text.trimEnd().split('\n') };
}

describe('sample failures', () => {
  it.each([
    ['regression', 'unit tests', 'Expected values to be strictly equal'],
    ['transient', 'unit tests', 'npm error code ECONNRESET'],
    ['compile', 'build', "Property 'price' does not exist on type 'Line'."],
    ['unknown', 'release rehearsal', 'Process completed with exit code 3.'],
  ] as const)('of kind %s fail in the job "%s" with what the tool really prints', async (kind, job, words) => {
    const log = await failedJobLog(kind);
    expect(log.job).toBe(job);
    expect(log.lines.some((line) => line.includes(words))).toBe(true);
    expect(log.lines.length).toBeGreaterThan(200);
  });

  it("has GitHub's form: rising times of seven decimals, groups that end, colours, an error at the end of the step", async () => {
    const { lines } = await failedJobLog('regression');
    for (const line of lines) expect(line).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z /);
    const times = lines.map((line) => line.slice(0, 28));
    expect(times).toEqual([...times].sort());
    const count = (word: string) => lines.filter((line) => line.includes(word)).length;
    expect(count('##[group]')).toBe(count('##[endgroup]'));
    expect(count('\u001b[')).toBeGreaterThan(50);
    expect(lines.at(-2)).toContain('##[error]Process completed with exit code 1.');
  });

  it('prints a token that must be redacted', async () => {
    const { lines } = await failedJobLog('transient');
    expect(lines.some((line) => line.includes(FAKE_TOKEN))).toBe(true);
  });

  it('opens a pull request for each failure, or uses the one it is told, and adds a green baseline once', () => {
    const first = world.samples.failRun('compile', { repository: 'acme/other', deliver: 'none' });
    const { pullRequest } = first;
    const again = world.samples.failRun('compile', { repository: 'acme/other', pullRequest, deliver: 'none' });
    expect(again.pullRequest).toBe(pullRequest);
    const onMain = world.samples.failRun('compile', { repository: 'acme/other', pullRequest: null, deliver: 'none' });
    expect([onMain.run.branch, onMain.run.event]).toEqual(['main', 'push']);
    const green = world.github.runs('acme/other').filter((run) => run.attempts[0]?.conclusion === 'success');
    expect(green).toHaveLength(3);
  });
});
