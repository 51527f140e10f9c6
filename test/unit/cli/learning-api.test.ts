import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFilePatternStore } from '#shared/adapters/archive/file-pattern-store.ts';
import { FIGURE_DEFINITIONS } from '#shared/domain/answers/figures.ts';
import {
  anEnding,
  aPastIncident,
  aPattern,
  aPatternOutcome,
  aPrediction,
  judgedPredictions,
  rightOf,
} from '#test/builders/index.ts';
import { aFolder, runCommand } from './run-command.ts';
import { aServedApi } from './served-api.ts';

const SCOPE = 'repository#501:acme/shop';
const outcomes = (count: number, isGood = (_at: number): boolean => true) =>
  Array.from({ length: count }, (_, at) =>
    aPatternOutcome({
      incident: `gh-${at}`,
      at: new Date(Date.UTC(2026, 10, 2 + at)).toISOString(),
      helped: isGood(at),
    }),
  );

async function aSchool() {
  const predictions = [aPrediction({ scope: SCOPE }), ...judgedPredictions(rightOf(8, 10), { model: 'signatures' })];
  const api = await aServedApi({ predictions });
  await api.patterns.write(aPattern({ scope: SCOPE, stage: 'suggest', confidence: 0.6, outcomes: outcomes(5) }));
  return api;
}

