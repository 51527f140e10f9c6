import { countOf, lineOf } from '../common/numbers.ts';
import { openXml, type XmlDocument, type XmlReader } from '../common/xml.ts';
import type { ReportFormat, ReportSink } from '../contract.ts';

interface SourceFile {
  readonly path: string;
  readonly covered: number[];
  readonly uncovered: number[];
  readonly branches: { covered: number; total: number };
}

/** https://www.jacoco.org/jacoco/trunk/coverage/report.dtd */
export const jacoco: ReportFormat = {
  id: 'jacoco',
  title: 'JaCoCo XML',
  kind: 'coverage',
  writers: 'JaCoCo with Maven, Gradle or Ant, Kover, Android',
  recognizes: ({ xmlRoot, text }) =>
    xmlRoot === 'report' &&
    (/<!DOCTYPE report\b[^>]*JACOCO/i.test(text) || /<(?:sessioninfo|package|group|counter)\b/.test(text)),
  open: (sink) => openXml((document) => makeReader(document, sink)),
};

function makeReader(document: XmlDocument, sink: ReportSink): XmlReader {
  let folder = '';
  let file: SourceFile | null = null;
  return {
    open(name, attributes) {
      if (name === 'package') folder = attributes.name ?? '';
      else if (name === 'sourcefile') {
        // The folder of the sources is not in the report; the files of the repository complete the path.
        const path = [folder, attributes.name ?? ''].filter((part) => part !== '').join('/');
        file = { path, covered: [], uncovered: [], branches: { covered: 0, total: 0 } };
      } else if (name === 'line' && file !== null) {
        const count = (key: string): number => countOf(key, attributes[key], document) ?? 0;
        const line = lineOf(attributes.nr);
        if (line === null) return false;
        (count('ci') > 0 ? file.covered : file.uncovered).push(line);
        file.branches.covered += count('cb');
        file.branches.total += count('cb') + count('mb');
      }
      return false;
    },
    close(name) {
      if (name !== 'sourcefile' || file === null) return;
      const { branches, ...lines } = file;
      sink.coverage({ ...lines, branches: branches.total === 0 ? null : branches });
      file = null;
    },
  };
}
