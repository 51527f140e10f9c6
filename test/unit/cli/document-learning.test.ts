import { describe, expect, it } from 'vitest';
import { anIncident } from '#test/builders/index.ts';
import { aServedApi } from './served-api.ts';

describe('the learning commands of the documents', () => {
  it('[D143] enable-auto-learning says of which failures, from which confidence, and which value stays stricter', async () => {
    const { runAs } = await aServedApi();
    const { code, text, stderr } = await runAs('admin', [
      'enable-auto-learning',
      ...['--pattern-types', 'connectivity,performance', '--confidence-threshold', '0.8'],
      ...['--require-multiple-successes', '3'],
    ]);
    expect(code).toBe(0);
    expect(stderr).toContain('connectivity is here: service_unavailability, network_connectivity');
    expect(stderr).toContain('least number of outcomes 3: laxer than what holds, so 5 stays');
    expect(text).toContain('learning.stages.match.confidence: as deployed -> 0.8');
    expect(text).toContain('Learning from verified outcomes is on. Holds in all places of this deployment');
    expect(text).toContain('stage suggest: least number of outcomes: 5');
    const again = await runAs('admin', ['enable-auto-learning', '--confidence-threshold', '0.8']);
    expect([again.code, again.text]).toEqual([0, expect.stringContaining('Nothing differs from what holds now.')]);
  });

  it('[D168] configure-learning-stages sets the confidence of each stage and the success rate that it asks for', async () => {
    const { runAs } = await aServedApi();
    const stages = [
      ...['--stage-2', 'complex_patterns,confidence_0.8', '--stage-1', 'basic_patterns,confidence_0.65'],
      ...['--stage-3', 'cross_service_patterns,confidence_0.97'],
    ];
    const criteria = ['--advancement-criteria', 'success_rate_90_percent'];
    const { code, text, stderr } = await runAs('admin', ['configure-learning-stages', ...stages, ...criteria]);
    expect(code).toBe(0);
    expect(stderr).toContain('basic_patterns is stage suggest, from a confidence of 0.65: people are told what helped');
    expect(text).toContain('stage match: least confidence: 0.8');
    const { text: held } = await runAs('viewer', ['config', 'show']);
    for (const [stage, confidence] of Object.entries({ suggest: 0.65, match: 0.8, act: 0.97 })) {
      const field = `learning\\.stages\\.${stage}\\.`;
      expect(text).toMatch(new RegExp(`^${field}confidence: as deployed -> ${confidence}$`, 'm'));
      expect(text).toMatch(new RegExp(`^${field}lowerBound: as deployed -> 0\\.9$`, 'm'));
      expect(held).toMatch(new RegExp(`${field}confidence.* ${confidence}\\b`));
    }
    expect(text).toContain('stage act: least success rate (lower bound of the 95 % interval): 0.9');
    const bad = await runAs('admin', ['configure-learning-stages', '--stage-1', 'basic_patterns']);
    expect([bad.code, bad.stderr]).toEqual([2, expect.stringContaining('expected a name and a confidence')]);
    for (const [rate, percent] of [
      ['91%', 91],
      ['success_rate_0.92', 92],
      ['0.93', 93],
      ['94', 94],
    ] as const)
      expect((await runAs('admin', ['learning', 'stages', '--advancement-criteria', rate])).text).toContain(
        `learning.stages.act.lowerBound: ${(percent - 1) / 100} -> ${percent / 100}`,
      );
    for (const rate of ['success_rate_190_percent', '190%', 'often', '1%1']) {
      const refused = await runAs('admin', ['learning', 'stages', '--advancement-criteria', rate]);
      expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining(`${rate}: expected a success rate`)]);
    }
  });

  it('[D172] configure-safety-limits sets limits that hold for whoever teaches next, and never laxer ones', async () => {
    const { runAs, run } = await aServedApi();
    const { code, text } = await runAs('admin', [
      'configure-safety-limits',
      ...['--max-new-patterns-per-day', '1', '--max-confidence-increase-per-week', '0.05'],
      ...['--require-human-approval-for', 'critical_systems,financial_data', '--rollback-on-failure-rate', '0.2'],
    ]);
    expect(code).toBe(0);
    expect(text).toContain('new patterns of one place a day: 1');
    expect(text).toContain('rise of a confidence a week: 0.05');
    expect(text).toMatch(/^learning\.rollbackFailureRate: .* -> 0\.2$/m);
    expect(text).toContain('["critical","financial","critical_systems","financial_data"]');
    const add = (words: string) =>
      run(
        'add-pattern',
        '--title',
        words,
        '--pattern',
        words,
        '--solution',
        'Restart it.',
        '--tags',
        'critical_systems',
      );
    const first = await add('the cache server is gone');
    expect([first.code, first.text]).toEqual([
      0,
      expect.stringContaining('needs an approval because of critical_systems'),
    ]);
    expect((await add('the queue server is gone')).stderr).toContain('the limit of 1 new patterns a day is used up');
    const raised = await run(
      'update-confidence',
      '--pattern',
      'the_cache_server_is_gone',
      '--new-confidence',
      '0.9',
      '--reason',
      'x',
    );
    expect(raised.stderr).toContain('It is 0.55, not 0.90: a confidence rises by at most 0.05 a week');
    expect(raised.stderr).toContain('0.35 are left for later weeks');
    const laxer = await runAs('admin', ['configure-safety-limits', '--max-new-patterns-per-day', '500']);
    expect(laxer.stderr).toContain('laxer than what holds, so 10 stays');
  });

  it('[D211] an incident has tags by itself, which show prints and the list filters by', async () => {
    const { run, incident } = await aServedApi();
    const { text } = await run('incident', 'show', incident.id);
    const [, tags = ''] = /^Tags: (.*)$/m.exec(text) ?? [];
    expect(tags).toMatch(/^ci\b/);
    const details = JSON.parse((await run('incident', 'show', incident.id, '--json')).text);
    expect(details.tags.join(', ')).toBe(tags);
    expect(details.class).not.toBeNull();
    expect(details.tags).toEqual(expect.arrayContaining([details.class, 'infrastructure']));
    expect((await run('incidents', '--tag', 'infrastructure')).text).toContain(incident.id);
    expect((await run('incidents', '--tag', 'ci')).text).toContain(incident.id);
  });

  it('a tag that no incident has ends after the newest 2,000, and says so', async () => {
    let pages = 0;
    const { run } = await aServedApi({
      lists: {
        list: async () => {
          pages += 1;
          return { incidents: Array.from({ length: 100 }, () => anIncident({})), next: 'more', corrupt: [] };
        },
      },
    });
    const { code, stderr, text } = await run('incidents', '--tag', 'no-such-tag');
    expect({ code, text, pages }).toEqual({ code: 0, text: '', pages: 20 });
    expect(stderr).toContain(
      'looked at the first 2000 incidents; there are more. Choose a time with --from and --before.',
    );
  });
});
