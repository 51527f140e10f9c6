import { readFileSync } from 'node:fs';
import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import { makeZipLogArchive } from '#shared/adapters/archive/zip-log-archive.ts';
import { makeExcerpts } from '#shared/app/gather/excerpts.ts';

/** Result of reading an archive in a separate process, as JSON. */
export interface ArchiveReading {
  readonly seconds: number;
  readonly peakBytes: number;
  /** Bytes of the log that were read. */
  readonly read: number;
  readonly notes: readonly string[];
  /** Whether the evidence contains the error at the end of the log. */
  readonly hasEnd: boolean;
  readonly hasBeginning: boolean;
}

const ENDS_WITH = 'Process completed with exit code';

/** Reads the archive at `path` as the gather function does: excerpts and redacts it chunk by chunk. */
async function readArchive(path: string): Promise<ArchiveReading> {
  const started = performance.now();
  const excerpts = makeExcerpts(1);
  let first: string | null = null;
  const { logs, notes } = await makeZipLogArchive().read(readFileSync(path), () => {
    const source = excerpts.open({ id: 'log-1', name: phrase`log 1`, url: null });
    return (chunk) => {
      first ??= String(chunk).slice(0, 200);
      source.push(chunk);
    };
  });
  const { sources } = excerpts.finish();
  return {
    seconds: (performance.now() - started) / 1000,
    peakBytes: process.resourceUsage().maxRSS * 1024,
    read: logs.reduce((sum, { bytes }) => sum + bytes, 0),
    notes,
    hasEnd: sources.some(({ lines }) => lines.some(({ text }) => text.includes(ENDS_WITH))),
    hasBeginning: String(first).includes('Compiling unit_0 '),
  };
}

console.log(JSON.stringify(await readArchive(process.argv[2] ?? '')));
