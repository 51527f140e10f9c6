import type { FindingSeverity } from '../../normal-form/normal-form.ts';
import { lineOf } from '../common/numbers.ts';
import { openXml, type XmlAttributes, type XmlReader } from '../common/xml.ts';
import type { ReportFormat, ReportSink } from '../contract.ts';

const SEVERITIES: Readonly<Record<string, FindingSeverity>> = {
  error: 'high',
  warning: 'medium',
  portability: 'low',
  performance: 'low',
  style: 'low',
  information: 'info',
  debug: 'info',
};

/** Version 2: https://cppcheck.sourceforge.io/manual.html#xml-output */
export const cppcheck: ReportFormat = {
  id: 'cppcheck',
  title: 'Cppcheck XML',
  kind: 'findings',
  writers: 'cppcheck --xml',
  recognizes: ({ xmlRoot, text }) => xmlRoot === 'results' && /<cppcheck\b/.test(text),
  open: (sink) => openXml(() => makeReader(sink)),
};

function makeReader(sink: ReportSink): XmlReader {
  let error: XmlAttributes | null = null;
  let place: XmlAttributes | null = null;
  return {
    open(name, attributes) {
      if (name === 'error') [error, place] = [attributes, null];
      // The first location is where it happens, the others lead to it.
      if (name === 'location' && error !== null) place ??= attributes;
      return false;
    },
    close(name) {
      if (name !== 'error' || error === null) return;
      sink.finding({
        tool: 'Cppcheck',
        category: 'code',
        rule: error.id ?? '',
        severity: SEVERITIES[error.severity ?? ''] ?? 'unknown',
        message: error.msg ?? error.verbose ?? '',
        file: place?.file ?? null,
        line: lineOf(place?.line),
      });
      error = null;
    },
  };
}
