import { describe, expect, it } from 'vitest';
import { anExperiment, anExperimentOutcome } from '#test/builders/index.ts';
import { aFile, runCommand } from './run-command.ts';

const configuration = (experiments: readonly unknown[] = [anExperiment()]) =>
  aFile(JSON.stringify({ version: 1, experiments }), 'selfheal.json');
const outcomes = (variantId: string, cases: number, successes: number): string =>
  Array.from({ length: cases }, (_, at) =>
    JSON.stringify(
      anExperimentOutcome({ variantId, incidentId: `${variantId}-${at}`, success: at % cases < successes }),
    ),
  ).join('\n');
const run = async (content: string, config: string, ...more: string[]) =>
  await runCommand(['experiment', 'results', aFile(content, 'outcomes.jsonl'), '--config', config, ...more]);

describe('selfheal experiment results', () => {
  it('[C49][C50][C51] prints attempts, rates and intervals of each variant, and a recommendation', async () => {
    const all = `${outcomes('control', 100, 50)}\n${outcomes('prefers-1', 20, 18)}\n`;
    const { code, stdout } = await run(all, configuration(), '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout.toString())).toMatchObject({
      id: 'rerun-first',
      variants: [
        { id: 'control', attempts: 100, successes: 50, interval: [expect.closeTo(0.404, 3), expect.closeTo(0.596, 3)] },
        { id: 'prefers-1', attempts: 20, successes: 18, interval: [0, 1] },
      ],
      recommendation: { kind: 'too-early' },
    });
  });

  it('prints a table that a person can read', async () => {
    const { stdout } = await run(outcomes('control', 40, 30), configuration());
    expect(stdout.toString()).toBe(
      'rerun-first (running): Re-run first\n' +
        '  control (ranked)                  75.0 % (59.8 % to 85.8 %), 30 of 40, 5.0 min to heal\n' +
        '  prefers-1 (rerun-failed-jobs) no outcome (0.0 % to 100.0 %), 0 of 0\n' +
        '  too early: A variant has 0 outcomes; at least 30 are needed.\n',
    );
  });

  it('names the line of a file that is no outcome, and a configuration without experiments', async () => {
    const bad = await run(`${outcomes('control', 1, 1)}\n{"version":1}`, configuration());
    expect(bad).toMatchObject({ code: 2, stderr: expect.stringMatching(/line 2: not a valid outcome \(experimentId/) });
    const none = configuration([]);
    expect(await run('', none)).toMatchObject({ code: 2, stderr: expect.stringContaining('has no experiments') });
    const other = await run('', configuration(), '--id', 'another');
    expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining('has no experiment another') });
  });
});
