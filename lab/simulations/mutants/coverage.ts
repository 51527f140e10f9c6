import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ProbedFile, ProbedScript } from './coverage-probe.ts';

/** Which files of tests run, load or read what, as one run of the suite showed. */
export interface SuiteCoverage {
  readonly tests: readonly string[];
  /** Those that run the line. Of a module that is loaded once for several files of tests, what ran while it was loaded counts for all that import it. */
  runningLine(path: string, line: number): readonly string[];
  /** Those that import the file, directly or not, run anything in it, or read it; of data also those that import a module which reads it and may keep it. */
  touching(path: string): readonly string[];
  /** Those that start programs of the repository: what these read is not seen. */
  readonly starting: readonly string[];
  /** By file of tests: the files that it ran, as a coverage report would list them. */
  readonly ran: ReadonlyMap<string, ReadonlySet<string>>;
}

interface Blocks {
  readonly ranges: ProbedScript['functions'][number]['ranges'];
}

/** Reads what `coverage-probe.ts` left in a folder, for the repository that was in `root`. */
export function readCoverage(folder: string, root: string): SuiteCoverage {
  const tests: string[] = [];
  const modules = new Map<string, ReadonlySet<string>>();
  const running = new Map<string, Map<string, Blocks[]>>();
  const loaded = new Map<string, Blocks[]>();
  const readers = new Map<string, Set<string>>();
  const readBy = new Map<string, Set<string>>();
  const starting: string[] = [];
  const ran = new Map<string, Set<string>>();
  const put = <T>(map: Map<string, Set<T>>, key: string, value: T): void => {
    map.set(key, (map.get(key) ?? new Set()).add(value));
  };
  for (const name of readdirSync(join(folder, 'files'))) {
    const probed = JSON.parse(readFileSync(join(folder, 'files', name), 'utf8')) as ProbedFile;
    const { test } = probed;
    tests.push(test);
    modules.set(test, new Set(probed.modules));
    const own = new Set<string>();
    for (const { path, loading, functions } of probed.scripts) {
      own.add(path);
      const byTest = running.get(path) ?? new Map<string, Blocks[]>();
      running.set(path, byTest.set(test, [...(byTest.get(test) ?? []), ...functions]));
      const shared = functions.filter(({ ranges }, at) => loading || (at === 0 && (ranges[0]?.[2] ?? 0) > 0));
      loaded.set(path, [...(loaded.get(path) ?? []), ...shared]);
    }
    for (const [path, by] of probed.reads) {
      put(readers, path, test);
      if (by !== '') put(readBy, path, by);
    }
    const started = startedBy(join(folder, 'children', test.replaceAll('/', '+')), root);
    if (started.size > 0) starting.push(test);
    for (const path of started) own.add(path);
    ran.set(test, own);
  }
  for (const [test, own] of ran) for (const path of modules.get(test) ?? []) if (loaded.has(path)) own.add(path);
  const lines = new Map<string, ReadonlyMap<number, readonly number[]>>();
  return {
    tests,
    starting,
    ran,
    runningLine(path, line) {
      const offsets = (lines.get(path) ?? offsetsByLine(join(folder, 'sources', path.replaceAll('/', '+')))) as Map<
        number,
        number[]
      >;
      lines.set(path, offsets);
      const wanted = offsets.get(line) ?? [];
      const atLoad = runsAny(loaded.get(path) ?? [], wanted);
      const byTest = running.get(path);
      return tests.filter(
        (test) => runsAny(byTest?.get(test) ?? [], wanted) || (atLoad && modules.get(test)?.has(path) === true),
      );
    },
    touching(path) {
      const through = (path.endsWith('.ts') ? undefined : readBy.get(path)) ?? new Set<string>();
      return tests.filter((test) => {
        const imported = modules.get(test);
        return (
          ran.get(test)?.has(path) === true ||
          imported?.has(path) === true ||
          readers.get(path)?.has(test) === true ||
          [...through].some((by) => imported?.has(by) === true)
        );
      });
    },
  };
}

