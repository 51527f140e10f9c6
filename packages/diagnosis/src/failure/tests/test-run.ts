/** Combined report of the test runners in a log. */
export interface TestRun {
  /** Runners that reported (`surefire`, `pytest`). */
  readonly frameworks: readonly string[];
  /** Tests that ran: passed or failed. */
  readonly run: number;
  readonly failed: number;
  readonly skipped: number;
  /** Names as the runner prints them, each once, by runner and in order of appearance; at most 10,000 of each. Tainted. */
  readonly failedNames: readonly string[];
}

export interface TestCounts {
  readonly run: number;
  readonly failed: number;
  readonly skipped: number;
}

export const NO_COUNTS: TestCounts = { run: 0, failed: 0, skipped: 0 };

export function addCounts(a: TestCounts, b: TestCounts): TestCounts {
  return { run: a.run + b.run, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/** What runners call the outcomes of tests. Other words (warnings, deselected tests, suites) count as nothing. */
const OUTCOMES: Readonly<Record<keyof TestCounts | 'passed', RegExp>> = {
  passed:
    /^(?:pass(?:ed|es|ing)?|ok|succe(?:ss|sses|ssful|eded)|completed|xfail(?:ed)?|xpass(?:ed)?|flaky|expected(?:passes|fail(?:ures?)?)?)$/,
  failed:
    /^(?:f|fail(?:s|ed|ing|ures?)?|e|errors?|errored|broken|cancelled|canceled|crash(?:es|ed)?|fatal|interrupted|not|timeouts?|timed|unexpected(?:fail(?:ures?)?|pass|success(?:es)?)?|unresolved)$/,
  skipped: /^(?:skip(?:s|ped)?|pending|pendings|ignored|todo|disabled|omissions|excluded|inconclusive|skips|filtered)$/,
  run: /^(?:tests|total|ran|run|tried)$/,
};
const PAIR = /(?<before>\d{1,7}) {0,4}(?<after>[A-Za-z]{1,20})|(?<word>[A-Za-z]{1,20}):?=? {0,24}(?<number>\d{1,7})/g;

/** Reads `12 passed, 1 failed` or `Passed: 12, Failed: 1`; a stated total counts only where no outcome is. */
export function tally(text: string): TestCounts {
  let [passed, failed, skipped] = [0, 0, 0];
  for (const { groups } of text.replaceAll(/(expected) (?=[a-z])/gi, '$1').matchAll(PAIR)) {
    const word = (groups?.after ?? groups?.word ?? '').toLowerCase();
    const number = Number(groups?.before ?? groups?.number);
    if (OUTCOMES.passed.test(word)) passed += number;
    else if (OUTCOMES.failed.test(word)) failed += number;
    else if (OUTCOMES.skipped.test(word)) skipped += number;
  }
  return { run: passed + failed, failed, skipped };
}
