import type { TestOutcome } from '../../normal-form/normal-form.ts';
import { makeDeclaredCounts } from '../common/declared-count.ts';
import { type JsonDocument, type JsonReader, numberOf, objectOf, openJson, textOf } from '../common/json.ts';
import type { ReportFormat, ReportSink } from '../contract.ts';

/** In the order of the outcomes. */
const LISTS = ['passes', 'failures', 'pending'] as const;
const WORDS: Readonly<Record<string, string>> = { passes: 'passed test', failures: 'failure', pending: 'pending test' };
const OUTCOMES: readonly TestOutcome[] = ['passed', 'failed', 'skipped'];

/** https://mochajs.org, reporter `json`. */
export const mochaJson: ReportFormat = {
  id: 'mocha-json',
  title: 'Mocha JSON',
  kind: 'tests',
  writers: "Mocha's reporter json, Cypress",
  recognizes: ({ json, keys: [outer, inner] }) =>
    json === 'object' &&
    outer.has('stats') &&
    inner.has('passes') &&
    (outer.has('tests') || outer.has('failures') || outer.has('passes')),
  open: (sink) => openJson((document) => makeReader(document, sink)),
};

function makeReader(document: JsonDocument, sink: ReportSink): JsonReader {
  const counts = makeDeclaredCounts(document);
  return {
    // `tests` lists them once more, without saying how they ended.
    wanted: [...LISTS.map((list) => [list, '*']), ...LISTS.map((list) => ['stats', list])],
    end: () => counts.check(),
    value(pattern, value) {
      const list = LISTS[pattern % LISTS.length] ?? '';
      const word = WORDS[list] ?? list;
      if (pattern >= LISTS.length) return counts.declared(word, value);
      counts.listed(word);
      const { title, fullTitle, file, duration, currentRetry, err } = objectOf(value);
      const name = textOf(title) ?? textOf(fullTitle) ?? '';
      const full = textOf(fullTitle) ?? name;
      const { message, stack } = objectOf(err);
      const milliseconds = numberOf(duration);
      sink.test({
        suite: full.endsWith(name) ? full.slice(0, full.length - name.length).trim() : '',
        name,
        outcome: OUTCOMES[pattern] ?? 'failed',
        file: textOf(file),
        seconds: milliseconds === null || milliseconds < 0 ? null : milliseconds / 1000,
        message: textOf(message),
        details: textOf(stack),
        failedAttempts: Math.max(0, Math.floor(numberOf(currentRetry) ?? 0)),
      });
    },
  };
}
