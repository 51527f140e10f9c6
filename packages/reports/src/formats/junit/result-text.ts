import { readGoOutput } from '../common/go-output.ts';
import type { XmlAttributes } from '../common/xml.ts';

/** What a failure, an error or a skip says. */
export interface ResultText {
  /** One line about it; null when it says nothing. */
  readonly message: string | null;
  readonly details: string | null;
  /** Where a Go test logged it: the file of the package that the class names. */
  readonly goPlace: { readonly file: string; readonly line: number | null } | null;
}

/** Lines before the one that says what went wrong: frames of Catch2, Jest, gotestsum, and beginnings of YAML. */
const FRAME =
  /^\s*(?:FAILED:|● Test suite failed to run|=== (?:RUN|PAUSE|CONT|NAME)\b.*|--- (?:FAIL|SKIP|PASS):.*|-{3,}|[A-Za-z]+: \||at:)\s*$/;
/** The line `src/cart.cc:12` with which GoogleTest begins a message. */
const PLACE = /^\S.*:\d{1,7}\n/;
/** The output of a Go test in the form of gotestsum and go-junit-report. */
const GO_OUTPUT = /^\s*(?:=== RUN |--- (?:FAIL|SKIP): )|^\s*[\w.-]+\.go:\d{1,7}: /m;
const GO_MESSAGES = ['Failed', 'Skipped', ''];

/** `name`: the test; some tools begin the text with it. `attributes`: of the result. */
export function readResultText(
  { message: said = '', type }: XmlAttributes,
  text: string,
  { class: owner = '' }: XmlAttributes,
): ResultText {
  const details = text.trim() === '' ? null : text;
  const whole = details ?? said;
  if ((GO_MESSAGES.includes(said.trim()) || GO_OUTPUT.test(said)) && GO_OUTPUT.test(whole)) {
    const { file, line, message } = readGoOutput(whole);
    return { message, details, goPlace: file === null ? null : { file, line } };
  }
  const message = said.trim().replace(PLACE, '') || headline(text, owner) || type || null;
  return { message, details, goPlace: null };
}

/** The first line that is no frame and does not only name the test, as PHPUnit does (`Acme\CartTest::testAdds`). */
function headline(text: string, owner: string): string | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const first = lines.find((line) => !FRAME.test(line) && !(owner !== '' && line.startsWith(`${owner}::`)));
  return (first ?? lines[0])?.trim() ?? null;
}

/** The first line of what a test printed that speaks of a failure, else the first one. */
export function headlineOfOutput(text: string): string | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return (
    (lines.find((line) => /\b(?:error|fail(?:ed|ure)?|exception|assert\w*)\b/i.test(line)) ?? lines[0])?.trim() ?? null
  );
}
