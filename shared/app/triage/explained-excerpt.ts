import { readFailure } from '@selfheal/diagnosis/causality/read-failure.ts';
import type { ClassifyContext } from '@selfheal/diagnosis/failure/classify.ts';
import type { Classification } from '@selfheal/kernel/failure-class.ts';
import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import type { Excerpt, ExcerptLine } from '@selfheal/log-reading/logs/excerpt.ts';
import { byScore, evidenceOfExcerpt } from '../gather/excerpts.ts';

/** An excerpt in the order in which a person should read it. */
export interface ExplainedExcerpt {
  /** The cause, then the others, best first. */
  readonly best: readonly ExcerptLine[];
  /** The line that `log chain` names, and why; null when none is found. */
  readonly cause: { readonly number: number; readonly why: string } | null;
  readonly classification: Classification;
}

/** Leads an excerpt with the line that caused the failure. It should have at least `MAX_EVIDENCE_LINES` lines: so many are read for the cause. */
export function explainExcerpt(name: RedactedText, excerpt: Excerpt, context: ClassifyContext): ExplainedExcerpt {
  const evidence = evidenceOfExcerpt(name, excerpt);
  const { chain, classification } = readFailure(evidence, context);
  const number = evidence.sources[0]?.lines.find(({ ref }) => ref === chain?.cause.ref)?.number;
  const ranked = [...excerpt.lines].sort(byScore);
  if (chain === null || number === undefined) return { best: ranked, cause: null, classification };
  const highest = ranked[0]?.score ?? 0;
  const isCause = (line: ExcerptLine): boolean => line.number === number;
  const first = ranked.filter(isCause).map((line) => ({ ...line, score: highest }));
  const best = withReport([...first, ...ranked.filter((line) => !isCause(line))]);
  return { best, cause: { number, why: chain.cause.why }, classification };
}

/** Behind so many lines comes what follows the cause, so many lines of it. */
const BEST = 8;
const REPORTED = 3;

/** The lines in an order in which the first of them is soon followed by the next lines of its paragraph. */
function withReport(lines: readonly ExcerptLine[]): ExcerptLine[] {
  const byNumber = new Map(lines.map((line) => [line.number, line]));
  const from = (lines[0]?.number ?? 0) + 1;
  const next = Array.from({ length: REPORTED }, (_, at) => byNumber.get(from + at));
  const end = next.findIndex((line) => line === undefined || line.text.trim() === '');
  const report = (end < 0 ? next : next.slice(0, end)).filter((line) => line !== undefined);
  return [...new Set([...lines.slice(0, BEST), ...report, ...lines])];
}
