import { countOf, lineOf } from '../common/numbers.ts';
import { openXml, type XmlAttributes, type XmlDocument, type XmlReader } from '../common/xml.ts';
import type { ReportFormat, ReportSink } from '../contract.ts';

interface Lines {
  readonly covered: number[];
  readonly uncovered: number[];
  readonly branches: { covered: number; total: number };
}

interface SourceFile {
  readonly path: string;
  readonly own: Lines;
  /** What its methods list: its own lines once more, or where a method begins. Of use only when it has none of its own. */
  readonly ofMethods: Lines;
}

const noLines = (): Lines => ({ covered: [], uncovered: [], branches: { covered: 0, total: 0 } });

/** http://cobertura.sourceforge.net/xml/coverage-04.dtd */
export const cobertura: ReportFormat = {
  id: 'cobertura',
  title: 'Cobertura XML',
  kind: 'coverage',
  writers: 'coverage.py, pytest-cov, Istanbul, coverlet, gcovr, Cobertura, PHPUnit, gocover-cobertura',
  recognizes: ({ xmlRoot, text }) =>
    xmlRoot === 'coverage' &&
    (/<coverage\b[^>]*\bline-rate=/.test(text) || /<(?:sources|packages)\b/.test(text)) &&
    !/<project\b/.test(text),
  open: (sink) => openXml((document) => makeReader(document, sink)),
};

function makeReader(document: XmlDocument, sink: ReportSink): XmlReader {
  const sources: string[] = [];
  let file: SourceFile | null = null;
  let methods = 0;
  return {
    open(name, attributes) {
      if (name === 'class') {
        const path = attributes.filename;
        if (path === undefined) return document.refuse('a class without its filename', 'Let the tool write file names');
        file = { path, own: noLines(), ofMethods: noLines() };
      } else if (name === 'method') methods += 1;
      else if (name === 'line' && file !== null)
        takeLine(attributes, methods > 0 ? file.ofMethods : file.own, document);
      return name === 'source';
    },
    close(name, text) {
      if (name === 'source' && text.trim() !== '') sources.push(text.trim());
      else if (name === 'method') methods -= 1;
      else if (name === 'class' && file !== null) {
        const { path, own, ofMethods } = file;
        const { branches, ...lines } = own.covered.length + own.uncovered.length === 0 ? ofMethods : own;
        sink.coverage({ path, ...lines, bases: sources, branches: branches.total === 0 ? null : branches });
        file = null;
      }
    },
  };
}

function takeLine(attributes: XmlAttributes, lines: Lines, document: XmlDocument): void {
  const line = lineOf(attributes.number);
  const hits = countOf('hits', attributes.hits, document);
  // Without a number it is nothing that could be covered; some tools write line 0 for generated code.
  if (line === null || hits === null) return;
  (hits > 0 ? lines.covered : lines.uncovered).push(line);
  const [, covered, total] = /\((\d{1,9})\/(\d{1,9})\)/.exec(attributes['condition-coverage'] ?? '') ?? [];
  if (covered === undefined || total === undefined) return;
  if (Number(covered) > Number(total))
    document.refuse(
      `${covered} of ${total} branches were taken`,
      'The counts contradict each other: write the report again',
    );
  lines.branches.covered += Number(covered);
  lines.branches.total += Number(total);
}
