import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import { makeExcerpter } from '@selfheal/log-reading/logs/excerpt.ts';
import { makeRedactor } from '@selfheal/redaction/redact.ts';
import { describe, expect, it } from 'vitest';
import { loadFailureModel, loadSignatures } from '#shared/adapters/archive/data-files.ts';
import { explainExcerpt } from '#shared/app/triage/explained-excerpt.ts';

const [{ signatures }, { model }] = await Promise.all([loadSignatures('shared/data'), loadFailureModel('shared/data')]);

function explained(lines: readonly string[]) {
  const excerpter = makeExcerpter({ maxLines: 200, redactor: makeRedactor() });
  excerpter.push(lines.join('\n'));
  return explainExcerpt(phrase`log`, excerpter.finish(), { signatures, model });
}

const findings = (count: number): string[] =>
  Array.from({ length: count }, (_, at) => `src/part${at}.c:${at + 3}:1: warning: unused variable`);

describe('an explained excerpt', () => {
  it('soon shows what follows the cause, up to a blank line', () => {
    const report = [
      'src/cart.c:41:9: error: expected a number',
      '   41 |   total = amount of',
      '      |           ^~~~~~',
    ];
    const lines = [...findings(30), '', ...report, '', 'make: *** [cart.o] Error 1'];
    const { best } = explained(lines);
    expect(best[0]?.text).toBe(report[0]);
    expect(best.slice(0, 10).map(({ text }) => text)).toEqual(expect.arrayContaining(report));
    expect(best.map(({ number }) => number)).toHaveLength(new Set(best.map(({ number }) => number)).size);
  });

  it('begins with the line whose plain words name the class, although nothing marks it as an error', () => {
    const lines = [
      ...Array.from({ length: 30 }, (_, at) => `unpacked part ${at}`),
      'migrate: 41 steps known',
      'migrate: setting POOL_SIZE must be a whole number, got "ten"',
      'migrate: nothing was applied',
      'ERROR: Job failed: exit code 2',
    ];
    const { cause, classification } = explained(lines);
    expect(classification).toMatchObject({ class: 'configuration_errors', verdict: 'unknown', signature: null });
    expect(cause?.number).toBe(32);
  });

  it('names no class where no line reports a failure', () => {
    expect(explained(['unpacked', 'setting POOL_SIZE must be a whole number', 'done']).classification.class).toBe(
      'unknown',
    );
  });
});
