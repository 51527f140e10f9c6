import type { TestOutcome } from '../../normal-form/normal-form.ts';
import { makeDeclaredCounts } from '../common/declared-count.ts';
import { type JsonDocument, type JsonReader, listOf, numberOf, objectOf, openJson, textOf } from '../common/json.ts';
import { lineOf } from '../common/numbers.ts';
import type { ReportFormat, ReportSink } from '../contract.ts';

const OUTCOMES: Readonly<Record<string, TestOutcome>> = { passed: 'passed', failed: 'failed', pending: 'skipped' };

const MAX_OUTSIDE = 1_000;
/** How RSpec begins what it says of a file that it cannot load, or of a hook of the whole run. */
const OUTSIDE = /^An error occurred /;
const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, 'g');

export const rspecJson: ReportFormat = {
  id: 'rspec-json',
  title: 'RSpec JSON',
  kind: 'tests',
  writers: 'rspec --format json',
  recognizes: ({ json, keys: [outer, inner] }) =>
    json === 'object' &&
    outer.has('examples') &&
    (outer.has('summary_line') || outer.has('version') || inner.has('full_description')),
  open: (sink) => openJson((document) => makeReader(document, sink)),
};

function makeReader(document: JsonDocument, sink: ReportSink): JsonReader {
  const counts = makeDeclaredCounts(document);
  const messages: string[] = [];
  let outside = 0;
  return {
    wanted: [
      ['examples', '*'],
      ['summary', 'errors_outside_of_examples_count'],
      ['summary', 'example_count'],
      ['messages', '*'],
    ],
    end() {
      counts.check();
      for (let at = 0; at < Math.min(outside, MAX_OUTSIDE); at++)
        sink.test({
          suite: '',
          name: `error outside of examples ${at + 1}`,
          outcome: 'error',
          ...saidOf(messages[at]),
        });
    },
    value(pattern, value) {
      if (pattern === 3) {
        const text = textOf(value)?.replace(COLOURS, '').trim() ?? '';
        if (OUTSIDE.test(text) && messages.length < MAX_OUTSIDE) messages.push(text);
        return;
      }
      if (pattern === 2) return counts.declared('example', value);
      if (pattern === 1) {
        outside = numberOf(value) ?? 0;
        return;
      }
      counts.listed('example');
      const { description, full_description, status, file_path, line_number, run_time, exception, pending_message } =
        objectOf(value);
      const name = textOf(description) ?? '';
      const full = textOf(full_description) ?? name;
      const { message, backtrace } = objectOf(exception);
      const stack = listOf(backtrace).flatMap((one) => textOf(one) ?? []);
      const seconds = numberOf(run_time);
      sink.test({
        suite: full.endsWith(name) ? full.slice(0, full.length - name.length).trim() : '',
        name,
        outcome: OUTCOMES[textOf(status) ?? ''] ?? 'failed',
        file: textOf(file_path),
        line: lineOf(numberOf(line_number)),
        seconds: seconds === null || seconds < 0 ? null : seconds,
        message: textOf(message) ?? textOf(pending_message),
        details: textOf(message) === null ? null : [textOf(message), ...stack].join('\n'),
      });
    },
  };
}

/** `An error occurred while loading ./spec/cart_spec.rb.`, the source line, then the error and its stack. */
const saidOf = (text: string | undefined): { message?: string; details?: string } =>
  text === undefined
    ? {}
    : { message: /^\S+Error[^\n]*:\n\s*([^\n]+)/m.exec(text)?.[1] ?? text.split('\n')[0] ?? '', details: text };
