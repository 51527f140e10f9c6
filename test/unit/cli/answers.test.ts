import { describe, expect, it } from 'vitest';
import { loadShippedVersion } from '#shared/adapters/archive/data-files.ts';
import { PROMISES } from '#shared/domain/learning/provenance.ts';
import { aCorrection, anEnding, aPrediction, judgedPredictions, rightOf } from '#test/builders/index.ts';
import { aFile, aFolder, runCommand } from './run-command.ts';

const { version } = await loadShippedVersion('shared/data');
const MODEL = version?.provenance.model ?? '';
const REGISTRY = () => ['--registry', `${aFolder()}/registry.json`];
const lines = (some: readonly unknown[]): string => some.map((one) => JSON.stringify(one)).join('\n');
const report = async (content: string, ...more: string[]) =>
  await runCommand(['answers', 'report', aFile(content, 'predictions.jsonl'), ...REGISTRY(), ...more]);

describe('selfheal answers report', () => {
  it('[C69][A71] prints accuracy, Brier score, reliability and cost of the shipped model as JSON', async () => {
    const spending = {
      provider: 'anthropic',
      modelId: 'large',
      prompt: null,
      turns: 1,
      inputTokens: 1000,
      cachedInputTokens: 0,
      outputTokens: 100,
      microdollars: 3000,
    };
    const some = [
      ...judgedPredictions(rightOf(30, 40), { model: MODEL }),
      aPrediction({ incidentId: 'gh-with-cost', model: MODEL, ending: anEnding({ spending }) }),
      aPrediction({ incidentId: 'gh-corrected', model: MODEL, correction: aCorrection() }),
      aPrediction({ incidentId: 'gh-not-known', model: MODEL }),
    ];
    const { stdout, stderr } = await report(lines(some), '--json');
    expect(stderr).toBe('');
    expect(JSON.parse(stdout.toString())).toMatchObject({
      model: MODEL,
      predictions: 43,
      judged: 42,
      unknown: 1,
      accuracy: { hits: 31, cases: 42, interval: [expect.any(Number), expect.any(Number)] },
      brier: expect.any(Number),
      reliability: [{ from: 0.9, to: 1, cases: 42 }],
      cost: { incidents: 41, asked: 1, microdollars: 3000 },
    });
  });

  it('[C70][C71] exits with 1 when answers got worse than the model promised, and says what to do', async () => {
    const bad = judgedPredictions(rightOf(10, 80), { model: MODEL });
    const registry = REGISTRY();
    // The shipped model promises what its provenance says; one without a figure of its verdict promises nothing.
    const { code, stdout } = await runCommand(['answers', 'report', aFile(lines(bad)), ...registry]);
    const promises = version?.provenance.metrics.some(({ name }) => name === PROMISES.verdict);
    expect(code).toBe(promises ? 1 : 0);
    expect(stdout.toString()).toContain(promises ? 'retrain: The verdict was right' : 'nothing promised');
    expect((await report(lines(judgedPredictions(rightOf(80, 80), { model: MODEL })))).code).toBe(0);
  });

  it('prints a table that a person can read', async () => {
    const { stdout } = await report(lines(judgedPredictions(rightOf(30, 40), { model: MODEL })));
    expect(stdout.toString()).toMatch(/accuracy of the last hundred scored: 75\.0 % of 40 \(59\.8 % to 85\.8 %\)/);
    expect(stdout.toString()).toMatch(/0\.9-1\.0 {2}confidence {2}90\.0 % {2}right {2}75\.0 %/);
  });

  it.each([
    ['a line that is no prediction', '{"version":1}\n', 'line 1: not a valid prediction'],
    ['a line that is no JSON', 'hello there\n', 'line 1: not a valid prediction'],
  ])('refuses %s in one line that names it', async (_case, content, why) => {
    const { code, stderr, stdout } = await report(content);
    expect(code).toBe(2);
    expect(stderr).toContain(why);
    expect(stdout.toString()).toBe('');
  });

  it('asks for one place to read from', async () => {
    expect(await runCommand(['answers', 'report'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('needs either'),
    });
  });
});

describe('selfheal answers correct', () => {
  it('names the classes when it is given none', async () => {
    const { code, stderr } = await runCommand(['answers', 'correct', 'gh-00000001', 'gremlins', '--table', 'stats']);
    expect(code).toBe(2);
    expect(stderr).toContain('Use one of: resource_exhaustion');
  });

  it('asks for the table', async () => {
    for (const noun of ['answers', 'quality'])
      expect((await runCommand([noun, 'correct', 'gh-00000001', 'flaky_tests'])).stderr).toContain(
        '"selfheal answers correct" needs --table NAME.',
      );
  });
});
