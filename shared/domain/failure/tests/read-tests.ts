import { cleanLine } from '../../redaction/clean-line.ts';
import { makeAntReader, makeGradleReader, makeSurefireReader } from './java-readers.ts';
import { makeNodeReader } from './node-reader.ts';
import { makeOtherReaders } from './other-readers.ts';
import { makePytestReader, makeUnittestReader } from './python-readers.ts';
import { makeJestReader, makeMochaReader } from './script-readers.ts';
import type { TestFinding, TestReader, TestRun } from './test-run.ts';
import { makeVitestReader } from './vitest-reader.ts';

const MOST_NAMES = 10_000;
/** Characters; summaries and names are short. */
const LONGEST_LINE = 2_000;

/** Reads a log line by line; memory grows with the names of failed tests only. */
export interface TestRunReader {
  push(line: string): void;
  finish(): TestRun;
}

/** Counts and names of the tests that a log reports, whichever runners wrote it; several runs add up. */
export function makeTestRunReader(): TestRunReader {
  const readers: readonly TestReader[] = [
    makeSurefireReader(),
    makeGradleReader(),
    makeAntReader(),
    makePytestReader(),
    makeUnittestReader(),
    makeJestReader(),
    makeMochaReader(),
    makeNodeReader(),
    makeVitestReader(),
    ...makeOtherReaders(),
  ];
  const frameworks = new Set<string>();
  const names = new Map<string, Set<string>>();
  const sum = { run: 0, failed: 0, skipped: 0 };
  const take = (framework: string, findings: readonly TestFinding[]): void => {
    for (const finding of findings) {
      if (finding.kind === 'name') {
        const known = names.get(framework) ?? new Set();
        if (known.size < MOST_NAMES) names.set(framework, known.add(finding.name));
        continue;
      }
      frameworks.add(framework);
      sum.run += finding.counts.run;
      sum.failed += finding.counts.failed;
      sum.skipped += finding.counts.skipped;
    }
  };
  return {
    push(line) {
      const text = cleanLine(line.length > LONGEST_LINE ? line.slice(0, LONGEST_LINE) : line);
      for (const reader of readers) if (reader.hint.test(text)) take(reader.framework, reader.read(text));
    },
    finish() {
      for (const reader of readers) take(reader.framework, reader.finish?.() ?? []);
      // A name without any count of its runner is a look-alike of another tool.
      const failedNames = [...frameworks].flatMap((framework) => [...(names.get(framework) ?? [])]);
      return { frameworks: [...frameworks], ...sum, failedNames: sum.failed > 0 ? failedNames : [] };
    },
  };
}