describe('selfheal learning, signed in', () => {
  it.each(['ai-status', 'learning-stage-status', 'learning status'])(
    '[D137] [D169] %s shows stage, progress, expected time and the model',
    async (name) => {
      const { run } = await aSchool();
      const { code, text } = await run(...name.split(' '), '--scope', SCOPE);
      expect(code).toBe(0);
      expect(text).toMatch(
        /^learning: stage suggest, 50\.0 % of the way to match, expected in \d+ days\n {2}missing: 5 more outcomes/,
      );
      expect(text).toContain('model: signatures, accuracy 80.0 % (8 of 10)');
      expect(JSON.parse((await run(...name.split(' '), '--json')).text).stage.stage).toBe('suggest');
    },
  );

  it('[D156] ai-metrics shows accuracy, Brier score, calibration and reliability', async () => {
    const { run } = await aSchool();
    const { code, text } = await run('ai-metrics');
    expect([code, text]).toEqual([0, expect.stringContaining('accuracy 80.0 % (8 of 10); Brier score 0.')]);
    expect(text).toContain('confidence 0.9-1.0: said 90.0 %, right 80.0 % of 10');
    expect(JSON.parse((await run('learning', 'metrics', '--json')).text)).toMatchObject({ judged: 10 });
  });

  it('[D161] learning-report covers so many days', async () => {
    const { run } = await aSchool();
    const { text } = await run('learning-report', '--days', '60');
    expect(text).toContain('outcomes of patterns: 5');
    expect(
      JSON.parse((await run('learning-report', '--days', '60', '--json', '--scope', SCOPE)).text).patterns.active,
    ).toBe(1);
    expect((await run('learning-report', '--days', '0')).code).toBe(2);
  });

  it('[C82] [C83] learning-report says of the incidents of the deployment whether more healed and fewer were left to people', async () => {
    const { run, deps } = await aSchool();
    const now = deps.clock.now().getTime();
    const end = async (daysAgo: number, healed: number, byPeople: number): Promise<void> => {
      for (let at = 0; at < healed + byPeople; at += 1)
        await deps.knowledge.remember(
          aPastIncident({
            id: `gh-${`${daysAgo}${at}`.padStart(24, '0')}`,
            endedAt: new Date(now - daysAgo * 86_400_000 - at).toISOString(),
            ...(at < healed ? {} : { outcome: 'escalated', helped: null }),
          }),
          SCOPE,
        );
    };
    const goals = async (): Promise<string[]> =>
      (await run('learning-report', '--days', '30')).text.split('\n').filter((line) => line.startsWith('goal '));
    await end(45, 10, 15);
    await end(10, 20, 5);
    expect(await goals()).toEqual([
      expect.stringMatching(
        /^goal healed by Selfheal: 80\.0 % of 25 .*before 40\.0 % of 25 .*\+100 %, aimed at \+40 %; reached$/,
      ),
      expect.stringMatching(
        /^goal left to people: 20\.0 % of 25 .*before 60\.0 % of 25 .*-67 %, aimed at -60 %; reached$/,
      ),
    ]);
    await end(5, 5, 45);
    expect((await goals()).map((line) => line.split('; ').at(-1))).toEqual(['missed', 'missed']);
  });

  it('[C84] learning report --format markdown is the page of a monthly review', async () => {
    const { run } = await aSchool();
    const { code, text } = await run('learning', 'report', '--days', '30', '--format', 'markdown');
    expect(code).toBe(0);
    expect(text).toMatch(/^# Review of learning, \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d\n/);
    for (const heading of ['## Goals', '## Incidents', '## Patterns']) expect(text).toContain(`\n${heading}\n\n| `);
    expect(text).toMatch(/\| healed by Selfheal \| .*aimed at \+40 %; not measurable/);
    expect(text).toMatch(/\| left to people \| .*aimed at -60 %; not measurable/);
    expect((await run('learning', 'report', '--format', 'pdf')).stderr).toContain(
      'There is no format "pdf". Use one of: text, markdown.',
    );
  });

  it('learning report prints the sections that are named, in that order, as one text or one document', async () => {
    const { run, requests } = await aSchool();
    const { code, text } = await run('learning', 'report', '--section', 'model,stage');
    expect([code, text]).toEqual([0, expect.stringMatching(/^model .*: \d+ predictions[\s\S]*\nlearning: stage /)]);
    const all = JSON.parse((await run('learning', 'report', '--section', 'all', '--days', '60', '--json')).text);
    expect(Object.keys(all)).toEqual(['status', 'report', 'quality', 'accuracy', 'health']);
    expect(requests.filter((one) => one.includes('days=60'))).toHaveLength(3);
    const wrong = await run('learning', 'report', '--section', 'modle');
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('did you mean model?')]);
    expect((await run('learning', 'report', '--section', 'model', '--format', 'markdown')).code).toBe(2);
  });

  it('[D163] ai-performance-report tells more in detail', async () => {
    const { run } = await aSchool();
    const summary = (await run('ai-performance-report', '--days', '60')).text;
    const detailed = (await run('ai-performance-report', '--format', 'detailed', '--days', '60')).text;
    expect(summary).toContain('outcomes of patterns: 5');
    expect(summary).not.toContain('confidence 0.9-1.0');
    expect(detailed).toContain('confidence 0.9-1.0');
    expect(detailed).toMatch(/2026-11-01 {2}accuracy 80\.0 %/);
    expect(
      JSON.parse((await run('ai-performance-report', '--format', 'detailed', '--json')).text).accuracy,
    ).toHaveLength(30);
    expect((await run('ai-performance-report', '--format', 'long')).code).toBe(2);
  });

  it('[D174] diagnose-pattern-accuracy names the patterns that help too seldom, where they did not help, and what to look at', async () => {
    const { run, patterns } = await aServedApi({ predictions: [aPrediction({ scope: SCOPE })] });
    await patterns.write(aPattern({ scope: SCOPE, outcomes: outcomes(6, (at) => at % 2 === 0) }));
    const flags = ['--min-accuracy', '0.7', '--analyze-failures', '--suggest-improvements', '--days', '60'];
    const { code, text } = await run('diagnose-pattern-accuracy', ...flags);
    expect(code).toBe(1);
    expect(text).toMatch(/^BAD +success: 3 of 6 \(50\.0 %\); at least 70\.0 % are needed$/m);
    expect(text).toMatch(
      /^weak .* helped in 50\.0 % of 6 .*; did not help in gh-1, gh-3, gh-5\. Look at what helped instead/m,
    );
    expect(text).toMatch(/^do +Take back or correct the patterns listed as weak\.$/m);
    const kinder = await run('diagnose-pattern-accuracy', '--min-success', '0.4', '--days', '60');
    expect([kinder.code, kinder.text.includes('gh-1')]).toEqual([0, false]);
  });

  it('[D177] ai-health-check --comprehensive also checks the model, its watch, calibration and the workflow', async () => {
    const { run } = await aSchool();
    const plain = await run('ai-health-check', '--days', '60', '--scope', SCOPE);
    expect(plain.text).not.toContain('workflow');
    const { text } = await run('ai-health-check', '--comprehensive', '--days', '60', '--scope', SCOPE);
    for (const line of [
      'ok     model: signatures, 10 answers judged',
      '?      watch: answers were never compared with outcomes yet',
      '?      calibration: too few answers to say whether the confidence is right',
      '?      mix of classes: too few answers',
      'ok     workflow: 0 stalled incidents',
    ])
      expect(text).toContain(`\n${line}\n`);
    expect(text).toMatch(/^learning is healthy, as far as 7 of 13 checks can tell$/m);
    const local = await runCommand(['ai-health-check', '--comprehensive', '--patterns', join(aFolder(), 'p.json')]);
    expect([local.code, local.stderr]).toEqual([2, expect.stringContaining('needs the API')]);
  });

  it('[D162] start-learning-monitor --dashboard shows the whole status at each change, for a time', async () => {
    const { run } = await aSchool();
    const { code, text } = await run('start-learning-monitor', '--dashboard', '--for', '1');
    expect([code, text]).toEqual([0, expect.stringContaining('learning: stage suggest')]);
    const line = (await run('learning', 'monitor', '--for', '1')).text;
    expect(line).toBe('stage suggest (50 %), 1 pattern, accuracy 80.0 % (8 of 10)\n');
    expect((await run('learning', 'monitor', '--every', '0')).code).toBe(2);
  });

  it('[D162] start-learning-monitor --dashboard shows it again after a change, and says nothing while nothing changes', async () => {
    const { runThrough, patterns } = await aSchool();
    const looks = ['start-learning-monitor', '--dashboard', '--every', '30', '--for', '2m'];
    const { code, text } = await runThrough('viewer', looks, async (pause) => {
      if (pause === 2) await patterns.write(aPattern({ id: 'fedcba987654', scope: SCOPE, stage: 'observe' }));
    });
    expect(code).toBe(0);
    expect(text.match(/^learning: stage suggest/gm)).toHaveLength(2);
    expect(text.match(/^patterns: \d+/gm)).toEqual(['patterns: 1', 'patterns: 2']);
  });
});

