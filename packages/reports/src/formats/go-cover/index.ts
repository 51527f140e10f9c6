import { openLines, quoted, refuseLine } from '../common/lines.ts';
import type { RawCoverage, ReportFormat, ReportParser, ReportSink } from '../contract.ts';

const BLOCK = /^(.+):(\d{1,8})\.(\d{1,8}),(\d{1,8})\.(\d{1,8}) (\d{1,8}) (-?\d{1,18})$/;
/** Lines of a block; no function is that long. */
const MAX_BLOCK = 20_000;
/** Lines of all blocks together. */
const MAX_LINES = 50_000_000;
/** Lines that are collected before they are handed over. */
const MAX_HELD = 500_000;
const REMEDY = 'Write the profile again with go test -coverprofile';

/** https://pkg.go.dev/golang.org/x/tools/cover#ParseProfiles */
export const goCover: ReportFormat = {
  id: 'go-cover',
  title: 'Go cover profile',
  kind: 'coverage',
  writers: 'go test -coverprofile, go tool covdata textfmt',
  recognizes: ({ text }) => /^\s*mode: (?:set|count|atomic)\b/.test(text),
  open: openGoCover,
};

/** A block names its file by the import path of its package, or by its folder (`./cart/cart.go`, `_/home/acme/cart.go`). */
function fileOf(path: string): Pick<RawCoverage, 'path' | 'goPackage'> {
  const slash = path.lastIndexOf('/');
  if (slash <= 0 || /^(?:[./]|_\/|[A-Za-z]:)/.test(path)) return { path: path.replace(/^_(?=\/)/, '') };
  return { path: path.slice(slash + 1), goPackage: path.slice(0, slash) };
}

function openGoCover(sink: ReportSink): ReportParser {
  let path = '';
  let total = 0;
  let covered: number[] = [];
  let uncovered: number[] = [];
  const passOn = (): void => {
    if (covered.length + uncovered.length > 0) sink.coverage({ ...fileOf(path), covered, uncovered });
    covered = [];
    uncovered = [];
  };
  return openLines({
    line(text, number) {
      // Profiles that were joined have several of them.
      if (text.trim() === '' || /^mode: (?:set|count|atomic)$/.test(text.trim())) return;
      const [, file = '', start, , end, endColumn, , hits = ''] = BLOCK.exec(text) ?? [];
      if (file === '')
        refuseLine(number, `${quoted(text)} is no block of a file`, `It was cut off or damaged. ${REMEDY}`);
      if (hits.startsWith('-')) refuseLine(number, `a block was run ${hits} times`, `A count is 0 or more. ${REMEDY}`);
      if (file !== path) {
        passOn();
        path = file;
      }
      const first = Number(start);
      // A block that ends before the first character of a line does not reach it.
      const last = Number(endColumn) <= 1 && Number(end) > first ? Number(end) - 1 : Number(end);
      if (last < first || last - first > MAX_BLOCK || first === 0)
        refuseLine(number, `a block from line ${first} to ${last}`, `That cannot be. ${REMEDY}`);
      total += last - first + 1;
      if (total > MAX_LINES)
        refuseLine(
          number,
          `its blocks have more than ${MAX_LINES / 1_000_000} million lines`,
          `No program is that long. ${REMEDY}`,
        );
      if (covered.length + uncovered.length > MAX_HELD) passOn();
      const lines = Number(hits) > 0 ? covered : uncovered;
      for (let line = first; line <= last; line++) lines.push(line);
    },
    end: passOn,
  });
}
