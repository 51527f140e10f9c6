import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import type { Figure } from '#apps/cli/figures/figures.ts';
import { figuresByGroup, proportion, statisticFigure } from '#apps/cli/figures/figures.ts';
import { redact } from '#shared/domain/redaction/redact.ts';
import { visibleText } from '#shared/domain/redaction/visible-text.ts';
import { readCaseText, readLabels } from '../labels/read-labels.ts';
import type { Suite } from './suite.ts';

/** Label `T`: the text contains a secret of the rule. Label `F`: it contains a lookalike. */
const Case = z.object({ rule: z.string(), label: z.enum(['T', 'F']), text: z.string() });
const OrdinaryLog = z.object({ repo: z.string(), log: z.string() });

interface RedactedCase {
  readonly rule: string;
  readonly label: 'T' | 'F';
  readonly isRedacted: boolean;
}

interface RedactedLog {
  readonly repo: string;
  readonly characters: number;
  readonly redacted: number;
}

const PLACEHOLDER = /\[redacted:[\w-]{1,40}(?::\d{1,6})?\]/g;

function isRedacted(text: string): boolean {
  return Object.keys(redact(text).counts).length > 0;
}

function placeholderLength(text: string): number {
  let length = 0;
  for (const [placeholder] of text.matchAll(PLACEHOLDER)) length += placeholder.length;
  return length;
}

/** Number of characters of the text that were replaced. */
export function redactedCharacters(original: string, redacted: string): number {
  return original.length - placeholderLength(original) - (redacted.length - placeholderLength(redacted));
}

function caseFigures(cases: readonly RedactedCase[]): Figure[] {
  const ofLabel = (label: 'T' | 'F') => cases.filter((one) => one.label === label);
  const count = (label: 'T' | 'F') => ofLabel(label).filter(({ isRedacted }) => isRedacted).length;
  return [
    ...proportion('secrets redacted', count('T'), ofLabel('T').length, { goal: 0.97 }),
    ...proportion('lookalikes redacted', count('F'), ofLabel('F').length),
  ];
}

function perMillion(logs: readonly RedactedLog[]): number {
  let characters = 0;
  let redacted = 0;
  for (const log of logs) {
    characters += log.characters;
    redacted += log.redacted;
  }
  return (redacted / characters) * 1e6;
}

/** Redacts ordinary logs: those of the suite `logchunks`, if its folder is beside this one. */
async function redactOrdinaryLogs(dataDir: string, progress: (message: string) => void): Promise<RedactedLog[]> {
  const folder = join(dirname(dataDir), 'logchunks');
  if (!existsSync(folder)) {
    progress(`${folder} does not exist, so redaction of ordinary logs was not measured`);
    return [];
  }
  const logs: RedactedLog[] = [];
  for (const { repo, log } of await readLabels(folder, 'labels.jsonl', OrdinaryLog)) {
    const text = visibleText(await readCaseText(folder, log));
    logs.push({ repo, characters: text.length, redacted: redactedCharacters(text, redact(text).text) });
  }
  return logs;
}

function logFigures(logs: readonly RedactedLog[]): Figure[] {
  return statisticFigure('redacted characters per million on ordinary logs', logs, ({ repo }) => repo, perMillion, {
    goal: 100,
    atMost: true,
  });
}

export const secrets: Suite = {
  name: 'secrets',
  summary: 'redaction: token shapes that must go, lookalikes and ordinary logs that must stay',
  async run(dataDir, { progress }) {
    const labelled = await readLabels(dataDir, 'gitleaks_literal_cases.jsonl.gz', Case);
    const cases = labelled.map(({ rule, label, text }) => ({ rule, label, isRedacted: isRedacted(text) }));
    const logs = await redactOrdinaryLogs(dataDir, progress);
    return {
      figures: [...caseFigures(cases), ...logFigures(logs)],
      byGroup: [
        ...figuresByGroup(cases, ({ rule }) => rule, caseFigures),
        ...figuresByGroup(logs, ({ repo }) => repo, logFigures),
      ],
    };
  },
};
