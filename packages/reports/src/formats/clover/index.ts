import { countOf, lineOf } from '../common/numbers.ts';
import { openXml, type XmlDocument, type XmlReader } from '../common/xml.ts';
import type { ReportFormat, ReportSink } from '../contract.ts';

interface SourceFile {
  readonly path: string;
  readonly covered: number[];
  readonly uncovered: number[];
  branches: { readonly covered: number; readonly total: number } | null;
}

/** https://openclover.org/doc/manual/latest/developer--coverage-report-xml-format.html */
export const clover: ReportFormat = {
  id: 'clover',
  title: 'Clover XML',
  kind: 'coverage',
  writers: 'PHPUnit, Istanbul, OpenClover',
  recognizes: ({ xmlRoot, text }) => xmlRoot === 'coverage' && /<project\b/.test(text),
  open: (sink) => openXml((document) => makeReader(document, sink)),
};

function makeReader(document: XmlDocument, sink: ReportSink): XmlReader {
  let folder = '';
  let file: SourceFile | null = null;
  /** The numbers of a class are part of those of its file. */
  let classes = 0;
  return {
    open(name, attributes) {
      if (name === 'package') folder = (attributes.name ?? '').replaceAll('.', '/');
      else if (name === 'file') {
        // Clover of Java names only the file; its package is its folder below the sources.
        const path =
          attributes.path ?? `${folder === '' || folder === 'default-pkg' ? '' : `${folder}/`}${attributes.name ?? ''}`;
        const whole =
          /[\\/]/.test(attributes.name ?? '') && attributes.path === undefined ? (attributes.name ?? '') : path;
        file = { path: whole, covered: [], uncovered: [], branches: null };
      } else if (name === 'line' && file !== null) {
        const count = (key: string): number => countOf(key, attributes[key], document) ?? 0;
        const line = lineOf(attributes.num);
        if (line === null) return false;
        // OpenClover counts the outcomes of a condition, others how often it was run.
        const times = attributes.count === undefined ? count('truecount') + count('falsecount') : count('count');
        (times > 0 ? file.covered : file.uncovered).push(line);
      } else if (name === 'class') classes += 1;
      else if (name === 'metrics' && file !== null && classes === 0) {
        const total = countOf('conditionals', attributes.conditionals, document) ?? 0;
        const covered = countOf('coveredconditionals', attributes.coveredconditionals, document) ?? 0;
        if (covered > total)
          document.refuse(
            `${covered} of ${total} conditionals are covered`,
            'The counts contradict each other: write the report again',
          );
        file.branches = total === 0 ? null : { covered, total };
      }
      return false;
    },
    close(name) {
      if (name === 'package') folder = '';
      if (name === 'class') classes -= 1;
      if (name !== 'file' || file === null) return;
      sink.coverage(file);
      file = null;
    },
  };
}
