import { createHash } from 'node:crypto';
import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type Figure,
  figuresByGroup,
  meanFigure,
  proportion,
  statisticFigure,
} from '@selfheal/cli-kit/figures/figures.ts';
import { redact } from '@selfheal/redaction/redact.ts';
import { makeSecretSteps, type RedactSteps } from '@selfheal/redaction/secret-steps.ts';
import { visibleText } from '@selfheal/redaction/visible-text.ts';
import * as z from 'zod';
import { readCaseText, readLabels } from '../labels/read-labels.ts';
import {
  type Half,
  isWhollyRedacted,
  type PlantedCase,
  plantedLookalikes,
  plantedSecrets,
} from '../secrets/planted-cases.ts';
import reviewed from '../secrets/reviewed-credentials.json' with { type: 'json' };
import type { Suite } from './suite.ts';

/** Label `T`: the text contains a secret of the rule. Label `F`: it contains a lookalike. */
const Case = z.object({ rule: z.string(), label: z.enum(['T', 'F']), text: z.string() });

/** Every rule, and those alone that know how secrets are written but no provider's tokens. */
const STEPS: readonly (readonly [name: string, steps: RedactSteps | undefined])[] = [
  ['', undefined],
  [', without the formats of providers', makeSecretSteps(({ isFormat }) => !isFormat)],
];

interface RedactedCase {
  readonly rule: string;
  readonly label: 'T' | 'F';
  readonly isRedacted: boolean;
}

function caseFigures(cases: readonly RedactedCase[], what = ''): Figure[] {
  const ofLabel = (label: 'T' | 'F') => cases.filter((one) => one.label === label);
  const count = (label: 'T' | 'F') => ofLabel(label).filter(({ isRedacted }) => isRedacted).length;
  return [
    ...proportion(`secrets redacted${what}`, count('T'), ofLabel('T').length, what === '' ? { goal: 0.97 } : {}),
    ...proportion(`lookalikes redacted${what}`, count('F'), ofLabel('F').length),
  ];
}

/** The mean over the kinds of one half, so that a kind that many notations fit counts no more than another. */
function plantedFigures(cases: readonly PlantedCase[], half: Half, what: string, steps?: RedactSteps): Figure[] {
  const shares = [
    ...Map.groupBy(
      cases.filter((one) => one.half === half),
      ({ kind }) => kind,
    ),
  ].map(([kind, ones]) => ({
    group: kind,
    value: ones.filter(({ text, parts }) => isWhollyRedacted(redact(text, steps).text, parts)).length / ones.length,
  }));
  return meanFigure(`planted secrets wholly redacted, ${half} kinds${what}`, shares, { goal: 0.93 });
}

function lookalikeFigures(cases: readonly PlantedCase[], half: Half): Figure[] {
  const ones = cases.filter((one) => one.half === half);
  const changed = ones.filter(({ text }) => redact(text).text !== text).length;
  return proportion(`planted lookalikes redacted, ${half} kinds`, changed, ones.length);
}

/** Folders of ordinary logs beside the cases, and which of their files are logs. */
const ORDINARY_LOGS: Readonly<Record<string, string>> = {
  logchunks: 'logs/*.gz',
  cidiff: 'logs/**/*.gz',
  'sources-2026-11': '**/*.gz',
  'loghub-2k': '**/*.log*',
  'bugswarm-analyzer': 'logs/*.gz',
};

interface RedactedLog {
  readonly source: string;
  readonly characters: number;
  readonly redacted: number;
  /** Of `redacted`, those of secrets that nobody reviewed as credentials. */
  readonly unreviewed: number;
}

/** Digests of what somebody looked at in the logs and found to be a credential. */
const REVIEWED: ReadonlySet<string> = new Set(reviewed);
const PLACEHOLDER = /\[redacted:[\w-]{1,40}(?::\d{1,6})?\]/;

/** Under which a redacted piece is listed in `reviewed-credentials.json`. */
function reviewDigest(secret: string): string {
  return createHash('sha256').update(secret).digest('hex').slice(0, 12);
}