/** What the last run of one file of tests executed after it was loaded. */
export interface SingleRun {
  /** Files of the repository of which something ran. */
  readonly paths: readonly string[];
  /** Files that it read. */
  readonly reads: readonly string[];
  readonly modules: readonly string[];
  /** Whether the code at a place of the source ran; line from 1, column from 0. */
  ran(path: string, line: number, column: number): boolean;
}

/** Reads what `coverage-probe.ts` left in a folder about one file of tests. */
export function readSingleRun(folder: string, test: string): SingleRun {
  const probed = JSON.parse(
    readFileSync(join(folder, 'files', `${test.replaceAll('/', '+')}.json`), 'utf8'),
  ) as ProbedFile;
  const blocks = new Map<string, Blocks[]>();
  for (const { path, loading, functions } of probed.scripts)
    if (!loading) blocks.set(path, [...(blocks.get(path) ?? []), ...functions]);
  const sources = new Map<string, ReadonlyMap<number, readonly MappedToken[]>>();
  return {
    paths: [...blocks.keys()],
    reads: [...new Set(probed.reads.map(([path]) => path))],
    modules: probed.modules,
    ran(path, line, column) {
      const tokens =
        sources.get(path) ??
        Map.groupBy(mappedTokens(join(folder, 'sources', path.replaceAll('/', '+'))), (token) => token.line);
      sources.set(path, tokens);
      const before = (tokens.get(line) ?? []).filter((token) => token.column <= column);
      const nearest = Math.max(...before.map((token) => token.column));
      const offsets = before.filter((token) => token.column === nearest).map(({ offset }) => offset);
      return runsAny(blocks.get(path) ?? [], offsets);
    },
  };
}

/** Whether a block that ran holds one of the offsets and no smaller block that did not run does. */
function runsAny(functions: readonly Blocks[], offsets: readonly number[]): boolean {
  return offsets.some((offset) => {
    let size = Number.POSITIVE_INFINITY;
    let count = 0;
    for (const { ranges } of functions)
      for (const [start, end, times] of ranges) {
        if (offset < start || offset >= end || end - start > size) continue;
        count = end - start === size ? Math.max(count, times) : times;
        size = end - start;
      }
    return count > 0;
  });
}

/** A token of what V8 ran, and where it stands in the source; line from 1, column from 0. */
interface MappedToken {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

/** The tokens of what V8 ran, by the map near its end. */
function mappedTokens(file: string): MappedToken[] {
  const found: MappedToken[] = [];
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const inline = /\/\/# sourceMappingURL=data:application\/json[^,]*,([A-Za-z0-9+/=]+)$/m.exec(text)?.[1];
  if (inline === undefined) return found;
  const map = new SourceMap(JSON.parse(Buffer.from(inline, 'base64').toString('utf8')));
  let offset = 0;
  for (const [at, line] of text.split('\n').entries()) {
    for (const { index } of line.matchAll(/[\w$]+|[^\s\w$]/g)) {
      const entry = map.findEntry(at, index);
      if ('originalLine' in entry)
        found.push({ offset: offset + index, line: entry.originalLine + 1, column: entry.originalColumn });
    }
    offset += line.length + 1;
  }
  return found;
}

/** Offsets in what V8 ran that come from each line of the source. */
function offsetsByLine(file: string): Map<number, number[]> {
  const found = new Map<number, number[]>();
  for (const { offset, line } of mappedTokens(file)) found.set(line, [...(found.get(line) ?? []), offset]);
  return found;
}

/** Files of the repository that programs ran which a test started. */
function startedBy(folder: string, root: string): Set<string> {
  const found = new Set<string>();
  if (!existsSync(folder)) return found;
  const base = pathToFileURL(`${root}/`).href;
  for (const name of readdirSync(folder)) {
    const { result } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { result: readonly { url: string }[] };
    for (const { url } of result)
      if (url.startsWith(base) && !url.includes('/node_modules/'))
        found.add(url.slice(base.length).split('?')[0] ?? '');
  }
  return found;
}
