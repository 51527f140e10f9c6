import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { makeLogJudge } from '#shared/app/triage/log-judge.ts';
import { type Triage, type TriageContent, triageEvidence } from '#shared/app/triage/triage-failures.ts';
import { evidenceOf } from '../input/log-evidence.ts';
import { lineBatches } from '../input/log-lines.ts';
import { openInput } from '../input/open-input.ts';

const MAX_ANOMALIES = 20;

/** Analyses one log. Reads it twice with bounded memory: once for evidence and classification, once for anomalies. */
export async function triageLog(file: string, content: TriageContent, terminal: Terminal): Promise<Triage> {
  const evidence = await evidenceOf(await openInput(file, terminal));
  return await triageEvidence(file, evidence, await anomaliesOf(file, terminal), content);
}

async function anomaliesOf(file: string, terminal: Terminal): Promise<Triage['anomalies']> {
  const judge = makeLogJudge();
  const found: { line: number; score: number; reason: string }[] = [];
  const keep = (answers: ReturnType<typeof judge.end>): void => {
    for (const { line, score, anomalous, reason } of answers)
      if (anomalous) found.push({ line, score: Number(score.toFixed(3)), reason });
    if (found.length > MAX_ANOMALIES * 50) found.sort((a, b) => b.score - a.score).splice(MAX_ANOMALIES);
  };
  for await (const lines of lineBatches(file, terminal))
    for (const [number, text] of lines) keep(judge.next(number, text));
  keep(judge.end());
  return found.sort((a, b) => b.score - a.score || a.line - b.line).slice(0, MAX_ANOMALIES);
}
