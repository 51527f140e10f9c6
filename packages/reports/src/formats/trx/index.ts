import type { TestOutcome } from '../../normal-form/normal-form.ts';
import { frameOf, splitName } from '../common/dotnet.ts';
import { secondsOfClock } from '../common/numbers.ts';
import { openXml, type XmlAttributes, type XmlDocument, type XmlReader } from '../common/xml.ts';
import type { RawTest, ReportFormat, ReportSink } from '../contract.ts';

interface Result {
  readonly attributes: XmlAttributes;
  message: string | null;
  stack: string | null;
  /** Whether it is the frame of the rows of a data-driven test. */
  hasRows: boolean;
}

/** Results that are held until the definitions say of which class they are. */
const MAX_RESULTS = 400_000;
const PASSED = /^(?:passed|completed|warning|passedbutrunaborted)$/i;
const FAILED = /^(?:failed|timeout)$/i;

/** The schema is `vstst.xsd` of Visual Studio. */
export const trx: ReportFormat = {
  id: 'trx',
  title: 'Visual Studio TRX',
  kind: 'tests',
  writers: 'dotnet test, MSTest, vstest.console',
  recognizes: ({ xmlRoot }) => xmlRoot === 'TestRun',
  open: (sink) => openXml((document) => makeReader(document, sink)),
};

function makeReader(document: XmlDocument, sink: ReportSink): XmlReader {
  const results: Result[] = [];
  const held: { readonly id: string; readonly test: RawTest }[] = [];
  const classes = new Map<string, string>();
  let definition = '';
  return {
    open(name, attributes) {
      if (name === 'UnitTestResult') {
        const outer = results.at(-1);
        if (outer !== undefined) outer.hasRows = true;
        results.push({ attributes, message: null, stack: null, hasRows: false });
      } else if (name === 'UnitTest') definition = attributes.id ?? '';
      // The class is followed by its assembly: `Shop.CartTests, Shop, Version=...`.
      else if (name === 'TestMethod') classes.set(definition, (attributes.className ?? '').split(',')[0] ?? '');
      return results.length > 0 && (name === 'Message' || name === 'StackTrace');
    },
    close(name, text) {
      const current = results.at(-1);
      if (current !== undefined && name === 'Message') current.message ??= text;
      else if (current !== undefined && name === 'StackTrace') current.stack ??= text;
      else if (current !== undefined && name === 'UnitTestResult') {
        results.pop();
        if (current.hasRows) return;
        if (held.push({ id: current.attributes.testId ?? '', test: testOf(current) }) > MAX_RESULTS)
          document.refuse(`more than ${MAX_RESULTS} results`, 'Write a report for each test project');
      } else if (name === 'TestRun') for (const { id, test } of held) sink.test(inClass(test, classes.get(id)));
    },
  };
}

function testOf({ attributes, message, stack }: Result): RawTest {
  const outcome = outcomeOf(attributes.outcome);
  const isBad = outcome === 'failed' || outcome === 'error';
  return {
    suite: '',
    name: attributes.testName ?? '',
    outcome,
    ...frameOf(stack ?? ''),
    seconds: secondsOfClock(attributes.duration),
    message: message?.trim() === '' ? null : message,
    details: isBad && (message ?? stack) !== null ? `${message ?? ''}\n${stack ?? ''}` : null,
  };
}

/** A test that was aborted or could not run did not fail an assertion: it counts as skipped, as Visual Studio's own summary does. */
function outcomeOf(word: string | undefined): TestOutcome {
  // The schema's default is an error.
  if (word === undefined || /^error$/i.test(word)) return 'error';
  if (PASSED.test(word)) return 'passed';
  return FAILED.test(word) ? 'failed' : 'skipped';
}

function inClass(test: RawTest, className: string | undefined): RawTest {
  const full = splitName(test.name);
  if (className === undefined || className === '') return { ...test, ...full };
  return { ...test, suite: className, name: full.suite === className ? full.name : test.name };
}
