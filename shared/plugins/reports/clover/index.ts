import { countOf, lineOf } from '../common/numbers.ts';
import { openXml, type XmlDocument, type XmlReader } from '../common/xml.ts';
import type { ReportFormat, ReportSink } from '../contract.ts';

interface SourceFile {
  readonly path: string;
  readonly covered: number[];
  readonly uncovered: number[];
  readonly branches: { covered: number; total: number };
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
  return {
    open(name, attributes) {
      if (name === 'package') folder = (attributes.name ?? '').replaceAll('.', '/');
      else if (name === 'file') {
        // Clover of Java names only the file; its package is its folder below the sources.
        const path =
          attributes.path ?? `${folder === '' || folder === 'default-pkg' ? '' : `${folder}/`}${attributes.name ?? ''}`;
        const whole =
          /[\\/]/.test(attributes.name ?? '') && attributes.path === undefined ? (attributes.name ?? '') : path;
        file = { path: whole, covered: [], uncovered: [], branches: { covered: 0, total: 0 } };
      } else if (name === 'line' && file !== null) {
        const count = (key: string): number => countOf(key, attributes[key], document) ?? 0;
        const line = lineOf(attributes.num);
        if (line === null) return false;
        if (attributes.type === 'cond') {
          const taken = [count('truecount'), count('falsecount')];
          file.branches.covered += taken.filter((times) => times > 0).length;
          file.branches.total += 2;
          (taken.some((times) => times > 0) || count('count') > 0 ? file.covered : file.uncovered).push(line);
        } else (count('count') > 0 ? file.covered : file.uncovered).push(line);
      }
      return false;
    },
    close(name) {
      if (name === 'package') folder = '';
      if (name !== 'file' || file === null) return;
      const { branches, ...lines } = file;
      sink.coverage({ ...lines, branches: branches.total === 0 ? null : branches });
      file = null;
    },
  };
}
