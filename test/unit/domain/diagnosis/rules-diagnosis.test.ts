import { join } from 'node:path';
import { fillAdvice } from '@selfheal/diagnosis/diagnosis/advice.ts';
import { Diagnosis } from '@selfheal/diagnosis/diagnosis/diagnosis.ts';
import { redactDiagnosis } from '@selfheal/diagnosis/diagnosis/redact-diagnosis.ts';
import { diagnoseByRules, type RulesDiagnosisInput } from '@selfheal/diagnosis/diagnosis/rules-diagnosis.ts';
import { classify } from '@selfheal/diagnosis/failure/classify.ts';
import { Evidence } from '@selfheal/log-reading/logs/evidence.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadPlaybooks, loadSignatures } from '#shared/adapters/archive/data-files.ts';

const DATA = join(import.meta.dirname, '../../../../shared/data');
const { signatures } = await loadSignatures(DATA);
const { entries } = await loadPlaybooks(DATA);

function diagnose(lines: readonly string[], more: Partial<RulesDiagnosisInput> = {}): Diagnosis {
  const evidence = Evidence.parse({
    version: 1,
    incidentId: 'gh-0123456789abcdef01234567',
    gatheredAt: '2026-01-02T03:04:05Z',
    sources: [
      {
        id: 'j',
        name: 'test',
        url: null,
        totalLines: 9,
        lines: lines.map((text, at) => ({ ref: `L${at + 1}`, number: at + 1, text, score: 5 })),
      },
    ],
    notes: [],
  });
  const classification = classify(evidence, { signatures });
  return redactDiagnosis(
    diagnoseByRules({
      evidence,
      classification,
      signatures,
      knowledge: null,
      preExisting: false,
      note: null,
      ...more,
    }),
  );
}

describe('the diagnosis by rules', () => {
  it.each([
    ["ModuleNotFoundError: No module named 'orders'", 'Python could not import module `orders`.'],
    [
      "src/cart.ts(12,5): error TS2304: Cannot find name 'total'.",
      "src/cart.ts:12 does not compile: Cannot find name 'total' (TS2304).",
    ],
    [
      'Error: connect ECONNREFUSED 127.0.0.1:5432',
      'The database, cache or broker at 127.0.0.1:5432 was not started, not ready, or not reachable from there.',
    ],
    [
      'curl: (6) Could not resolve host: packages.example.com',
      'A host name could not be resolved: packages.example.com.',
    ],
    [
      'FAILED tests/test_cart.py::test_total - assert 3 == 4',
      'The test `tests/test_cart.py::test_total` failed: expected `4`, got `3`.',
    ],
  ])('of %j names the concrete thing', (line, rootCause) => {
    const diagnosis = diagnose([line]);
    expect(diagnosis.rootCause).toBe(rootCause);
    expect(diagnosis.fix).not.toBe('');
    expect(diagnosis.prevention).not.toBe('');
    expect(diagnosis.evidence).toEqual(['L1']);
  });

  it('names further failing tests, and counts those it does not name', () => {
    const lines = Array.from({ length: 8 }, (_, at) => `FAILED tests/test_cart.py::test_${'abcdefgh'[at]} - assert 0`);
    const { rootCause } = diagnose(lines);
    expect(rootCause).toContain('Also failing: `tests/test_cart.py::test_b`');
    expect(rootCause).toContain('and 3 more.');
  });

  it('says that it does not know when it does not, and cites the strongest line', () => {
    const diagnosis = diagnose(['the frobnicator wobbled']);
    expect(diagnosis.rootCause).toContain('not known');
    expect(diagnosis.rootCause).toContain('the frobnicator wobbled');
    expect(diagnosis.confidence).toBe(0);
  });

  it('says what could not be checked', () => {
    const diagnosis = diagnose(['read: connection reset by peer'], { preExisting: null });
    expect(diagnosis.unchecked).toContainEqual({
      code: 'default-branch',
      text: 'Selfheal could not check whether it failed before this change.',
    });
    expect(diagnosis.unchecked.some(({ code }) => code === 're-run')).toBe(true);
    expect(diagnose([]).unchecked).toContainEqual({ code: 'other', text: 'No log line could be read.' });
  });

  it('keeps beside the cause that the default branch fails too, and does not say it twice', () => {
    const diagnosis = diagnose(['would reformat cart.py'], { preExisting: true });
    expect(diagnosis.preExisting).toBe(true);
    expect(diagnosis.rootCause).not.toContain('default branch');
  });

  it('takes the resolution of the knowledge that matched and keeps the concrete root cause', () => {
    const knowledge = entries.find((entry) => entry.id === 'neo4j-uri') ?? null;
    const diagnosis = diagnose(['neo4j.exceptions.ServiceUnavailable: Connection refused'], { knowledge });
    expect(diagnosis.source).toBe('knowledge');
    expect(diagnosis.fix).toBe(knowledge?.resolution);
  });

  it('[A51] points a refused Neo4j connection to its URI', () => {
    const diagnosis = diagnose(['neo4j.exceptions.ServiceUnavailable: Connection refused']);
    expect(diagnosis.rootCause).toContain('Neo4j could not be reached');
    expect(diagnosis.fix).toContain('Check the URI');
  });

  it('is valid and cites only existing lines, whatever the log says', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constant('FAILED tests/a.py::b - \u0000`x`\u2028')), {
          maxLength: 8,
        }),
        (lines) => {
          const diagnosis = diagnose(lines);
          expect(Diagnosis.safeParse(diagnosis).success).toBe(true);
          for (const ref of diagnosis.evidence) expect(Number(ref.slice(1))).toBeLessThanOrEqual(lines.length);
        },
      ),
    );
  });
});

describe('an advice template', () => {
  it('leaves out a segment whose capture is missing and fills the others', () => {
    expect(fillAdvice('It broke[ at {place}][: {why}].', { why: 'rust' })).toBe('It broke: rust.');
  });
  it('takes line breaks and backticks from a capture, and cuts it', () => {
    expect(fillAdvice('{text}', { text: 'a\n`b`' })).toBe('a b');
    expect(fillAdvice('{text}', { text: 'x'.repeat(999) }).length).toBeLessThan(200);
  });
  it('takes no part of a capture for a part of the template', () => {
    expect(fillAdvice('Run `pytest {test}`: {why}', { test: '{why}', why: '[{test}]' })).toBe(
      'Run `pytest "{why}"`: [{test}]',
    );
  });
});
