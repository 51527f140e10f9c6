import { makeLogJudge } from '#shared/app/triage/log-judge.ts';
import { nothingFailed } from '#shared/app/triage/text-evidence.ts';
import { redactDiagnosis } from '#shared/domain/diagnosis/redact-diagnosis.ts';
import { diagnoseByRules } from '#shared/domain/diagnosis/rules-diagnosis.ts';
import { classify } from '#shared/domain/failure/classify.ts';
import type { FailureModel } from '#shared/domain/failure/model/failure-model.ts';
import type { SignatureSet } from '#shared/domain/failure/signatures.ts';
import { FAMILY_OF, type FailureClass, type Verdict } from '#shared/domain/incident/failure-class.ts';
import { termsOfLines, weighed } from '#shared/domain/knowledge/search/terms.ts';
import type { Evidence } from '#shared/domain/logs/evidence.ts';
import { severityOf } from '#shared/domain/logs/severity.ts';
import { makeTemplateMiner } from '#shared/domain/templates/template-miner.ts';
import { renderFindings } from '#shared/plugins/notifiers/email/mail.ts';
import type { FailureRecall } from '#shared/ports/recall.ts';
import { evidenceOf } from '../input/log-evidence.ts';
import { lineBatches } from '../input/log-lines.ts';
import { openInput } from '../input/open-input.ts';
import type { Terminal } from '../terminal.ts';

const MAX_ANOMALIES = 20;
const MAX_SIMILAR = 3;
/** Entries below this score are irrelevant. */
const MIN_SCORE = 0.1;

export interface TriageContent {
  readonly signatures: SignatureSet;
  readonly model: FailureModel | undefined;
  readonly recall: FailureRecall;
}

/** Error lines with the same template. */
export interface ErrorCluster {
  readonly template: string;
  readonly lines: readonly number[];
  readonly example: string;
}

/** The analysis of one log. Line numbers are 1-based; texts are redacted. */
export interface Triage {
  readonly file: string;
  readonly class: FailureClass;
  readonly family: string;
  readonly verdict: Verdict;
  /** 0 to 1. */
  readonly confidence: number;
  readonly signature: string | null;
  readonly fingerprint: string | null;
  readonly root_cause: string;
  readonly recommended_actions: readonly string[];
  readonly similar_incidents: readonly { id: string; summary: string; resolution: string }[];
  readonly anomalies: readonly { line: number; score: number; reason: string }[];
  readonly errors: readonly ErrorCluster[];
  /** False for a log of a successful run. */
  readonly failed: boolean;
  /** The text of the pull request comment about this log. */
  readonly comment: string;
}

/** Analyses one log. Reads it twice with bounded memory: once for evidence and classification, once for anomalies. */
export async function triageLog(file: string, content: TriageContent, terminal: Terminal): Promise<Triage> {
  const { signatures, model } = content;
  const evidence = await evidenceOf(await openInput(file, terminal));
  const classification = classify(evidence, { signatures, model });
  const rest = { knowledge: null, preExisting: null, note: null };
  const diagnosis = redactDiagnosis(diagnoseByRules({ ...rest, evidence, classification, signatures }));
  const { rootCause, fix, prevention } = diagnosis;
  const { class: failureClass, verdict, confidence, signature, fingerprint } = classification;
  return {
    file,
    class: failureClass,
    family: FAMILY_OF[failureClass],
    verdict,
    confidence,
    signature,
    fingerprint,
    root_cause: rootCause,
    recommended_actions: [fix, prevention].filter((advice) => advice !== ''),
    similar_incidents: await similarTo(evidence, failureClass, content),
    anomalies: await anomaliesOf(file, terminal),
    errors: clustersOf(evidence),
    failed: !nothingFailed(evidence, classification),
    comment: renderFindings({ diagnosis, evidence }),
  };
}

async function similarTo(evidence: Evidence, failureClass: FailureClass, { recall }: TriageContent) {
  const terms = termsOfLines(evidence.sources.flatMap(({ lines }) => lines.map(weighed)));
  const question = { incidentId: '', class: failureClass, fingerprint: null, terms, now: new Date(0) };
  const { entries } = await recall.find('', question, MAX_SIMILAR);
  return entries
    .filter(({ score, item }) => score >= MIN_SCORE && item.entry.class === failureClass)
    .map(({ item: { entry } }) => ({ id: entry.id, summary: entry.title, resolution: entry.resolution }));
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

/** Error lines of the excerpt, grouped by template, most frequent first. */
function clustersOf(evidence: Evidence): ErrorCluster[] {
  const miner = makeTemplateMiner();
  const listed = evidence.sources
    .flatMap(({ lines }) => lines)
    .filter(({ text }) => ['error', 'critical', 'fatal'].includes(severityOf(text)))
    .sort((a, b) => a.number - b.number);
  const clusters = new Map<number, { template: string; lines: number[]; example: string }>();
  for (const { number, text } of listed) {
    const { cluster, template } = miner.add(text);
    const known = clusters.get(cluster) ?? { template, lines: [], example: text };
    clusters.set(cluster, { ...known, template, lines: [...known.lines, number] });
  }
  return [...clusters.values()].sort((a, b) => b.lines.length - a.lines.length);
}
