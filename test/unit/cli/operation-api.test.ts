import { describe, expect, it } from 'vitest';
import { Service } from '#shared/domain/configuration/configuration.ts';
import { alarmArnAt } from '#shared/domain/incident/home.ts';
import { runsKeyOf } from '#shared/domain/incident/scope.ts';
import type { RunTarget } from '#shared/domain/incident/target-context.ts';
import { anEnding, aPrediction, HOME } from '#test/builders/index.ts';
import { aServedApi } from './served-api.ts';

const services = ['cart', 'shop'].map((id) => Service.parse({ id, alarms: [`${id}-errors`] }));

describe('selfheal service levels', () => {
  it('[D235] tells availability and error budget of each service, and exits with 1 if one misses its objective', async () => {
    const { run, deps, runAs, predictions } = await aServedApi({ configure: (one) => ({ ...one, services }) });
    const daysAgo = (days: number) => new Date(deps.clock.now().getTime() - days * 86_400_000).toISOString();
    await predictions.addPrediction(
      aPrediction({
        openedAt: daysAgo(2),
        scope: `alarm#${alarmArnAt(HOME, 'shop-errors')}`,
        ending: anEnding({ at: daysAgo(1) }),
      }),
    );
    const { code, text } = await run('service', 'levels', '--objective', '99.5%');
    expect(code).toBe(1);
    expect(text).toContain(
      'cart                  100.00 % of 99.50 %  0 incidents, 0 min down; error budget: 216 min left',
    );
    expect(text).toMatch(
      /^shop {18}96\.67 % of 99\.50 % {2}1 incident, 1440 min down; error budget: exceeded by 1224 min$/m,
    );
    const cart = await runAs('viewer', ['sla', 'cart', '--json']);
    expect([cart.code, JSON.parse(cart.text)]).toMatchObject([0, { service: 'cart', met: true, objective: 0.999 }]);
    for (const [flag, value] of [
      ['--objective', '150'],
      ['--objective', 'high'],
      ['--days', '0'],
    ] as const)
      expect(await run('service', 'levels', flag, value)).toMatchObject({ code: 2 });
    expect((await run('service', 'levels', 'nobody')).stderr).toContain('nobody');
  });
});

describe('selfheal baseline list', () => {
  it('tells how the workflows that failed lately ended before', async () => {
    const { run, deps, incident } = await aServedApi();
    const target = incident.target as RunTarget;
    const result = { runAttempt: 1, onDefaultBranch: true, at: '2026-11-20T12:00:00.000Z' };
    await deps.stats.addRun(runsKeyOf(target), { ...result, runId: 1, conclusion: 'success' });
    await deps.stats.addRun(runsKeyOf(target), { ...result, runId: 2, conclusion: 'failure' });
    const { code, text } = await run('baseline', 'list', target.repository);
    expect(code).toBe(0);
    expect(text).toMatch(new RegExp(`^workflow ${target.workflowId} {2}2 runs, 50.0 % passed: `));
    const { text: json } = await run('baselines', target.repository, '--json');
    expect(JSON.parse(json)).toMatchObject({ workflowId: target.workflowId, passRate: { hits: 1, cases: 2 } });
    expect(await run('baseline', 'list', 'nobody')).toMatchObject({ code: 2 });
  });
});
