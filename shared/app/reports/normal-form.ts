import { cleanText } from '#shared/domain/redaction/clean-text.ts';
import { withoutLastWord } from '#shared/domain/redaction/long-line.ts';
import { detachedText } from '#shared/domain/redaction/placeholder.ts';
import { makeRedactor, type Redactor, redactName } from '#shared/domain/redaction/redact.ts';
import { redactLines } from '#shared/domain/redaction/redacted-lines.ts';
import { type FailurePlace, failurePlace } from '#shared/domain/reports/failure-place.ts';
import type { Finding } from '#shared/domain/reports/finding.ts';
import { normalRepositoryPath, type RepositoryPaths } from '#shared/domain/reports/repository-path.ts';
import type { ReportedTest } from '#shared/domain/reports/test-report.ts';
import { digestOf } from '#shared/kernel/digest.ts';
import { joined, phrase, type RedactedText } from '#shared/kernel/text/redacted-text.ts';
import type { RawFinding, RawTest } from '#shared/plugins/reports/contract.ts';

/** Makes what a parser reads the normal form: texts redacted and bounded, paths those of the repository. */
export interface NormalForm {
  test(raw: RawTest): ReportedTest;
  finding(raw: RawFinding): Finding;
  /** Null for a path outside of the repository, which is counted. */
  path(raw: string | null | undefined, bases?: readonly string[]): string | null;
  outsidePaths(): number;
}

const MAX_NAME = 500;
const MAX_MESSAGE = 2_000;
const MAX_DETAILS = 8_000;
/** Details are read up to here; a stack trace is far shorter. */
const MAX_DETAILS_READ = 32_000;
/** Names and paths recur: suites of tests, files of findings. */
const MAX_REMEMBERED = 2_000;
const UNNAMED = 'unnamed';

/** Texts are copied: a short piece of a file would hold on to all of it. */
export function makeNormalForm(paths: RepositoryPaths): NormalForm {
  const redactor = makeRedactor();
  const suites = remembered((text) => nameOf(text, MAX_NAME));
  const places = remembered((key) => {
    const [path = '', ...bases] = key.split('\0');
    return normalRepositoryPath(path, paths, bases);
  });
  let outside = 0;
  const path = (raw: string | null | undefined, bases: readonly string[] = []): string | null => {
    const given = detachedText(raw?.trim() ?? '');
    if (given === '') return null;
    const found = places([given, ...bases].join('\0'));
    if (found === null) outside += 1;
    return found;
  };
  /** Where the failure's output says that it happened; in the file of the test, when that is known. */
  const placeOf = ({ details, message }: RawTest, file: string | null): FailurePlace | null =>
    failurePlace(`${details ?? ''}\n${message ?? ''}`, (raw) => {
      const found = normalRepositoryPath(raw, paths);
      if (found === null || (file !== null && found !== file)) return null;
      return paths.files === null || paths.files.has(found) ? found : null;
    });
  return {
    path,
    outsidePaths: () => outside,
    test(raw) {
      const named = path(raw.file);
      const isBad = raw.outcome === 'failed' || raw.outcome === 'error';
      const line = named === null ? null : (raw.line ?? null);
      const place = isBad && line === null ? placeOf(raw, named) : null;
      return {
        suite: suites(detachedText(raw.suite)),
        name: nameOr(raw.name, UNNAMED),
        file: named ?? place?.file ?? null,
        line: line ?? place?.line ?? null,
        outcome: raw.outcome,
        seconds: raw.seconds ?? null,
        message: textOrNull(raw.message, MAX_MESSAGE),
        details: raw.outcome === 'passed' ? null : detailsOf(raw.details, redactor),
        failedAttempts: raw.failedAttempts ?? 0,
      };
    },
    finding(raw) {
      const file = path(raw.file);
      const tool = nameOr(raw.tool, UNNAMED, 100);
      const rule = nameOr(raw.rule, UNNAMED, 300);
      const message = redactName(detachedText(raw.message), MAX_MESSAGE);
      const named = raw.package ?? null;
      const about =
        named === null
          ? null
          : {
              name: nameOr(named.name, UNNAMED, 300),
              version: textOrNull(named.version, 200),
              fixedIn: textOrNull(named.fixedIn, 200),
            };
      return {
        tool,
        category: raw.category,
        rule,
        severity: raw.severity,
        message,
        file,
        line: file === null ? null : (raw.line ?? null),
        package: about,
        fingerprint: digestOf([tool, rule, file ?? '', about?.name ?? '', message].join('\n'), 16),
      };
    },
  };
}

/** A name of one line. One that is too long keeps its beginning and gets a digest, so that two of them stay apart. */
function nameOf(text: string, limit: number): RedactedText {
  const whole = redactName(detachedText(text), 32_000);
  if (whole.length <= limit) return whole;
  return phrase`${cleanText(whole, limit - 12)}... #${hexNumber(whole)}`;
}

/** Eight digits of the digest of a text, as a number. */
const hexNumber = (text: string): number => Number.parseInt(digestOf(text, 8), 16) % 100_000_000;

function nameOr(text: string, otherwise: 'unnamed', limit = MAX_NAME): RedactedText {
  const name = nameOf(text, limit);
  return name === '' ? redactName(otherwise, limit) : name;
}

function textOrNull(text: string | null | undefined, limit: number): RedactedText | null {
  const redacted = redactName(detachedText(text ?? ''), limit);
  return redacted === '' ? null : redacted;
}

/** Lines of an output, redacted as a whole before anything is cut: its beginning and its end. */
function detailsOf(text: string | null | undefined, redactor: Redactor): RedactedText | null {
  const given = detachedText((text ?? '').trim());
  if (given === '') return null;
  const read = given.length > MAX_DETAILS_READ ? withoutLastWord(given.slice(0, MAX_DETAILS_READ)) : given;
  const whole = joined(redactLines(read, redactor), '\n');
  if (whole.length <= MAX_DETAILS) return whole === '' ? null : whole;
  const half = MAX_DETAILS / 2 - 10;
  return phrase`${whole.slice(0, half)}\n[...]\n${whole.slice(-half)}`;
}

/** The function with a memory of its last answers. */
function remembered<T>(work: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    if (known.has(text)) return known.get(text) as T;
    if (known.size >= MAX_REMEMBERED) known.clear();
    const answer = work(text);
    known.set(text, answer);
    return answer;
  };
}
