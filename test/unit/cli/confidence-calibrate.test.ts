import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aPrediction } from '#test/builders/index.ts';
import { aFile, aFolder, runCommand } from './run-command.ts';

/** Says 0.95 and is right in six of ten. */
const tooSure = (cases: number): string =>
  Array.from({ length: cases }, (_, at) => JSON.stringify({ confidence: 0.95, right: at % 10 < 6 })).join('\n');
const run = (content: string, ...more: string[]) =>
  runCommand(['confidence', 'calibrate', aFile(content, 'answers.jsonl'), ...more]);

describe('selfheal confidence calibrate', () => {
  it('[D175] [D201] fits a correction, tells its figures on held-out answers, and keeps it', async () => {
    const saved = join(aFolder(), 'calibration.json');
    const { code, stdout } = await run(
      tooSure(200),
      '--method',
      'platt',
      '--target-accuracy',
      '0.9',
      '--json',
      '--save',
      saved,
    );
    expect(code).toBe(0);
    const report = JSON.parse(stdout.toString());
    expect(report).toMatchObject({
      calibrator: { kind: 'platt' },
      cases: 200,
      tuning: { before: 'too sure', after: 'well tuned' },
      figures: [{ kind: 'identity' }, { kind: 'platt' }],
    });
    expect(JSON.parse(readFileSync(saved, 'utf8'))).toMatchObject({
      kind: 'selfheal-calibration',
      version: 1,
      ...report,
    });
  });

  it('reads predictions, of which only the judged ones count', async () => {
    const judged = aPrediction({
      correction: { at: '2026-11-21T13:00:00.000Z', by: 'the team', class: 'flaky_tests' },
    });
    const { stdout } = await run([aPrediction(), judged].map((one) => JSON.stringify(one)).join('\n'));
    expect(stdout.toString()).toContain('1 scored answer: identity. 1 answer is too few: 50 are needed.');
    const few = await run(tooSure(1), '--target-accuracy', '0.9');
    expect(few.stdout.toString()).toContain('accuracy of 90.0 %: not known from 1 answer; 50 are needed');
  });

  it('names the line that is no answer, and options that make no sense', async () => {
    expect((await run(`${tooSure(1)}\n{"confidence":2,"right":true}`)).stderr).toContain(
      'line 2: not a valid scored answer',
    );
    expect((await run(tooSure(1), '--method', 'magic')).stderr).toContain(
      'expected platt (platt_scaling), isotonic or auto',
    );
    expect((await run(tooSure(1), '--folds', '1')).stderr).toContain('expected at least 2');
    expect(await run(tooSure(1), '--target-accuracy', 'high')).toMatchObject({ code: 2 });
  });
});
