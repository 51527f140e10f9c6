import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { makeExcerpter } from '@selfheal/log-reading/logs/excerpt.ts';
import { makeRedactor } from '@selfheal/redaction/redact.ts';

/** Line recall of the excerpt on logs whose failing lines were marked by hand: `node lab/measure-excerpt.ts --data DIR`. */
interface Case {
  readonly repository: string;
  readonly log: string;
  readonly spans: readonly (readonly [number, number])[];
}

const { values } = parseArgs({
  options: { data: { type: 'string' }, suite: { type: 'string', default: 'logchunks' } },
});
if (values.data === undefined) {
  process.stderr.write(
    'Usage: node lab/measure-excerpt.ts --data DIR [--suite NAME], with the marked logs in DIR/NAME\n',
  );
  process.exit(2);
}

function casesOf(folder: string): Case[] {
  const rows = readFileSync(join(folder, 'labels.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return rows
    .filter((row) => row.span !== null)
    .map((row) => ({
      repository: row.repo ?? row.id.split('/').slice(0, 2).join('/'),
      log: join(folder, row.log ?? row.fail),
      spans: row.span ? [row.span] : row.error,
    }));
}

function measure(
  cases: readonly Case[],
  maxLines: number,
): { recall: number; full: number; perRepository: number; megabytesPerSecond: number } {
  let recall = 0;
  let full = 0;
  let bytes = 0;
  let milliseconds = 0;
  const perRepository = new Map<string, number[]>();
  for (const { repository, log, spans } of cases) {
    const text = gunzipSync(readFileSync(log)).toString('utf8');
    const started = performance.now();
    const excerpter = makeExcerpter({ maxLines, redactor: makeRedactor() });
    excerpter.push(text);
    const found = new Set(excerpter.finish().lines.map((line) => line.number));
    milliseconds += performance.now() - started;
    bytes += text.length;
    const lines = text.split('\n');
    const wanted = spans
      .flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, at) => first + at))
      .filter((number) => (lines[number - 1] ?? '').trim() !== '');
    const share = wanted.length === 0 ? 1 : wanted.filter((number) => found.has(number)).length / wanted.length;
    recall += share / cases.length;
    full += (share === 1 ? 1 : 0) / cases.length;
    perRepository.set(repository, [...(perRepository.get(repository) ?? []), share]);
  }
  const means = [...perRepository.values()].map(
    (shares) => shares.reduce((sum, share) => sum + share, 0) / shares.length,
  );
  return {
    recall,
    full,
    perRepository: means.reduce((sum, mean) => sum + mean, 0) / means.length,
    megabytesPerSecond: bytes / 1000 / milliseconds,
  };
}

const cases = casesOf(join(values.data, values.suite));
for (const maxLines of [20, 50, 100, 200]) {
  process.stdout.write(
    `${JSON.stringify({ suite: values.suite, cases: cases.length, maxLines, ...measure(cases, maxLines) })}\n`,
  );
}
