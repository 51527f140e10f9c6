import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { makeExcerpter } from '@selfheal/log-reading/logs/excerpt.ts';
import { ANCHORS, HARMLESS, NONE_OF, SOME_OF, WORDINGS } from '@selfheal/log-reading/logs/failure-keywords.ts';
import { NOISE } from '@selfheal/log-reading/logs/noise-patterns.ts';
import { makeRedactor, redact } from '@selfheal/redaction/redact.ts';
import { allSecretPatterns } from '@selfheal/redaction/secret-steps.ts';
import { dataDirectoryOf, loadSignatures } from '#shared/adapters/archive/data-files.ts';
import { loadRe2Engine } from '#shared/adapters/patterns/re2-engine.ts';
import { MAX_EVIDENCE_CHARACTERS } from '#shared/app/gather/excerpts.ts';
import { archiveRow } from './archive-row.ts';
import { linesOfBuildStep } from './build-log.ts';
import { HOSTILE_LINES, HOSTILE_PATTERNS, hostileWordings } from './hostile-lines.ts';
import { measureCommand, packCommandLine } from './measure-command.ts';
import { perSecond, type Row } from './row.ts';

const GIGABYTE = 1_000_000_000;
const MAX_SECONDS = 60;
/** Megabytes of a build's log in a second of one core. */
const MIN_REDACTED = 150;
const MIN_EXCERPTED = 80;
const BUILD_STEPS = 20_000;
const PIECE = 65_536;
const MAX_MEGABYTES = 200;
const MAX_MILLISECONDS = 50;
/** Characters of a line that a user's pattern is run on. */
const MAX_MATCHED_LENGTH = 2_048;

async function writeLog(path: string): Promise<void> {
  const out = createWriteStream(path);
  let written = 0;
  for (let step = 0; written < GIGABYTE; ) {
    const lines: string[] = [];
    for (const until = step + 1_000; step < until; step++) lines.push(...linesOfBuildStep(step));
    const piece = Buffer.from(`${lines.join('\n')}\n`);
    written += piece.length;
    if (!out.write(piece)) await once(out, 'drain');
  }
  out.end('##[error]Process completed with exit code 2.\n');
  await finished(out);
}

/** The slowest time of `run` over the lines in milliseconds. Each line counts its best of three, to ignore pauses of the machine. */
function slowestOn(run: (line: string) => unknown, lines: readonly string[] = HOSTILE_LINES): number {
  const slowest = lines.map((line) => {
    const times = [1, 2, 3].map(() => {
      const started = performance.now();
      run(line);
      return performance.now() - started;
    });
    return Math.min(...times);
  });
  return Math.max(...slowest);
}

function hostileRow(
  what: string,
  milliseconds: readonly number[],
  kilobytes = 32,
  lines = `${HOSTILE_LINES.length}`,
): Row {
  const slowest = Math.max(...milliseconds);
  return {
    measure: `${lines} hostile lines of ${kilobytes} KB against ${what}, slowest`,
    goal: `${MAX_MILLISECONDS} ms`,
    measured: `${slowest.toFixed(1)} ms`,
    met: slowest <= MAX_MILLISECONDS,
  };
}

async function hostileRows(): Promise<Row[]> {
  const { signatures } = await loadSignatures(dataDirectoryOf({}));
  const signaturePatterns = signatures.all.flatMap(({ regExp }) => (regExp instanceof RegExp ? [regExp] : []));
  const wordings = [...ANCHORS, ...WORDINGS.map(([, pattern]) => pattern), ...NOISE, HARMLESS, NONE_OF, SOME_OF];
  const each = (patterns: readonly RegExp[]) =>
    patterns.map((pattern) => slowestOn((line) => line.replace(pattern, '')));
  // Signatures are run on at most the whole evidence (`matchSignatures`).
  const shown = (line: string): string => line.slice(0, MAX_EVIDENCE_CHARACTERS);
  const kilobytes = MAX_EVIDENCE_CHARACTERS / 1000;
  const eachBlock = signaturePatterns.map((pattern) => slowestOn((line) => shown(line).replace(pattern, '')));
  const ownWordings = signatures.all.map(({ signature, regExp, literals }) =>
    slowestOn((line) => regExp.test(shown(line)), hostileWordings([...literals, ...signature.examples.matches])),
  );
  const engine = await loadRe2Engine();
  const users = HOSTILE_PATTERNS.map((source) => {
    const pattern = engine(source, { ignoreCase: false });
    return slowestOn((line) => pattern.exec(line.slice(0, MAX_MATCHED_LENGTH)));
  });
  return [
    hostileRow(`each of ${allSecretPatterns().length} secret patterns`, each(allSecretPatterns())),
    hostileRow(`each of ${signaturePatterns.length} signatures`, eachBlock, kilobytes),
    hostileRow('each signature, made of its own wording', ownWordings, kilobytes, 'all'),
    hostileRow(`each of ${users.length} hostile patterns of users`, users, MAX_MATCHED_LENGTH / 1000),
    hostileRow(`each of ${wordings.length} wordings`, each(wordings)),
    hostileRow('the whole of excerpt and redaction', [slowestOn(excerptOf)]),
  ];
}

function excerptOf(line: string): void {
  const excerpter = makeExcerpter({ maxLines: 10, redactor: makeRedactor() });
  excerpter.push(line);
  excerpter.finish();
}

/** What one core reads of a build's log: redacted as a whole, and for the lines that explain the failure. */
function rateRows(): Row[] {
  const lines = Array.from({ length: BUILD_STEPS }, (_, step) => linesOfBuildStep(step));
  const text = lines.flat().join('\n');
  const megabytes = Buffer.byteLength(text) / 1e6;
  const excerpt = (): void => {
    const excerpter = makeExcerpter({ maxLines: 150, redactor: makeRedactor() });
    for (let at = 0; at < text.length; at += PIECE) excerpter.push(text.slice(at, at + PIECE));
    excerpter.finish();
  };
  const rateRow = (what: string, goal: number, job: () => void): Row => {
    const rate = perSecond(megabytes, job);
    return {
      measure: `log of a build of ${megabytes.toFixed(0)} MB, ${what}, per second of one core`,
      goal: `${goal} MB`,
      measured: `${rate.toFixed(0)} MB`,
      met: rate >= goal,
    };
  };
  return [
    rateRow('redacted as a whole', MIN_REDACTED, () => redact(text)),
    rateRow('its lines chosen and redacted', MIN_EXCERPTED, excerpt),
  ];
}

/** One gigabyte through excerpt, redaction and classification; hostile lines through every pattern. */
export async function logRows(outDir: string): Promise<Row[]> {
  const path = join(outDir, 'big.log');
  await writeLog(path);
  const { seconds, peakBytes, exitCode } = await measureCommand(
    ['log', 'classify', path, '--json'],
    await packCommandLine(join(outDir, 'cli')),
  );
  const megabytes = peakBytes / 1e6;
  return [
    {
      measure: 'log of 1 GB, the packed command line: excerpt, redaction and classification; peak memory',
      goal: `${MAX_SECONDS} s; ${MAX_MEGABYTES} MB`,
      measured: exitCode === 0 ? `${seconds.toFixed(0)} s; ${megabytes.toFixed(0)} MB` : `exit code ${exitCode}`,
      met: exitCode === 0 && seconds <= MAX_SECONDS && megabytes <= MAX_MEGABYTES,
    },
    await archiveRow(path, outDir),
    ...rateRows(),
    ...(await hostileRows()),
  ];
}
