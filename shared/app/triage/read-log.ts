import { shortenedText } from '@selfheal/kernel/text/shortened-text.ts';
import type { Evidence } from '@selfheal/log-reading/logs/evidence.ts';
import { type Severity, severityOf } from '@selfheal/log-reading/logs/severity.ts';
import { makeTemplateMiner } from '@selfheal/log-reading/templates/template-miner.ts';
import { cleanLine } from '@selfheal/redaction/clean-line.ts';
import { redact } from '@selfheal/redaction/redact.ts';
import type { LineAnomaly, LogScan } from './log-answers.ts';
import { makeLogJudge } from './log-judge.ts';
import { textEvidence } from './text-evidence.ts';

/** A log that came with a request: its lines without secrets, and the evidence that the workflow would take from it. */
export interface GivenLog {
  readonly lines: readonly string[];
  readonly evidence: Evidence;
}

/** Characters of a line that are examined; as for logs of runs. */
const MAX_LINE_LENGTH = 10_000;
const MAX_SHOWN_LENGTH = 500;

export function readLog(logs: string | readonly string[]): GivenLog {
  const text = typeof logs === 'string' ? logs : logs.join('\n');
  const lines = redact(text)
    .text.split('\n')
    .map((line) => cleanLine(line.slice(0, MAX_LINE_LENGTH)));
  return { lines, evidence: textEvidence(text) };
}

const MAX_ANOMALIES = 50;
const MAX_EVENTS = 100;
const MAX_TEMPLATES = 50;
const KEY_SEVERITIES: ReadonlySet<Severity> = new Set(['critical', 'error', 'warning']);
const shown = (text: string): string => shortenedText(text, MAX_SHOWN_LENGTH);

/** What is unusual in a log given the lines before, and what happens in it. */
export function scanLines(lines: readonly string[]): LogScan {
  const judge = makeLogJudge();
  const miner = makeTemplateMiner();
  const found: LineAnomaly[] = [];
  const keep = (answers: ReturnType<typeof judge.end>): void => {
    for (const { line, score, anomalous, reason, text } of answers)
      if (anomalous) found.push({ line, score: Number(score.toFixed(3)), reason, text: shown(text) });
  };
  const levels: Record<Severity, number> = { critical: 0, error: 0, warning: 0, info: 0, debug: 0 };
  const events = new Map<number, { line: number; severity: Severity; count: number; text: string }>();
  let counted = 0;
  for (const [index, text] of lines.entries()) {
    if (text.trim() === '') continue;
    counted += 1;
    keep(judge.next(index + 1, text));
    const severity = severityOf(text);
    levels[severity] += 1;
    const cluster = miner.add(text).cluster;
    const event = events.get(cluster);
    if (event !== undefined) event.count += 1;
    else if (KEY_SEVERITIES.has(severity))
      events.set(cluster, { line: index + 1, severity, count: 1, text: shown(text) });
  }
  keep(judge.end());
  miner.refine();
  const templates = new Map(miner.clusters().map((one) => [one.cluster, one]));
  return {
    lines: counted,
    levels,
    anomalies: found.sort((a, b) => b.score - a.score || a.line - b.line).slice(0, MAX_ANOMALIES),
    events: [...events]
      .map(([cluster, event]) => ({
        ...event,
        template: shown(templates.get(miner.clusterOf(cluster))?.template ?? event.text),
      }))
      .sort((a, b) => a.line - b.line)
      .slice(0, MAX_EVENTS),
    templates: [...templates.values()]
      .sort((a, b) => b.lines - a.lines || a.cluster - b.cluster)
      .slice(0, MAX_TEMPLATES)
      .map(({ template, lines: count }) => ({ template: shown(template), count })),
  };
}