describe('selfheal status and costs', () => {
  it('[D120] status shows API, workflow, open incidents, last healed and the model', async () => {
    const { run, incident } = await aSchool();
    const { text } = await run('status');
    for (const words of [
      'API          ok, version 1.2.3',
      'workflow',
      'in progress, 0 plans wait',
      `last healed  ${incident.id}`,
      'model        signatures with rules',
    ])
      expect(text).toContain(words);
    expect(JSON.parse((await run('status', '--json')).text)).toMatchObject({ api: 'ok' });
    for (const { label, definition } of FIGURE_DEFINITIONS)
      expect(text).toMatch(new RegExp(`${label} +\\S.*\n +${definition}`));
    expect((await runCommand(['status'])).stderr).toContain('SELFHEAL_URL');
  });

  it('status, watch and doctor say that the kill switch is on, since when, by whom and why', async () => {
    const { run, runAs } = await aSchool();
    const words =
      /The kill switch is on since 21 Nov 2026, 12:00 UTC by .+: a migration runs\. Selfheal changes nothing/;
    const asked = async () => [
      (await run('status')).text,
      (await run('watch', '--for', '1')).stderr,
      (await run('doctor')).text,
    ];
    for (const text of await asked()) expect(text).not.toContain('kill switch is on');
    expect((await run('doctor')).text).toContain('ok      Kill switch: off');
    expect(JSON.parse((await run('status', '--json')).text).stopped).toBeNull();
    await runAs('admin', ['policy', 'stop', '--yes', '--reason', 'a migration runs']);
    for (const text of await asked()) expect(text).toMatch(words);
    expect((await run('status')).text).toMatch(/^STOPPED {6}/);
    expect(JSON.parse((await run('status', '--json')).text).stopped).toMatchObject({ reason: 'a migration runs' });
    await runAs('admin', ['policy', 'resume', '--reason', 'it is over', '--yes']);
    for (const text of await asked()) expect(text).not.toContain('kill switch is on');
  });

  it('cost report sums models and AWS by day', async () => {
    const { deps } = await aSchool();
    const at = deps.clock.now().toISOString();
    const spending = {
      provider: 'x',
      modelId: 'm',
      prompt: null,
      turns: 1,
      inputTokens: 9,
      cachedInputTokens: 0,
      outputTokens: 1,
      microdollars: 2_000_000,
    };
    const { run } = await aServedApi({ predictions: [aPrediction({ ending: anEnding({ at, spending }) })] });
    const { text } = await run('cost', 'report', '--days', '2');
    expect(text).toContain('1 incident in 2 days: models $2.0000, AWS about $0.0005');
    expect(text).toContain(`${at.slice(0, 10)}  1 incident, 1 with a model`);
    expect(JSON.parse((await run('costs', '--json')).text).byDay).toHaveLength(30);
  });
});

