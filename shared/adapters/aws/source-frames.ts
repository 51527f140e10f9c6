import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Maps of the files that an error came from, read when the first error does; null for a file without one. */
const maps = new Map<string, SourceMap | null>();

/**
 * Frames of a stack with the file and line of the source in place of those of the bundle: `at plan (shared/app/plan/plan.ts:42:7)`. The bundle's map
 * lies beside it and is read for an error alone, so that a cold start does not pay for it. A frame without a map stays as it is.
 */
export function sourceFrames(frames: readonly string[]): string[] {
  return frames.map((frame) =>
    frame.replace(
      /((?:file:\/\/)?\/[^\s()]+\.mjs):(\d+):(\d+)/,
      (place: string, file: string, line: string, column: string) => {
        const entry = mapOf(file.startsWith('file:') ? fileURLToPath(file) : file)?.findEntry(
          Number(line) - 1,
          Number(column) - 1,
        );
        return entry === undefined || !('originalSource' in entry)
          ? place
          : `${entry.originalSource.replace(/^(?:\.\.\/)+/, '')}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
      },
    ),
  );
}

function mapOf(file: string): SourceMap | null {
  const known = maps.get(file);
  if (known !== undefined) return known;
  const read = readMap(`${file}.map`);
  maps.set(file, read);
  return read;
}

/** An unreadable map must not hide the error that is being told. */
function readMap(file: string): SourceMap | null {
  try {
    return new SourceMap(JSON.parse(readFileSync(file, 'utf8')) as SourceMapPayload);
  } catch {
    return null;
  }
}