/** The pieces of a line that were replaced. */
function redactedPieces(original: string, redacted: string): string[] {
  if (original === redacted) return [];
  const kept = redacted.split(PLACEHOLDER);
  const pieces: string[] = [];
  let at = kept[0]?.length ?? 0;
  for (const [index, text] of kept.slice(1).entries()) {
    const next = index === kept.length - 2 ? original.length - text.length : original.indexOf(text, at + 1);
    pieces.push(original.slice(at, Math.max(at, next)));
    at = Math.max(at, next) + text.length;
  }
  return pieces.filter((piece) => piece !== '' && !PLACEHOLDER.test(piece));
}

const lengthOf = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + text.length, 0);

async function redactOrdinaryLogs(dataDir: string, progress: (message: string) => void): Promise<RedactedLog[]> {
  const logs: RedactedLog[] = [];
  for (const [source, pattern] of Object.entries(ORDINARY_LOGS)) {
    const folder = join(dirname(dataDir), source);
    for (const file of globSync(pattern, { cwd: folder }).sort()) {
      const text = visibleText(await readCaseText(folder, file));
      const lines = text.split('\n');
      const pieces = redact(text)
        .text.split('\n')
        .flatMap((line, at) => redactedPieces(lines[at] ?? '', line));
      const unreviewed = pieces.filter((piece) => !REVIEWED.has(reviewDigest(piece)));
      logs.push({ source, characters: text.length, redacted: lengthOf(pieces), unreviewed: lengthOf(unreviewed) });
    }
  }
  if (logs.length === 0)
    progress(`No folder with logs is beside ${dataDir}, so redaction of ordinary logs was not measured.`);
  return logs;
}

function logFigures(logs: readonly RedactedLog[]): Figure[] {
  const perMillion = (of: (log: RedactedLog) => number) => (some: readonly RedactedLog[]) =>
    (some.reduce((sum, log) => sum + of(log), 0) / some.reduce((sum, log) => sum + log.characters, 0)) * 1e6;
  return [
    ...statisticFigure(
      'redacted characters per million on ordinary logs',
      logs,
      ({ source }) => source,
      perMillion(({ redacted }) => redacted),
    ),
    ...statisticFigure(
      'of them in no reviewed credential',
      logs,
      ({ source }) => source,
      perMillion(({ unreviewed }) => unreviewed),
      { goal: 60, atMost: true },
    ),
  ];
}

export const secrets: Suite = {
  name: 'secrets',
  summary: 'redaction: secrets of known and unprepared kinds that must go, lookalikes and ordinary logs that must stay',
  async run(dataDir, { progress }) {
    const labelled = await readLabels(dataDir, 'gitleaks_literal_cases.jsonl.gz', Case);
    const casesBy = (steps?: RedactSteps): RedactedCase[] =>
      labelled.map(({ rule, label, text }) => {
        const isRedacted = Object.keys(redact(text, steps).counts).length > 0;
        return { rule, label, isRedacted };
      });
    const planted = plantedSecrets();
    const lookalikes = plantedLookalikes();
    const logs = await redactOrdinaryLogs(dataDir, progress);
    const halves = ['developed', 'unseen'] as const;
    return {
      figures: [
        ...STEPS.flatMap(([name, steps]) => [
          ...caseFigures(casesBy(steps), name),
          ...halves.flatMap((half) => plantedFigures(planted, half, name, steps)),
        ]),
        ...halves.flatMap((half) => lookalikeFigures(lookalikes, half)),
        ...logFigures(logs),
      ],
      byGroup: [
        ...figuresByGroup(casesBy(), ({ rule }) => rule, caseFigures),
        // Of the unseen half only the mean is shown: its misses are nothing to develop on.
        ...figuresByGroup(
          planted.filter(({ half }) => half === 'developed'),
          ({ kind }) => `planted ${kind}`,
          (ones) => plantedFigures(ones, 'developed', ''),
        ),
        ...figuresByGroup(logs, ({ source }) => source, logFigures),
      ],
    };
  },
};
