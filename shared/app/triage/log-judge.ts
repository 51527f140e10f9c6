import { type LogAnomaly, makeLogAnomalyDetector } from '@selfheal/anomaly/log-detector.ts';
import { type Severity, severityOf } from '@selfheal/log-reading/logs/severity.ts';
import { makeTemplateMiner } from '@selfheal/log-reading/templates/template-miner.ts';

/** Templates whose severity is cached. */
const MAX_TEMPLATES = 5_000;
/** A line with its anomaly score. */
export interface ScoredLine extends LogAnomaly {
  readonly text: string;
}

/** Scores the lines of one log as they arrive, with the templates known so far. Memory is bounded. */
export function makeLogJudge() {
  const miner = makeTemplateMiner();
  const detector = makeLogAnomalyDetector();
  const severities = new Map<number, Severity>();
  const texts = new Map<number, string>();
  const severityOfTemplate = (cluster: number, text: string): Severity => {
    const known = severities.get(cluster);
    if (known !== undefined) return known;
    if (severities.size >= MAX_TEMPLATES) severities.clear();
    const severity = severityOf(text);
    severities.set(cluster, severity);
    return severity;
  };
  const withText = (answers: readonly LogAnomaly[]): ScoredLine[] => {
    const answered = answers.map((answer) => ({ ...answer, text: texts.get(answer.line) ?? '' }));
    if (answers.length > 0) texts.clear();
    return answered;
  };
  return {
    next(line: number, text: string): ScoredLine[] {
      const cluster = miner.add(text).cluster;
      texts.set(line, text);
      return withText(detector.next({ line, cluster, severity: severityOfTemplate(cluster, text) }));
    },
    end: (): ScoredLine[] => withText(detector.end()),
  };
}
