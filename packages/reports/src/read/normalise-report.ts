import { digestOf } from '@selfheal/kernel/digest.ts';
import { joined, phrase, type RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { cleanLine } from '@selfheal/redaction/clean-line.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { withoutLastWord } from '@selfheal/redaction/long-line.ts';
import { detachedText } from '@selfheal/redaction/placeholder.ts';
import { makeRedactor, redactName } from '@selfheal/redaction/redact.ts';
import type { RawFinding, RawTest } from '../formats/contract.ts';
import { type FailurePlace, failurePlace } from '../normal-form/failure-place.ts';
import type { Finding, ReportedTest } from '../normal-form/normal-form.ts';
import { goRepositoryPath, normalRepositoryPath, type RepositoryPaths } from '../normal-form/repository-path.ts';

/** Turns what a parser reads into the normal form: texts are redacted and bounded, paths are those of the repository. */
export interface NormalForm {
  test(raw: RawTest): ReportedTest;
  finding(raw: RawFinding): Finding;
  /** The name of a tool, as a finding has it. */
  tool(raw: string): RedactedText;
  /** Null for a path outside of the repository, which is counted. */
  path(raw: string | null | undefined, origin?: PathOrigin): string | null;
  outsidePaths(): number;
}

/** What a path of a report may be relative to, as `RawCoverage` has it. */
interface PathOrigin {
  readonly bases?: readonly string[] | undefined;
  readonly goPackage?: string | undefined;
}

const MAX_NAME = 500;
const MAX_MESSAGE = 2_000;
const MAX_DETAILS = 8_000;
/** Characters that are read of a text; a stack trace is far shorter. */
const MAX_READ = 32_000;
/** Names and paths recur: suites of tests, files of findings. */
const MAX_REMEMBERED = 2_000;
const UNNAMED = phrase`unnamed`;

/** Texts are copied, because a short slice would keep the whole file in memory. */
export function makeNormalForm(paths: RepositoryPaths): NormalForm {
  const texts = makeTexts();
  const suites = remembered((text) => (texts.orNull(text, MAX_READ) === null ? phrase`` : texts.name(text)));
  const tools = remembered((text) => texts.name(text, 100));
  const places = remembered((key) => {
    const [path = '', ...bases] = key.split('\0');
    return normalRepositoryPath(path, paths, bases);
  });
  let outside = 0;
  const path = (raw: string | null | undefined, { bases = [], goPackage }: PathOrigin = {}): string | null => {
    const given = detachedText(raw?.trim() ?? '');
    if (given === '') return null;
    const found =
      goPackage === undefined || given.includes('/')
        ? places([given, ...bases].join('\0'))
        : goRepositoryPath(given, goPackage, paths);
    if (found === null && goPackage === undefined) outside += 1;
    return found;
  };
  /** The place that the failure's output names; in the test's own file when that is known. */
  const placeOf = ({ details, message, goPackage }: RawTest, file: string | null): FailurePlace | null =>
    failurePlace(`${(details ?? '').slice(0, MAX_READ)}\n${(message ?? '').slice(0, MAX_READ)}`, (raw) => {
      const isOfPackage = goPackage !== undefined && !raw.includes('/');
      const found = isOfPackage ? goRepositoryPath(raw, goPackage, paths) : normalRepositoryPath(raw, paths);
      if (found === null || (file !== null && found !== file)) return null;
      return paths.files === null || paths.files.has(found) ? found : null;
    });
  return {
    path,
    tool: tools,
    outsidePaths: () => outside,
    test(raw) {
      const named = path(raw.file, raw);
      const isBad = raw.outcome === 'failed' || raw.outcome === 'error';
      const line = named === null ? null : (raw.line ?? null);
      const place = isBad && line === null ? placeOf(raw, named) : null;
      return {
        suite: suites(detachedText(raw.suite)),
        name: texts.name(raw.name),
        file: named ?? place?.file ?? null,
        line: line ?? place?.line ?? null,
        outcome: raw.outcome,
        seconds: raw.seconds ?? null,
        message: texts.orNull(raw.message, MAX_MESSAGE),
        details: raw.outcome === 'passed' ? null : texts.details(raw.details),
        failedAttempts: raw.failedAttempts ?? 0,
      };
    },
    finding(raw) {
      const file = path(raw.file);
      const tool = tools(raw.tool);
      const rule = texts.name(raw.rule, 300);
      const said = texts.orNull(raw.message, MAX_MESSAGE);
      const named = raw.package ?? null;
      const about =
        named === null
          ? null
          : {
              name: texts.name(named.name, 300),
              version: texts.orNull(named.version, 200),
              fixedIn: texts.orNull(named.fixedIn, 200),
            };
      return {
        tool,
        category: raw.category,
        rule,
        severity: raw.severity,
        message: said ?? messageOf(rule, tool, about),
        file,
        line: file === null ? null : (raw.line ?? null),
        package: about,
        fingerprint: digestOf([tool, rule, file ?? '', about?.name ?? '', said ?? ''].join('\n'), 16),
      };
    },
  };
}

/** For a finding whose tool says nothing of it. */
function messageOf(rule: RedactedText, tool: RedactedText, about: Finding['package']): RedactedText {
  if (about === null) return phrase`${rule}, found by ${tool}`;
  return about.version === null ? phrase`${rule} in ${about.name}` : phrase`${rule} in ${about.name} ${about.version}`;
}

interface Texts {
  /** A name of one line. One that is too long keeps its beginning and gets a number, so that two of them stay apart. */
  name(text: string, limit?: number): RedactedText;
  /** A text of one line; null when nothing is left of it. */
  orNull(text: string | null | undefined, limit: number): RedactedText | null;
  /** Lines of an output: its beginning and its end. */
  details(text: string | null | undefined): RedactedText | null;
}

/** Redacts texts as a whole before anything is cut. */
function makeTexts(): Texts {
  const redactor = makeRedactor();
  const oneLine = (text: string, limit: number): RedactedText => {
    const own = detachedText(text);
    const redacted = redactName(own, limit, redactor);
    // Secrets are numbered in order: a text that is redacted by itself reads the same in every report.
    return redacted.includes('[redacted:') ? redactName(own, limit) : redacted;
  };
  return {
    name(text, limit = MAX_NAME) {
      const whole = oneLine(text, MAX_READ);
      if (whole === '') return UNNAMED;
      return whole.length <= limit ? whole : phrase`${cleanText(whole, limit - 13)}... #${numberOf(whole)}`;
    },
    orNull(text, limit) {
      const redacted = oneLine(text ?? '', limit);
      return redacted === '' ? null : redacted;
    },
    details(text) {
      const given = (text ?? '').trim();
      if (given === '') return null;
      // Only what is read is copied: a text may have megabytes.
      const read = detachedText(given.length > MAX_READ ? withoutLastWord(given.slice(0, MAX_READ)) : given);
      redactor.nextSource();
      const whole = joined(
        read.split('\n').map((line) => redactor.line(cleanLine(line))),
        '\n',
      );
      if (whole.length <= MAX_DETAILS) return whole === '' ? null : whole;
      const half = MAX_DETAILS / 2 - 10;
      return phrase`${whole.slice(0, half)}\n[...]\n${whole.slice(-half)}`;
    },
  };
}

/** Eight digits of the digest of a text. */
const numberOf = (text: string): number => Number.parseInt(digestOf(text, 8), 16) % 100_000_000;

/** Remembers the function's last answers. */
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
