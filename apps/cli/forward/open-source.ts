import { access } from 'node:fs/promises';
import { elasticsearchOf, openElasticsearchSource } from './elasticsearch-source.ts';
import { openFileSource, serviceOfFile } from './file-source.ts';
import { type LogSource, withFallback } from './log-source.ts';

/** Where applications usually write, read when no file was named. */
const USUAL_FILES = ['/var/log/application.log', '/var/log/error.log', 'logs/application.log'] as const;

export interface OpenedSource {
  readonly source: LogSource;
  /** Seconds between two looks that suit it. */
  readonly everySeconds: number;
}

const EVERY_SECONDS = { files: 15, elasticsearch: 30 };

/** Elasticsearch where the environment names one, with the files as its fallback; otherwise the files. */
export async function openLogSource(
  files: readonly string[],
  {
    environment,
    now,
  }: { readonly environment: Readonly<Record<string, string | undefined>>; readonly now: () => number },
  options: { readonly stateFile: string | null; readonly fromStart: boolean; readonly service: string | null },
): Promise<OpenedSource> {
  const followed = files.length > 0 ? files : await usualFiles();
  const fileSource = await openFileSource(followed, {
    ...options,
    serviceOf: (file) => options.service ?? (followed.length > 1 ? serviceOfFile(file) : null),
  });
  const cluster = elasticsearchOf(environment);
  if (cluster === null) return { source: fileSource, everySeconds: EVERY_SECONDS.files };
  const since = options.fromStart ? now() - 15 * 60_000 : now();
  const source = withFallback(openElasticsearchSource({ ...cluster, now, since }), fileSource);
  return { source, everySeconds: EVERY_SECONDS.elasticsearch };
}

/** Those of the usual files that are there; all of them, to wait for, when none is. */
async function usualFiles(): Promise<readonly string[]> {
  const there = await Promise.all(
    USUAL_FILES.map(
      async (file) =>
        await access(file).then(
          () => [file],
          () => [],
        ),
    ),
  );
  return there.flat().length > 0 ? there.flat() : USUAL_FILES;
}
