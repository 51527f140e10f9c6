import { once } from 'node:events';
import { createWriteStream, rmSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { measureCommand, packCommandLine } from './measure-command.ts';
import type { Row } from './row.ts';

const BYTES = 500_000_000;
const MAX_SECONDS = 20;
const MAX_MEGABYTES = 150;
const TESTS_OF_SUITE = 40;

/** A suite as pytest and Surefire write them: most tests pass, some print, a few fail with a stack trace, one is skipped. */
function suiteText(suite: number): string {
  const tests = Array.from({ length: TESTS_OF_SUITE }, (_, at) => {
    const head = `  <testcase classname="com.acme.shop.module${suite % 211}.Suite${suite}Test" name="keepsTheTotal[${at}-&lt;${suite % 7}&gt;]" time="0.${(suite * 7 + at) % 997}"`;
    if (suite % 50 === 0 && at === 3)
      return `${head}>\n    <failure message="expected: &lt;${at}&gt; but was: &lt;${suite}&gt;" type="AssertionError">${Array.from({ length: 30 }, (_, line) => `at com.acme.shop.Frame${line}.call(Frame${line}.java:${line * 3})`).join('\n')}</failure>\n  </testcase>`;
    if (suite % 20 === 0 && at === 5) return `${head}>\n    <skipped message="needs a network"/>\n  </testcase>`;
    if (at === 9)
      return `${head}>\n    <system-out><![CDATA[${`2026-01-02 03:04:05 INFO cart ${suite} has ${at} items, total 12.34\n`.repeat(8)}]]></system-out>\n  </testcase>`;
    return `${head}/>`;
  });
  return `<testsuite name="Suite${suite}Test" tests="${TESTS_OF_SUITE}" time="1.5">\n  <properties><property name="java.version" value="21"/></properties>\n${tests.join('\n')}\n</testsuite>\n`;
}

async function writeReport(path: string): Promise<void> {
  const out = createWriteStream(path);
  out.write('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n');
  let written = 0;
  for (let suite = 0; written < BYTES; ) {
    const suites: string[] = [];
    for (const until = suite + 100; suite < until; suite++) suites.push(suiteText(suite));
    const piece = Buffer.from(suites.join(''));
    written += piece.length;
    if (!out.write(piece)) await once(out, 'drain');
  }
  out.end('</testsuites>\n');
  await finished(out);
}

/** A JUnit report of 500 MB through the packed command line. */
export async function reportRows(outDir: string): Promise<Row[]> {
  const path = join(outDir, 'junit.xml');
  await writeReport(path);
  const entry = await packCommandLine(join(outDir, 'cli'));
  const { seconds, peakBytes, exitCode } = await measureCommand(['report', 'parse', path], entry);
  rmSync(path);
  const megabytes = peakBytes / 1e6;
  return [
    {
      measure: 'JUnit report of 500 MB, the packed `selfheal report parse`: time; peak memory',
      goal: `${MAX_SECONDS} s; ${MAX_MEGABYTES} MB`,
      measured: exitCode === 0 ? `${seconds.toFixed(0)} s; ${megabytes.toFixed(0)} MB` : `exit code ${exitCode}`,
      met: exitCode === 0 && seconds <= MAX_SECONDS && megabytes <= MAX_MEGABYTES,
    },
  ];
}
