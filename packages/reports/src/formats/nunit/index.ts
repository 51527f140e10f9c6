import type { TestOutcome } from '../../normal-form/normal-form.ts';
import { frameOf, splitName } from '../common/dotnet.ts';
import { secondsOf } from '../common/numbers.ts';
import { openXml, type XmlAttributes, type XmlDocument, type XmlReader } from '../common/xml.ts';
import type { ReportFormat, ReportSink } from '../contract.ts';

interface Case {
  readonly attributes: XmlAttributes;
  hasFailure: boolean;
  message: string | null;
  stack: string | null;
}

const ROOTS = ['test-run', 'test-results', 'test-suite'];

/** https://docs.nunit.org/articles/nunit/technical-notes/usage/Test-Result-XML-Format.html and the format of NUnit 2. */
export const nunit: ReportFormat = {
  id: 'nunit',
  title: 'NUnit XML',
  kind: 'tests',
  writers: 'NUnit 2, NUnit 3, Unity Test Framework, Pester',
  recognizes: ({ xmlRoot }) => xmlRoot !== null && ROOTS.includes(xmlRoot),
  open: (sink) => openXml((document) => makeReader(document, sink)),
};

interface Output {
  readonly document: XmlDocument;
  readonly sink: ReportSink;
}

function makeReader(document: XmlDocument, sink: ReportSink): XmlReader {
  let current: Case | null = null;
  const suites: string[] = [];
  return {
    open(name, attributes) {
      if (name === 'test-suite') suites.push(attributes.fullname ?? attributes.name ?? '');
      else if (name === 'test-case') current = { attributes, hasFailure: false, message: null, stack: null };
      else if (name === 'failure' && current !== null) current.hasFailure = true;
      return current !== null && (name === 'message' || name === 'stack-trace');
    },
    close(name, text) {
      if (name === 'test-suite') suites.pop();
      if (current === null) return;
      // The first message is that of the failure or of the reason; assertions repeat it.
      if (name === 'message') current.message ??= text;
      else if (name === 'stack-trace') current.stack ??= text;
      else if (name === 'test-case') {
        passOn(current, suites.at(-1) ?? '', { document, sink });
        current = null;
      }
    },
  };
}

function passOn({ attributes, hasFailure, message, stack }: Case, suite: string, { document, sink }: Output): void {
  const full = splitName(attributes.fullname ?? attributes.name ?? '');
  const outcome = outcomeOf(attributes, hasFailure);
  sink.test({
    suite: attributes.classname ?? (full.suite === '' ? suite : full.suite),
    name: attributes.fullname === undefined ? full.name : (attributes.name ?? full.name),
    outcome,
    ...frameOf(stack ?? ''),
    seconds: secondsOf(attributes.duration ?? attributes.time, document),
    message: message?.trim() === '' ? null : message,
    details: hasFailure && (message ?? stack) !== null ? `${message ?? ''}\n${stack ?? ''}` : null,
  });
}

/** NUnit 3 says `result`; NUnit 2 says whether a test was executed and whether it succeeded, later versions `result`, too. */
function outcomeOf({ result, executed, success }: XmlAttributes, hasFailure: boolean): TestOutcome {
  const word = (result ?? '').toLowerCase();
  if (/^(?:skipped|ignored|inconclusive|notrunnable|explicit)$/.test(word) || executed?.toLowerCase() === 'false')
    return 'skipped';
  if (word === 'error') return 'error';
  return hasFailure || /^(?:failed|failure|cancelled|invalid)$/.test(word) || success?.toLowerCase() === 'false'
    ? 'failed'
    : 'passed';
}
