import { join } from 'node:path';
import { classify } from '@selfheal/diagnosis/failure/classify.ts';
import { Classification, chanceOf, type FailureClass, type Verdict } from '@selfheal/kernel/failure-class.ts';
import { Evidence } from '@selfheal/log-reading/logs/evidence.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadSignatures } from '#shared/adapters/archive/data-files.ts';

const { signatures } = await loadSignatures(join(import.meta.dirname, '../../../../shared/data'));

function evidenceOf(lines: readonly string[], notes: string[] = []): Evidence {
  return Evidence.parse({
    version: 1,
    incidentId: 'gh-0123456789abcdef01234567',
    gatheredAt: '2026-01-02T03:04:05Z',
    sources: [
      {
        id: 'job-1',
        name: 'test',
        url: null,
        totalLines: lines.length,
        lines: lines.map((text, at) => ({ ref: `L${at + 1}`, number: at + 1, text, score: 8 })),
      },
    ],
    notes,
  });
}

const classOf = (...lines: string[]) => classify(evidenceOf(lines), { signatures });

describe('classification', () => {
  it.each<[id: string, failureClass: FailureClass, verdict: Verdict, line: string]>([
    ['C3', 'resource_exhaustion', 'infrastructure', 'write error: No space left on device'],
    ['C4', 'network_connectivity', 'infrastructure', 'curl: (6) Could not resolve host: packages.example.com'],
    ['C5', 'storage_issues', 'infrastructure', 'mkdir /data/out: Read-only file system'],
    [
      'C6',
      'service_unavailability',
      'infrastructure',
      'Cannot connect to the Docker daemon at unix:///run/docker.sock',
    ],
    ['C7', 'dependency_conflicts', 'regression', "ModuleNotFoundError: No module named 'orders'"],
    ['C8', 'configuration_errors', 'regression', 'Error: Missing required environment variable: DATABASE_URL'],
    [
      'C9',
      'runtime_exceptions',
      'regression',
      'panic: runtime error: invalid memory address or nil pointer dereference',
    ],
    ['C10', 'memory_leaks', 'regression', '==9==ERROR: LeakSanitizer: detected memory leaks'],
    ['C11', 'flaky_tests', 'flaky', 'WARNING: DATA RACE'],
    ['C12', 'test_environment_issues', 'infrastructure', 'Error: listen EADDRINUSE: address already in use :::3000'],
    ['C13', 'timing_dependencies', 'flaky', 'thrown: "Exceeded timeout of 5000 ms for a test."'],
    [
      'C14',
      'external_service_failures',
      'flaky',
      "requests.exceptions.ReadTimeout: HTTPSConnectionPool(host='api.example.com', port=443)",
    ],
    ['C15', 'vulnerability_blocking', 'regression', 'Total: 4 (HIGH: 3, CRITICAL: 1)'],
    ['C16', 'certificate_expiration', 'infrastructure', 'x509: certificate has expired or is not yet valid'],
    ['C17', 'access_control_failures', 'unknown', 'HttpError: Resource not accessible by integration'],
    ['C18', 'compliance_violations', 'regression', 'WRN leaks found: 3'],
  ])('[%s] %s is recognised, verdict %s', (_, failureClass, verdict, line) => {
    const result = classOf('building', line, 'Process completed with exit code 1.');
    expect(result).toMatchObject({ class: failureClass, verdict, evidence: ['L2'] });
    expect(result.confidence).toBeGreaterThanOrEqual(0.45);
    expect(Classification.parse(result)).toEqual(result);
  });

  it.each<[FailureClass, string]>([
    ['test_failure', 'FAILED tests/test_cart.py::test_total - assert 3 == 4'],
    ['compilation_error', "src/cart.ts(12,5): error TS2304: Cannot find name 'total'."],
    ['lint_violation', 'would reformat shop/cart.py'],
  ])('%s of the code is recognised as a regression', (failureClass, line) => {
    expect(classOf(line)).toMatchObject({ class: failureClass, verdict: 'regression' });
  });

  it.each(['java.lang.OutOfMemoryError: Java heap space', 'Reason: OOMKilled', 'fork: Cannot allocate memory'])(
    '[C26] "%s" is a memory error',
    (line) => {
      const answer = classOf(line);
      expect(answer).toMatchObject({ class: 'resource_exhaustion', chance: chanceOf({ verdict: answer.verdict }) });
      expect(answer.evidence.length).toBeGreaterThan(0);
    },
  );

  it('answers unknown, with a fingerprint and the strongest lines, when nothing is recognised', () => {
    const result = classOf('the frobnicator wobbled', 'so we stopped');
    expect(result).toMatchObject({ class: 'unknown', verdict: 'unknown', confidence: 0, signature: null });
    expect(result.fingerprint).toMatch(/^[0-9a-f]{16}$/);
    expect(result.evidence.length).toBeGreaterThan(0);
  });

  it('answers unknown without a fingerprint when there is no line at all', () => {
    expect(classify(evidenceOf([]), { signatures })).toMatchObject({
      class: 'unknown',
      fingerprint: null,
      evidence: [],
    });
  });

  it('is less sure when the log shows signs of another class too, and names that class', () => {
    const alone = classOf('WARNING: DATA RACE');
    const beside = classOf('WARNING: DATA RACE', 'LeakSanitizer: detected memory leaks');
    expect(beside.confidence).toBeLessThan(alone.confidence);
    expect([beside.class, ...beside.alternatives.map((one) => one.class)]).toEqual(
      expect.arrayContaining(['flaky_tests', 'memory_leaks']),
    );
  });

  it('gives no verdict where the log of something that runs shows a failure that may pass, but one for the few lines of a command', () => {
    const lines = Array.from(
      { length: 9 },
      (_, at) => `2026-01-02 03:04:0${at} ERROR dial tcp: lookup cart: no such host`,
    );
    expect(classify(evidenceOf(lines), { signatures })).toMatchObject({
      class: 'network_connectivity',
      verdict: 'unknown',
    });
    expect(classify(evidenceOf(lines.slice(0, 2)), { signatures }).verdict).toBe('infrastructure');
    expect(classify(evidenceOf([...lines, 'ERROR: Job failed: exit code 1']), { signatures }).verdict).toBe(
      'infrastructure',
    );
  });

  it('knows a build by what failed in it, also when each of its lines has a time', () => {
    const lines = [
      '00:00:14 src/cart.c:12:5: error: unknown type name total_t',
      ...Array.from({ length: 9 }, (_, at) => `00:00:1${at} CC src/part${at}.c`),
    ];
    expect(classify(evidenceOf(lines), { signatures })).toMatchObject({
      class: 'compilation_error',
      verdict: 'regression',
    });
  });

  it('calls a failing test flaky when the default branch passes and fails by turns', () => {
    const lines = ['FAILED tests/test_cart.py::test_total - assert 3 == 4'];
    const turns = { defaultBranchConclusions: ['success', 'failure', 'success', 'failure', 'success'], attempt: 1 };
    const steady = { defaultBranchConclusions: ['success', 'success', 'success'], attempt: 1 };
    expect(classify(evidenceOf(lines), { signatures, history: turns }).verdict).toBe('flaky');
    expect(classify(evidenceOf(lines), { signatures, history: steady }).verdict).toBe('regression');
  });

  it('believes less in a passing fault at the third attempt', () => {
    const lines = ['read: connection reset by peer'];
    const at = (attempt: number) =>
      classify(evidenceOf(lines), { signatures, history: { defaultBranchConclusions: [], attempt } });
    const third = at(3);
    expect(third.class === 'unknown' || third.confidence < at(1).confidence).toBe(true);
  });

  it('gives the same failure the same fingerprint and another failure another one', () => {
    const first = classOf('2026-01-02T03:04:05Z dial tcp 10.0.0.7:6379: connect: connection refused after 3.2s');
    const again = classOf('2026-02-03T04:05:06Z dial tcp 10.0.0.9:6379: connect: connection refused after 1.9s');
    const other = classOf('FAILED tests/test_cart.py::test_total - assert 3 == 4');
    const sibling = classOf('FAILED tests/test_cart.py::test_tax - assert 3 == 4');
    expect(again.fingerprint).toBe(first.fingerprint);
    expect(new Set([first.fingerprint, other.fingerprint, sibling.fingerprint]).size).toBe(3);
  });

  it('never throws and always gives a valid classification, whatever the lines say', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { maxLength: 15 }), (lines) => {
        const result = classify(evidenceOf(lines), { signatures });
        expect(Classification.safeParse(result).success).toBe(true);
      }),
    );
  });
});