describe('rates of learning', () => {
  it('[D176] optimize-learning-rate lives the outcomes again and recommends the best rate', async () => {
    const file = join(aFolder(), 'patterns.json');
    const store = makeFilePatternStore(file);
    await store.write(aPattern({ scope: 'local', outcomes: outcomes(30) }));
    const run = (...args: string[]) => runCommand(['optimize-learning-rate', '--patterns', file, ...args]);
    const flags = ['--current-rate', '0.01', '--test-rates', '0.05,0.3', '--evaluation-metric'];
    const { code, stdout, stderr } = await run(...flags, 'brier');
    expect([code, stderr]).toEqual([0, expect.stringContaining('set learning.maxConfidenceGainPerWeek to 0.3')]);
    expect(stdout.toString().split('\n')[0]).toMatch(/^0\.300 {2}brier 0\.\d{4} over 30 outcomes$/);
    const { results, recommended } = JSON.parse((await run(...flags, 'log-loss', '--json')).stdout.toString());
    expect([results[0].rate, recommended]).toEqual([0.3, 0.3]);
    // Every rate foretells the same when it is always right.
    expect((await run(...flags, 'accuracy')).stderr).toContain('keep the current rate');
    for (const bad of [
      ['--test-rates', 'fast'],
      ['--evaluation-metric', 'luck'],
      ['--current-rate', '2'],
    ])
      expect((await run(...bad)).code).toBe(2);
    const none = await runCommand(['learning', 'rate', '--patterns', join(aFolder(), 'none.json')]);
    expect(none.stderr).toContain('no outcomes yet');
  });

  it('[D176] are compared on the outcomes of the deployment for whoever is signed in', async () => {
    const { run, patterns, requests } = await aSchool();
    await patterns.write(aPattern({ id: 'dddddddddddd', scope: SCOPE, outcomes: outcomes(30) }));
    const flags = ['--scope', SCOPE, '--current-rate', '0.01', '--test-rates', '0.05,0.3'];
    const { code, text, stderr } = await run('optimize-learning-rate', ...flags);
    expect([code, stderr]).toEqual([0, expect.stringContaining('set learning.maxConfidenceGainPerWeek to 0.3')]);
    expect(stderr).not.toContain('not signed in');
    expect(text.split('\n')[0]).toMatch(/^0\.300 {2}brier 0\.\d{4} over 3\d outcomes$/);
    expect(requests.at(-1)).toContain('GET /api/learning/rates?');
    // The rate that holds is the one of the deployment's policy.
    expect(JSON.parse((await run('learning', 'rate', '--scope', SCOPE, '--json')).text).current).toBe(0.1);
    const many = await run(
      'learning',
      'rate',
      '--test-rates',
      Array.from({ length: 21 }, (_, at) => at / 100).join(','),
    );
    expect([many.code, many.stderr]).toEqual([2, expect.stringContaining('rates')]);
  });
});

describe('a test of what was learned', () => {
  it('[D145] test-ai-learning simulates incidents of some classes and measures the accuracy of each', async () => {
    const flags = [
      '--simulate-incidents',
      '40',
      '--pattern-types',
      'network_connectivity,storage_issues',
      '--measure-accuracy',
    ];
    const { stdout } = await runCommand(['test-ai-learning', ...flags, '--json']);
    const result = JSON.parse(stdout.toString());
    expect(result.incidents).toBe(40);
    expect(result.identified.value).toBeGreaterThan(0.8);
    expect(result.byClass.map((one: { class: string }) => one.class)).toEqual([
      'network_connectivity',
      'storage_issues',
    ]);
    const plain = await runCommand([
      'learning',
      'test',
      '--simulate-incidents',
      '3',
      '--pattern-types',
      'storage_issues',
    ]);
    expect(plain.stdout.toString()).toMatch(
      /^3 simulated incidents: identified .*\n {2}mean confidence \S+\n {2}resolved without people, time to resolve: not measured here/,
    );
    expect(plain.stdout.toString()).not.toContain('  storage_issues');
    const measured = await runCommand(['test-ai-learning', ...flags]);
    expect(measured.stdout.toString()).toMatch(/^ {2}network_connectivity: .*\n {2}storage_issues: /m);
    const categories = ['--pattern-types', 'database,memory', '--measure-accuracy'];
    const mixed = (
      await runCommand(['test-ai-learning', '--simulate-incidents', '20', ...categories])
    ).stdout.toString();
    const simulated = [...mixed.matchAll(/^ {2}(\w+): .* \(\d+ of (\d+)\)$/gm)].map(([, name, cases]) => [
      name,
      Number(cases),
    ]);
    const inMemory = simulated.filter(([name]) => name === 'memory_leaks' || name === 'resource_exhaustion');
    expect(inMemory.reduce((sum, [, cases]) => sum + Number(cases), 0)).toBeGreaterThanOrEqual(10);
    expect(simulated.map(([name]) => name)).not.toContain('runtime_exceptions');
    for (const bad of [[], ['--simulate-incidents', '0'], ['--simulate-incidents', '2', '--pattern-types', 'luck']])
      expect((await runCommand(['test-ai-learning', ...bad])).code).toBe(2);
  });
});
