import { count, type TestCounts, type TestFinding, type TestReader } from './test-run.ts';

const JEST_TESTS = /^\s{0,6}(?:\[\w+\] )?Tests:\s{1,12}(?<counts>(?:\d{1,7} \w{3,10}, ){0,6}\d{1,7} total)/;
const JEST_HEAD = /^\s{0,6}● (?<test>\S.{0,400}?)\s*$/;
const JEST_NOISE = /^(?:Console|Validation|Deprecation|Snapshot Summary|.{0,40}did not exit)/;

/** Jest: "Tests: 1 failed, 12 passed, 13 total"; failed tests headed by a dot, repeated in the summary of long runs. */
export function makeJestReader(): TestReader {
  return {
    framework: 'jest',
    hint: /Tests:|●/,
    read(line): TestFinding[] {
      const summary = JEST_TESTS.exec(line)?.groups?.counts;
      if (summary !== undefined) {
        const of = (what: string): number => count(new RegExp(`(\\d{1,7}) ${what}`).exec(summary)?.[1]);
        const [failed, skipped] = [of('failed'), of('skipped') + of('pending') + of('todo')];
        return [{ kind: 'counts', counts: { run: of('passed') + failed, failed, skipped } }];
      }
      const name = JEST_HEAD.exec(line)?.groups?.test;
      return name === undefined || JEST_NOISE.test(name) ? [] : [{ kind: 'name', name }];
    },
  };
}

const MOCHA_PASSING = /^\s{0,6}(\d{1,7}) passing\b/;
const MOCHA_OTHER = /^\s{0,6}(\d{1,7}) (failing|pending)\b/;
const MOCHA_DONE = /^\s{0,6}[✔✓] (\d{1,7}) tests? completed?\b/;
const MOCHA_HEAD = /^\s{0,6}(\d{1,5})\) (?<test>\S.{0,300}?)\s*$/;
const MOCHA_REST = /^\s{3,30}(?<rest>\S.{0,300}?)\s*$/;
const MAX_HEAD_LINES = 8;

/** Mocha: "7 passing", "2 failing", then numbered failures whose names go over several lines up to a colon. */
export function makeMochaReader(): TestReader {
  let counts: TestCounts | null = null;
  let wanted = 0;
  let head: string[] | null = null;
  const flush = (): TestFinding[] => {
    const found: TestFinding[] = counts === null ? [] : [{ kind: 'counts', counts }];
    counts = null;
    return found;
  };
  return {
    framework: 'mocha',
    hint: /./,
    read(line): TestFinding[] {
      const passing = MOCHA_PASSING.exec(line)?.[1] ?? MOCHA_DONE.exec(line)?.[1];
      if (passing !== undefined) {
        const found = flush();
        counts = { run: Number(passing), failed: 0, skipped: 0 };
        return found;
      }
      const other = MOCHA_OTHER.exec(line);
      if (other !== null && counts !== null) {
        const number = count(other[1]);
        if (other[2] === 'pending') counts = { ...counts, skipped: number };
        else {
          counts = { ...counts, run: counts.run + number, failed: number };
          wanted = number;
        }
        return [];
      }
      return wanted > 0 ? readHead(line) : [];
    },
    finish: flush,
  };

  function readHead(line: string): TestFinding[] {
    const started = MOCHA_HEAD.exec(line)?.groups?.test;
    if (started !== undefined) head = [started];
    else if (head !== null) {
      const rest = MOCHA_REST.exec(line)?.groups?.rest;
      if (rest === undefined || head.length >= MAX_HEAD_LINES) head = null;
      else head.push(rest);
    }
    if (head === null || !(head.at(-1) ?? '').endsWith(':')) return [];
    const name = head.join(' ');
    head = null;
    wanted -= 1;
    return [{ kind: 'name', name }];
  }
}
