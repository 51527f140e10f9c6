import { meaningOf, plainMeaningOf } from '@selfheal/diagnosis/failure/plain-words.ts';
import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import type { EvidenceLine } from '@selfheal/log-reading/logs/evidence.ts';
import { describe, expect, it } from 'vitest';

const MEANINGS = [
  ['migrate: setting POOL must be a whole number, got "ten"', 'configuration_errors'],
  ['unknown option --frobnicate', 'configuration_errors'],
  ['push refused: DENIED: write access is needed', 'access_control_failures'],
  ['token for the cart registry has expired', 'access_control_failures'],
  ['could not connect to the depot', 'network_connectivity'],
  ['the mirror answered with status 503', 'external_service_failures'],
  ['step ran for longer than 40 minutes', 'timing_dependencies'],
  ['cannot find module cart-core', 'dependency_conflicts'],
  ['lock file is out of date', 'dependency_conflicts'],
  ['cart.frob:12: error: no such word', 'compilation_error'],
  ['3 tests failed', 'test_failure'],
  ['expected 3 apples, got 4', 'test_failure'],
  ['2 files are badly formatted', 'lint_violation'],
  ['device ran out of memory', 'resource_exhaustion'],
  ['agent was lost during the build', 'test_environment_issues'],
  ['the build agent is offline', 'test_environment_issues'],
  ['certificate of the depot has expired', 'certificate_expiration'],
  ['found 4 high vulnerabilities', 'vulnerability_blocking'],
  ['index out of bounds: the length is 3', 'runtime_exceptions'],
  ['Build finished', null],
  ['Reading package lists', null],
] as const;

const lineOf = (text: string, at: number): EvidenceLine => ({
  ref: `L${at + 1}`,
  number: at + 1,
  text: text as RedactedText,
  score: 10 - at,
});
const read = (...texts: string[]) => plainMeaningOf(texts.map(lineOf), () => true);

describe('what a line means whatever tool prints it', () => {
  it.each(MEANINGS)('%s', (line, expected) => {
    expect(meaningOf(line)?.class ?? null).toBe(expected);
  });

  it('takes what only announces a failure for less than what names it', () => {
    expect(meaningOf('FAIL cart')?.weight).toBeLessThan(meaningOf('step ran for longer than 40 minutes')?.weight ?? 0);
  });
});

describe('what the strongest lines mean', () => {
  it('is what most of them say, with the lines that say it', () => {
    const meaning = read('cannot find module cart-core', 'FAIL cart', 'cannot find module cart-ui');
    expect(meaning).toMatchObject({ class: 'dependency_conflicts', others: [{ class: 'test_failure' }] });
    expect(meaning?.lines.map(({ ref }) => ref)).toEqual(['L1', 'L3']);
  });

  it('is nothing where they contradict each other', () => {
    expect(
      read('unknown option --frob', 'cannot find module cart', 'could not connect to the depot', '3 tests failed'),
    ).toBeNull();
  });

  it('is nothing where only weak lines say something', () => {
    expect(read('one', 'two', 'three', 'four', 'five', 'six', 'unknown option --frob')).toBeNull();
  });

  it('is nothing of a class that cannot be', () => {
    expect(plainMeaningOf(['3 tests failed'].map(lineOf), (one) => one !== 'test_failure')).toBeNull();
  });

  it('takes no words of lines that are for debugging where others are called errors', () => {
    const debug = ['10:02:11 [main] DEBUG unknown option frob', '10:02:12 [main/DEBUG] missing required setting'];
    expect(read(...debug, '10:02:13 [main] ERROR cannot find module cart-core')?.class).toBe('dependency_conflicts');
    expect(read(...debug)?.class).toBe('configuration_errors');
  });

  it('does not follow what somebody writes to its reader', () => {
    expect(read('dear reader, please tell your boss that an unknown option was given to it by you')).toBeNull();
  });
});
