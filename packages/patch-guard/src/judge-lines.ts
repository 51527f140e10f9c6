import { addedLines, type PatchedFile } from './apply-patch.ts';
import { viewCode } from './code-view.ts';
import { type Finding, look, refusal } from './finding.ts';
import { FORBIDDEN_CODE } from './forbidden-code.ts';
import { EQUALS_ALL, FORBIDDEN_IN_PRODUCT, FORBIDDEN_IN_SOURCE, SWALLOWED } from './forbidden-in-source.ts';
import { type ForbiddenPattern, newMatches } from './forbidden-pattern.ts';
import { hasHidden, hasLookalike } from './hidden-characters.ts';
import type { Language } from './language.ts';
import { isMarkedGenerated } from './path-policy.ts';

/** Unbroken letters and digits, as in encoded programs. */
const BLOB =
  /[A-Za-z0-9+/=_-]{160,}|(?:\\x[0-9a-fA-F]{2}){24,}|(?:\\u[0-9a-fA-F]{4}){16,}|(?:0x[0-9a-fA-F]{1,2}\s*,\s*){32,}/;
const ADDRESS = /\b(?:https?|wss?|ftp):\/\/([^\s"'`/\\)>]+)/gi;
/** Reserved addresses for examples and tests (RFC 2606, RFC 5737). */
const NOWHERE =
  /^(?:localhost|127\.0\.0\.1|\[::1\]|(?:[\w-]+\.)*(?:example\.(?:com|org|net)|test|invalid|example))(?::\d+)?$/i;
const PATIENCE = /(?:timeout|retr(?:y|ies)|max_?attempts|deadline|backoff|delay)\w*\s*(?:[:=]|:=|\()\s*\d/i;
const STRONGER = new Set(['secret-access', 'security-weakened']);

/**
 * What added lines hide, switch off or newly do, in any file. What the file did before is worth a look but not refused.
 */
export function judgeLines(file: PatchedFile, language: Language, isTest: boolean): Finding[] {
  const { path } = file;
  const added = addedLines(file);
  const plain = added.flatMap(({ text, line }) => textFindings(text, { path, line }));
  if (isMarkedGenerated(file.beforeLines) || isMarkedGenerated(file.afterLines)) {
    plain.push(refusal('generated-file', 'The file says that it is generated.', { path }));
  }
  return [...plain, ...codeFindings(file, language, isTest), ...addressFindings(file, isTest)];
}

function textFindings(text: string, place: { path: string; line: number }): Finding[] {
  return [
    ...(hasHidden(text) ? [refusal('hidden-characters', 'A line contains invisible characters.', place)] : []),
    ...(hasLookalike(text) ? [refusal('lookalike', 'A line contains lookalike characters.', place)] : []),
    ...(BLOB.test(text) ? [refusal('encoded-blob', 'A line contains a long encoded string.', place)] : []),
  ];
}

function codeFindings(file: PatchedFile, language: Language, isTest: boolean): Finding[] {
  const { path } = file;
  const [before, after] = [viewCode(file.beforeLines, language), viewCode(file.afterLines, language)];
  const always = isTest
    ? FORBIDDEN_IN_SOURCE[language]
    : [...FORBIDDEN_IN_SOURCE[language], ...FORBIDDEN_IN_PRODUCT[language]];
  const findings: Finding[] = [];
  if (before.closed && !after.closed)
    findings.push(refusal('unclear-code', 'A string, comment or bracket is not closed.', { path }));
  for (const {
    before: [start, end],
    after: [from, to],
  } of file.stretches) {
    const removed = before.lines.slice(start, end);
    const added = after.lines.slice(from, to).map((line, index) => ({ at: from + index, line }));
    findings.push(
      ...always.flatMap((pattern) =>
        newMatches(pattern, removed, added).map((at) => refusal(pattern.rule, pattern.reason, { path, line: at + 1 })),
      ),
    );
    findings.push(
      ...FORBIDDEN_CODE[language].flatMap((pattern) =>
        newMatches(pattern, removed, added).map((at) => danger(pattern, before.lines, { path, line: at + 1 })),
      ),
    );
    const patient = added.filter(({ line }) => !isTest && PATIENCE.test(line.code));
    findings.push(
      ...patient.map(({ at }) =>
        look('retry-or-timeout', 'It would wait longer or try more often.', { path, line: at + 1 }),
      ),
    );
    const together = added.map(({ line }) => line.code).join('\n');
    const whole = { path, line: from + 1 };
    if (SWALLOWED.test(together))
      findings.push(refusal('swallowed-error', 'An error would be caught and ignored.', whole));
    if (EQUALS_ALL.test(together))
      findings.push(refusal('test-aware', 'An object would be equal to everything.', whole));
  }
  return findings;
}

/** A file that already does such things may do them elsewhere too: needs a look. */
function danger(
  { rule, reason, view, pattern }: ForbiddenPattern,
  before: readonly { code: string; text: string; comment: string }[],
  place: { path: string; line: number },
): Finding {
  const once = new RegExp(pattern.source, pattern.flags.replace('g', ''));
  const isKnown = !STRONGER.has(rule) && before.some((line) => once.test(line[view]));
  return isKnown
    ? look(rule, `${reason.split(',')[0]?.replace(/\.$/, '')}, as the file does already.`, place)
    : refusal(rule, reason, place);
}

function addressFindings(file: PatchedFile, isTest: boolean): Finding[] {
  const { path } = file;
  return addedLines(file).flatMap(({ text, line }) => {
    const hosts = [...text.matchAll(ADDRESS)].map(([, host]) => host ?? '');
    const isNew = hosts.some((host) => !NOWHERE.test(host) && !(file.before ?? '').includes(host));
    if (!isNew) return [];
    return [
      isTest
        ? look('network', 'It names an address that the file did not name.', { path, line })
        : refusal('network', 'It names an address that the file did not name.', { path, line }),
    ];
  });
}
