import { join } from 'node:path';
import { diagnoseByRules } from '@selfheal/diagnosis/diagnosis/rules-diagnosis.ts';
import { classify } from '@selfheal/diagnosis/failure/classify.ts';
import { describe, expect, it } from 'vitest';
import { loadFailureModel, loadSignatures } from '#shared/adapters/archive/data-files.ts';
import { textEvidence } from '#shared/app/triage/text-evidence.ts';

const DATA = join(import.meta.dirname, '../../../../shared/data');
const { signatures } = await loadSignatures(DATA);
const { model } = await loadFailureModel(DATA);

function diagnosed(...lines: string[]) {
  const evidence = textEvidence(`${lines.join('\n')}\n`);
  const classification = classify(evidence, { signatures, model });
  return diagnoseByRules({ evidence, classification, signatures, knowledge: null, preExisting: null, note: null });
}

describe('the diagnosis names', () => {
  it('every failing Go test beside the one that panicked, and not their parents', () => {
    const { rootCause } = diagnosed(
      '--- FAIL: TestTotal (0.00s)',
      '    --- FAIL: TestTotal/empty (0.00s)',
      '--- FAIL: TestShip (0.00s)',
      '--- FAIL: TestPay (0.00s)',
      'panic: runtime error: index out of range [3] with length 3 [recovered]',
      'goroutine 7 [running]:',
      'example.com/cart.Pay(...)',
      '\t/ws/cart/pay.go:31',
      'FAIL\texample.com/cart\t0.012s',
    );
    for (const name of ['TestTotal/empty', 'TestShip', 'TestPay']) expect(rootCause).toContain(name);
    expect(rootCause).not.toMatch(/`TestTotal`/);
  });

  it('the registry or the sign-in when a package of a scope is not found', () => {
    const found = diagnosed(
      'npm error code E404',
      'npm error 404 Not Found - GET https://registry.npmjs.org/@acme%2fcore - Not found',
      "npm error 404  '@acme/core@^2.0.0' is not in this registry.",
    );
    expect(found.rootCause).toMatch(/@acme\/core.*wrong registry.*not signed in/);
    expect(found.fix).toContain('@acme:registry');
  });

  it('deployment and image when a cluster cannot pull', () => {
    const { rootCause } = diagnosed(
      'NAME                     READY   STATUS             RESTARTS   AGE',
      'cart-7d9f8b6c5d-x2x4z    0/1     ImagePullBackOff   0          2m',
      'Warning  Failed  61s  kubelet  Failed to pull image "registry.example.com/cart:9": not found',
    );
    expect(rootCause).toContain('registry.example.com/cart:9');
    expect(rootCause).toMatch(/deployment cart\b/);
  });

  it('the file of an ESLint finding', () => {
    const { rootCause } = diagnosed(
      'src/pay/total.ts',
      "  3:7  error  'sum' is never reassigned. Use 'const' instead  prefer-const",
      '',
      '✖ 1 problem (1 error, 0 warnings)',
    );
    expect(rootCause).toContain('src/pay/total.ts');
    expect(rootCause).toContain('prefer-const');
  });

  it('Dependabot, whose token may only read', () => {
    const log = ['Secret source: Dependabot', '##[error]Resource not accessible by integration'];
    expect(diagnosed(...log).rootCause).toContain('Dependabot started the run: its token may only read');
    expect(diagnosed(...log.slice(1)).rootCause).not.toContain('Dependabot');
  });

  it('what a Playwright test waited for', () => {
    const { rootCause } = diagnosed(
      '  1) [chromium] › pay.spec.ts:4:3 › pays ─────',
      '',
      '    Error: locator.click: Timeout 30000ms exceeded.',
      '    Call log:',
      "      - waiting for getByRole('button', { name: 'Pay' })",
      '',
      '  1 failed',
    );
    expect(rootCause).toContain("waiting for getByRole('button', { name: 'Pay' })");
  });

  it('the newest version of a Python package when the index answered, and the index when it did not', () => {
    const wanted = 'ERROR: Could not find a version that satisfies the requirement attrs==99.0';
    expect(diagnosed(`${wanted} (from versions: 23.1.0, 25.4.0)`).summary).toBe(
      'attrs==99.0 does not exist; the newest version is 25.4.0',
    );
    const broken = "WARNING: Retrying after connection broken by 'NewConnectionError('refused')': /simple/attrs/";
    expect(diagnosed(broken, `${wanted} (from versions: 23.1.0, 25.4.0)`).summary).toContain('25.4.0');
    expect(diagnosed(broken, `${wanted} (from versions: none)`).rootCause).toContain('could not reach');
  });

  it('a null value, and the limit of a job that took too long', () => {
    expect(diagnosed('Exception in thread "main" java.lang.NullPointerException: cart is null').rootCause).toMatch(
      /null/i,
    );
    expect(diagnosed('##[error]The job has exceeded the maximum execution time of 90 minutes.').rootCause).toContain(
      '90-minute time limit',
    );
  });

  it('the virtual machine, not a compiler, when a service of Java crashes', () => {
    const { summary } = diagnosed(
      '# A fatal error has been detected by the Java Runtime Environment:',
      '#',
      '#  SIGSEGV (0xb) at pc=0x00007f10, pid=7, tid=31',
      '#',
      '# Problematic frame:',
      '# C  [libzip.so+0x4f10]  readCEN+0x7a0',
    );
    expect(summary).toBe('the Java virtual machine crashed (SIGSEGV in libzip.so)');
  });
});

describe('advice about repeating', () => {
  it.each([
    '##[error]Failed request: (409) Conflict: an artifact with this name already exists on the workflow run',
    'npm error code E401',
    "##[error]The version '3.7' with architecture 'arm64' was not found for macOS 15.1.",
  ])('is never given for what lasts: %s', (line) => {
    const { classification, fix, unchecked } = diagnosed(line);
    expect(classification.chance).toBe('lasts');
    expect(fix).not.toMatch(/\b(?:run|start) (?:it|them|the (?:failed )?jobs?) again\b|\bre-?run\b/i);
    expect(unchecked.map(({ code }) => code)).not.toContain('re-run');
  });

  it('is to wait for somebody else who holds a lock', () => {
    const { classification, fix } = diagnosed('Error: Error acquiring the state lock');
    expect(classification.chance).toBe('may-pass');
    expect(fix).toContain('Wait until the other run has ended');
  });
});
