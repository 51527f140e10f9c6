import { numberOf, objectOf, textOf } from '../common/json.ts';
import { openJsonLines, refuseLine } from '../common/lines.ts';
import { lineOf } from '../common/numbers.ts';
import type { ReportFormat, ReportParser, ReportSink } from '../contract.ts';

/** https://github.com/trufflesecurity/trufflehog, `--json` */
export const trufflehog: ReportFormat = {
  id: 'trufflehog',
  title: 'TruffleHog JSON',
  kind: 'findings',
  writers: 'trufflehog --json',
  recognizes: ({ json, text }) =>
    json === 'object' && /"DetectorName"\s*:/.test(text) && /"(?:SourceMetadata|Verified|SourceName)"\s*:/.test(text),
  emptyMeansNone: true,
  open: openTrufflehog,
};

function openTrufflehog(sink: ReportSink): ReportParser {
  return openJsonLines((record, line) => {
    // Messages of the program itself.
    if (record.DetectorName === undefined && record.level !== undefined) {
      if (/^(?:error|fatal|panic)/.test(String(record.level)))
        sink.unfinished(`TruffleHog: ${textOf(record.msg) ?? 'an error of its own'}${said(record.error)}`);
      return;
    }
    const detector = textOf(record.DetectorName);
    if (detector === null)
      return refuseLine(line, 'a finding without its detector', 'This is not the output of trufflehog --json');
    const isVerified = record.Verified === true;
    const place = placeOf(record.SourceMetadata);
    sink.finding({
      tool: 'TruffleHog',
      category: 'secret',
      rule: detector,
      severity: isVerified ? 'critical' : 'medium',
      // The secret itself, in Raw, RawV2 and Redacted, is never taken.
      message: isVerified
        ? `A secret of ${detector}, and it works`
        : `What looks like a secret of ${detector}, not verified`,
      ...place,
    });
  });
}

const said = (error: unknown): string => (textOf(error) === null ? '' : `: ${textOf(error)}`);

function placeOf(metadata: unknown): { file: string | null; line: number | null } {
  const [source] = Object.values(objectOf(objectOf(metadata).Data));
  const { file, line } = objectOf(source);
  return { file: textOf(file), line: lineOf(numberOf(line)) };
}
