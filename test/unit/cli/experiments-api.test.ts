import { describe, expect, it } from 'vitest';
import { ExperimentReport } from '#functions/api/routes/experiments.ts';
import { exposureFor } from '#shared/app/plan/experiment.ts';
import { makePlan } from '#shared/app/plan/plan.ts';
import { experimentAt } from '#shared/domain/experiment/started-experiment.ts';
import { anExperimentOutcome, aPattern } from '#test/builders/index.ts';
import { aServedApi } from './served-api.ts';

const SCOPE = 'repository#501:acme/shop';
const START = ['setup-ab-test', '--id', 'which', '--solution-a', 'rerun-failed-jobs', '--solution-b', 'ranked'];

describe('experiments that people start', () => {
  it('[D164] setup-ab-test compares two deployed actions on the class of a pattern, by a ratio, for some days', async () => {
    const { run, patterns, deps } = await aServedApi();
    await patterns.write(aPattern({ scope: SCOPE }));
    const flags = ['--pattern', aPattern().id, '--scope', SCOPE, '--split-ratio', '70:30', '--duration-days', '7'];
    expect((await run(...START, ...flags, '--dry-run')).text).toContain('would be started: which');
    expect(await deps.experience.startedExperiments()).toEqual([]);
    const { code, text } = await run(...START, ...flags);
    expect([code, text]).toEqual([
      0,
      expect.stringMatching(/^started: which, until .*: rerun-failed-jobs 70 %, ranked 30 %\n$/),
    ]);
    const [started] = await deps.experience.startedExperiments();
    expect(started).toMatchObject({
      experiment: { status: 'running', appliesTo: { classes: ['resource_exhaustion'] } },
      startedBy: 'ada@example.com',
    });
    const days = (Date.parse(started?.endsAt ?? '') - Date.parse(started?.startedAt ?? '')) / 86_400_000;
    expect(days).toBe(7);
    expect(started && experimentAt(started, new Date(started.endsAt)).status).toBe('completed');
  });

  it('stays within what is deployed, and says what is wrong', async () => {
    const { run, deps, patterns } = await aServedApi();
    const vague = aPattern({ scope: SCOPE, class: 'unknown' });
    await patterns.write(vague);
    for (const [flags, words] of [
      [['--pattern', vague.id, '--scope', SCOPE], 'would apply to every failure'],
      [['--solution-a', 'format-disk'], 'no deployed action'],
      [['--solution-a', 'ranked'], 'so there is nothing to compare'],
      [['--split-ratio', '100'], 'percent of the first'],
      [['--split-ratio', 'half'], 'percent of the first'],
      [['--duration-days', '91'], 'whole number from 1 to 90'],
      [['--id', 'No Id'], 'lower-case letters'],
      [['--pattern', '0'.repeat(12)], 'There is no pattern 000000000000 in this scope'],
      [['--pattern', '0'.repeat(12), '--scope', SCOPE], 'no pattern'],
    ] as const) {
      const { code, stderr } = await run(...START, ...flags);
      expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
    }
    expect(await deps.experience.startedExperiments()).toEqual([]);
    await run(...START);
    expect((await run(...START)).stderr).toContain('already');
    expect((await run('setup-ab-test')).stderr).toContain('needs --solution-a');
  });

  it('takes part in plans until it is stopped or over', async () => {
    const { run, deps, incident, call } = await aServedApi();
    await run(...START);
    const [started] = await deps.experience.startedExperiments();
    if (started === undefined || incident.classification === null) throw new Error('It was not started.');
    const exposureAt = (now: Date) =>
      exposureFor(incident, incident.classification as never, [], {
        configuration: { ...deps.configuration, experiments: [experimentAt(started, now)] },
        mayHold: false,
      });
    expect(exposureAt(new Date(started.endsAt))).toBeNull();
    expect(await makePlan({ incidentId: incident.id, tried: [], held: false }, deps)).toHaveProperty('decision');
    const stop = (id: string, as: string) => call(`/api/experiments/${id}/stop`, { method: 'POST', as });
    expect((await stop('which', 'viewer')).statusCode).toBe(403);
    const stopped = await run('experiment', 'stop', 'which');
    expect([stopped.code, stopped.text]).toEqual([0, expect.stringMatching(/^stopped: which\. /)]);
    expect((await stop('which', 'operator')).json.status).toBe('completed');
    expect((await run('experiment', 'stop', 'none')).stderr).toContain('no experiment none');
    expect((await stop('none', 'operator')).statusCode).toBe(404);
    expect((await deps.experience.startedExperiments())[0]?.stopped).toMatchObject({ by: 'ada@example.com' });
  });

  it('[D165] ab-test-results tells incidents, success rate, time, side effects, a recommendation and how sure it is', async () => {
    const { run, deps } = await aServedApi();
    await run(...START);
    for (let at = 0; at < 120; at++) {
      const variantId = at % 2 === 0 ? 'solution-a' : 'solution-b';
      const outcome = { experimentId: 'which', variantId, incidentId: `gh-${at}`, minutes: 4, success: at % 2 === 0 };
      await deps.experience.addExperimentOutcome(
        anExperimentOutcome({
          ...outcome,
          sideEffects: [1, 3, 5].includes(at) ? ['undone'] : at === 7 ? ['undone', 'slower'] : [],
        }),
      );
    }
    const { text } = await run('ab-test-results', '--test-id', 'which');
    expect(text).toContain('solution-a');
    expect(text).toContain('60 of 60, 4.0 min to heal');
    expect(text).toContain('0 of 60, undone 4x, slower 1x');
    expect(text).toContain('solution-a (rerun-failed-jobs) ');
    expect(text).toContain('prefer solution-a (rerun-failed-jobs): ');
    expect(text).toContain('120 incidents (confidence 95.0 %)');
    const report = ExperimentReport.parse(
      JSON.parse((await run('ab-test-results', '--test-id', 'which', '--json')).text),
    );
    expect(report.recommendation).toMatchObject({ kind: 'prefer', variantId: 'solution-a', confidence: 0.95 });
    expect(text).not.toMatch(/\b1 times\b/);
    expect((await run('ab-test-results', '--test-id', 'none')).stderr).toContain(
      'There is no experiment "none". Use one of: which',
    );
    expect((await run('experiment', 'results')).text).toContain('which (running)');
  });
});
