import { lineOf } from '../common/numbers.ts';
import { severityOf } from '../common/severity.ts';
import { openXml, type XmlReader } from '../common/xml.ts';
import type { ReportFormat, ReportSink } from '../contract.ts';

/** The form of Checkstyle, which many linters write: https://checkstyle.org/config.html#Severity has its levels. */
export const checkstyle: ReportFormat = {
  id: 'checkstyle',
  title: 'Checkstyle XML',
  kind: 'findings',
  writers: 'Checkstyle, ShellCheck, PHP_CodeSniffer, PHPStan, ktlint, detekt, SwiftLint, golangci-lint',
  recognizes: ({ xmlRoot }) => xmlRoot === 'checkstyle',
  open: (sink) => openXml(() => makeReader(sink)),
};

/** `ShellCheck.SC2086`, or the class of a check of Checkstyle (`com.puppycrawl...IndentationCheck`). */
const RULE = /^(?:com\.puppycrawl\.[\w.]*\.|ShellCheck\.)?(.*)$/s;

function makeReader(sink: ReportSink): XmlReader {
  let file: string | null = null;
  return {
    open(name, attributes) {
      if (name === 'file') file = attributes.name ?? null;
      // A check broke on this file: what it would have found is not known.
      if (name === 'exception') return true;
      if (name !== 'error') return false;
      const { source = '', severity, message = '', line } = attributes;
      // ShellCheck's and others' rules begin with the name of the tool.
      const [, tool] = /^(ShellCheck|PMD|detekt)\b/.exec(source) ?? [];
      sink.finding({
        tool: tool ?? 'Checkstyle',
        category: 'code',
        rule: RULE.exec(source)?.[1] || 'checkstyle',
        severity: severityOf(severity),
        message,
        file,
        line: lineOf(line),
      });
      return false;
    },
    close(name, text) {
      if (name === 'exception')
        sink.unfinished(`a check broke on ${file ?? 'a file'}: ${text.trim().split('\n')[0] ?? ''}`);
      if (name === 'file') file = null;
    },
  };
}
