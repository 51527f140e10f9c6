import type { TestOutcome } from '../../normal-form/normal-form.ts';
import { frameOf, splitName } from '../common/dotnet.ts';
import { lineOf, secondsOf } from '../common/numbers.ts';
import { openXml, type XmlAttributes, type XmlDocument, type XmlReader } from '../common/xml.ts';
import type { ReportFormat, ReportSink } from '../contract.ts';

interface Case {
  readonly attributes: XmlAttributes;
  message: string | null;
  stack: string | null;
}

const OUTCOMES: Readonly<Record<string, TestOutcome>> = {
  pass: 'passed',
  warn: 'passed',
  fail: 'failed',
  skip: 'skipped',
  notrun: 'skipped',
};

/** https://xunit.net/docs/format-xml-v2 */
export const xunit: ReportFormat = {
  id: 'xunit',
  title: 'xUnit.net XML',
  kind: 'tests',
  writers: 'xUnit.net 1, 2 and 3, Fixie',
  recognizes: ({ xmlRoot }) => xmlRoot === 'assemblies' || xmlRoot === 'assembly',
  open: (sink) => openXml((document) => makeReader(document, sink)),
};

interface Output {
  readonly document: XmlDocument;
  readonly sink: ReportSink;
}

function makeReader(document: XmlDocument, sink: ReportSink): XmlReader {
  let current: Case | null = null;
  return {
    open(name, attributes) {
      // An `error` happened outside of any test: in a constructor of a fixture, or while tests were looked for.
      if (name === 'test' || name === 'error') current = { attributes, message: null, stack: null };
      return current !== null && (name === 'message' || name === 'stack-trace' || name === 'reason');
    },
    close(name, text) {
      if (current === null) return;
      if (name === 'message' || name === 'reason') current.message ??= text.trim() === '' ? null : text;
      else if (name === 'stack-trace') current.stack ??= text;
      else if (name === 'test' || name === 'error') {
        passOn(current, name === 'error', { document, sink });
        current = null;
      }
    },
  };
}

function passOn({ attributes, message, stack }: Case, isError: boolean, { document, sink }: Output): void {
  const full = splitName(attributes.name ?? attributes.type ?? '');
  const suite = attributes.type ?? full.suite;
  const frame = frameOf(stack ?? '');
  const outcome = isError ? 'error' : (OUTCOMES[(attributes.result ?? '').toLowerCase()] ?? 'failed');
  sink.test({
    suite: isError ? '' : suite,
    name: full.suite === suite || isError ? full.name : (attributes.name ?? full.name),
    countsAs: isError ? undefined : attributes.method,
    outcome,
    file: attributes['source-file'] ?? frame.file,
    line: lineOf(attributes['source-line']) ?? frame.line,
    seconds: secondsOf(attributes.time, document),
    message,
    details: outcome === 'skipped' || (message ?? stack) === null ? null : `${message ?? ''}\n${stack ?? ''}`,
  });
}
