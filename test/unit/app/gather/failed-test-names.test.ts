import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTestRunReader } from '@selfheal/diagnosis/failure/tests/read-tests.ts';
import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import { makeRedactor, redactName } from '@selfheal/redaction/redact.ts';
import { redactLines } from '@selfheal/redaction/redacted-lines.ts';
import { describe, expect, it } from 'vitest';
import { makeExcerpts } from '#shared/app/gather/excerpts.ts';
import { makeFailedTests } from '#shared/app/gather/tests.ts';

const REPORTS = join(import.meta.dirname, '../../../fixtures/test-reports');
const CHUNK = 700;

/** As a job's log arrives: in chunks, each line behind the time stamp of its host. */
function namesIn(...files: string[]): { name: string; source: string }[] {
  const tests = makeFailedTests();
  for (const file of files) {
    const log = tests.open(file);
    const text = readFileSync(join(REPORTS, `${file}.txt`), 'utf8').replaceAll(/^/gm, '2026-01-02T03:04:05.1234567Z ');
    for (let at = 0; at < text.length; at += CHUNK) log.push(text.slice(at, at + CHUNK));
  }
  return tests.finish();
}

const namesOnly = (file: string): string[] => namesIn(file).map(({ name }) => name);

describe('[A42] the names of failed tests gathered while a log streams', () => {
  it.each([
    ['ant-plain', ['shop.CartTest.adds', 'shop.CartTest.pays', 'shop.SumTest.sum[0: two items and more]']],
    ['karma-progress', ['cart with items adds the prices up', 'cart pays']],
    ['rspec', ['Cart with two items adds the prices up', 'Cart with two items ships (abroad), too']],
    ['boost', ['cart/adds', 'cart/pays']],
    ['gtest', ['Cart.Adds', 'Prices/P.Rounds/1']],
  ])('are whole in the log of %s', (file, names) => {
    expect(namesOnly(file)).toEqual(names);
  });

  it('leave out the colon that Mocha ends a name with', () => {
    expect(namesOnly('mocha')).toEqual([
      'pays: by card',
      'cart with items adds the prices up',
      'cart hooks "before all" hook for "x"',
    ]);
  });

  it('know the log that they are from', () => {
    expect(namesIn('busted', 'exunit').map(({ source }) => source)).toEqual(['busted', 'busted', 'exunit', 'exunit']);
  });
});

/** Names in logs that are read beside their excerpts, as in `gather`. */
function namesBeside(...logs: string[]): string[] {
  const [tests, excerpts] = [makeFailedTests(), makeExcerpts(logs.length)];
  logs.forEach((log, at) => {
    const id = `log-${at}`;
    const source = excerpts.open({ id, name: phrase`job`, url: null }, undefined, () => tests.open(id));
    for (let from = 0; from < log.length; from += CHUNK) source.push(log.slice(from, from + CHUNK));
  });
  excerpts.finish();
  return tests.finish().map(({ name }) => name);
}

/** Names when every line is redacted and read whatever it looks like. */
function namesOfWhole(log: string): string[] {
  const reader = makeTestRunReader();
  for (const line of redactLines(log, makeRedactor())) reader.push(line);
  const names = reader.finish().failedNames.map((name) => redactName(name.replace(/:$/, ''), 200));
  return [...new Set(names)].filter((name) => name !== '').slice(0, 50);
}

describe('the names of failed tests read beside the excerpt', () => {
  const files = readdirSync(REPORTS).filter((file) => file.endsWith('.txt'));
  const dress = {
    'as they are': (text: string) => text,
    'behind a time stamp': (text: string) => text.replaceAll(/^/gm, '2026-01-02T03:04:05.1234567Z '),
    'in colour': (text: string) => text.replaceAll(/(\w+)/g, '\u001b[31m$1\u001b[0m'),
    'behind the name of a container': (text: string) => text.replaceAll(/^/gm, 'web-1  | '),
    'with carriage returns': (text: string) => text.replaceAll('\n', '\r\n'),
  };

  it.each(Object.keys(dress) as (keyof typeof dress)[])('are those of the whole log, in logs %s', (form) => {
    for (const file of files) {
      const log = dress[form](readFileSync(join(REPORTS, file), 'utf8'));
      expect(namesBeside(log), file).toEqual(namesOfWhole(log));
    }
  });

  const KEY = ['-----BEGIN RSA PRIVATE', ' KEY-----'].join('');
  const BODY = ['MIIEowIBAAKCAQEAq7', 'x1Zk3Vb9Qw8Er7Ty6Ui5Op4As3Df2Gh1Jk0Lz9'].join('');

  it('hide what is within a key, also where its log ends there and the next begins', () => {
    const names = namesBeside(`${KEY}\n${BODY}\n--- FAIL: ${BODY} (0.00s)`, '--- FAIL: TestSum (0.00s)\nFAIL\n');
    expect(names).toContain('TestSum');
    expect(names.join()).not.toContain(BODY.slice(0, 20));
  });

  it('hide a random token also in a line that no literal marks', () => {
    const token = ['aB3dE5fG7hJ9', 'kL1mN3pQ5rS7', 'tU9vW1xY3z'].join('');
    const [name = ''] = namesBeside(`--- FAIL: TestPay/${token} (0.00s)\nFAIL\n`);
    expect(name).toContain('TestPay');
    expect(name).not.toContain(token);
  });
});
