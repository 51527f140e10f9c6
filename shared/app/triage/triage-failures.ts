import { readFailure } from '@selfheal/diagnosis/causality/read-failure.ts';
import type { Diagnosis, DiagnosisNoteDraft } from '@selfheal/diagnosis/diagnosis/diagnosis.ts';
import {
  checkMissingModule,
  type ModuleFinding,
  missingModuleIn,
  moduleAdvice,
  type Sources,
} from '@selfheal/diagnosis/diagnosis/missing-module.ts';
import { redactDiagnosis } from '@selfheal/diagnosis/diagnosis/redact-diagnosis.ts';
import { diagnoseByRules } from '@selfheal/diagnosis/diagnosis/rules-diagnosis.ts';
import type { FailureModel } from '@selfheal/diagnosis/failure/model/failure-model.ts';
import type { SignatureSet } from '@selfheal/diagnosis/failure/signatures.ts';
import { FAMILY_OF, type FailureClass, type Verdict } from '@selfheal/kernel/failure-class.ts';
import type { Evidence } from '@selfheal/log-reading/logs/evidence.ts';
import { type Severity, severityOf } from '@selfheal/log-reading/logs/severity.ts';
import { makeTemplateMiner } from '@selfheal/log-reading/templates/template-miner.ts';
import type { JobResult } from '@selfheal/pull-request-quality/domain/pull-request/job-result.ts';
import {
  type CauseSummary,
  clusterFailures,
  type FailureCluster,
  type JobFailure,
} from '@selfheal/pull-request-quality/domain/triage/cluster-failures.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import { termsOfLines, weighed } from '#shared/domain/knowledge/search/terms.ts';
import { type CauseCheck, fixConfidence } from '#shared/domain/triage/fix-confidence.ts';
import { decideHandOver, type HandOver } from '#shared/domain/triage/hand-over.ts';
import { renderFindings } from '#shared/plugins/notifiers/common/mail/mail.ts';
import type { FailureRecall } from '#shared/ports/recall.ts';
import { diagnoseByModel, type LanguageModel } from './diagnose-by-model.ts';
import { nothingFailed } from './text-evidence.ts';

const MAX_SIMILAR = 3;
/** Entries below this score are irrelevant. */
const MIN_SCORE = 0.1;
const MAX_JOB = 200;
const MAX_CAUSE = 500;
const MAX_CAUSES = 50;

export interface TriageContent {
  readonly signatures: SignatureSet;
  readonly model: FailureModel | undefined;
  readonly recall: FailureRecall;
  /** Explains what failed, in place of the rules; null: rules alone. */
  readonly languageModel: LanguageModel | null;
  /** The checked-out sources, against which missing modules are checked; null: the log alone. */
  readonly sources: Sources | null;
}

/** Error lines with the same template. */
interface ErrorCluster {
  readonly template: string;
  readonly lines: readonly number[];
  readonly example: string;
}

/** The analysis of one log. Line numbers are 1-based; texts are redacted. */
export interface Triage {
  /** The file or the job. */
  readonly file: string;
  readonly class: FailureClass;
  readonly family: string;
  readonly verdict: Verdict;
  /** 0 to 1. */
  readonly confidence: number;
  /** 0 to 1: how sure it is that the cause is the right one and a change there helps, by all evidence. */
  readonly fix_confidence: number;
  /** What was checked beyond the class. */
  readonly checked_by: readonly CauseCheck[];
  /** Of its worst line. */
  readonly severity: Severity;
  readonly signature: string | null;
  readonly fingerprint: string | null;
  readonly root_cause: string;
  readonly recommended_actions: readonly string[];
  readonly similar_incidents: readonly { id: string; summary: string; resolution: string }[];
  readonly anomalies: readonly { line: number; score: number; reason: string }[];
  readonly errors: readonly ErrorCluster[];
  /** Names of the tests that failed. */
  readonly tests: readonly string[];
  /** When its first error was written, ISO 8601; null where the log has no times. */
  readonly first_error_at: string | null;
  readonly explained_by: 'model' | 'rules';
  /** What the language model used, or why the rules explain in its place; null when none was asked. */
  readonly model_note: string | null;
  /** False for a log of a successful run. */
  readonly failed: boolean;
  /** The text of the pull request comment about this log. */
  readonly comment: string;
}

/** Analyses the evidence of one log. `anomalies`: where the log leaves what it led to expect. */
export async function triageEvidence(
  file: string,
  evidence: Evidence,
  anomalies: Triage['anomalies'],
  { signatures, model, recall, languageModel, sources }: TriageContent,
): Promise<Triage> {
  const { classification, chain } = readFailure(evidence, { signatures, model });
  const failed = !nothingFailed(evidence, classification);
  const byRules = (note: DiagnosisNoteDraft | null) =>
    diagnoseByRules({ knowledge: null, preExisting: null, note, evidence, classification, chain, signatures });
  const diagnosis = redactDiagnosis(
    languageModel === null || !failed
      ? byRules(null)
      : await diagnoseByModel({ evidence, classification }, languageModel, byRules),
  );
  const { rootCause, prevention } = diagnosis;
  const { class: failureClass, verdict, confidence, signature, fingerprint } = classification;
  const lines = evidence.sources.flatMap((source) => source.lines);
  const missing = failureClass === 'dependency_conflicts' ? missingModuleIn(lines.map(({ text }) => text)) : null;
  const finding = missing === null || sources === null ? null : await checkMissingModule(missing, sources);
  const isChecked = missing !== null && finding !== null && finding.kind !== 'unchecked';
  const fix = isChecked ? redactName(moduleAdvice(missing, finding), MAX_CAUSE) : diagnosis.fix;
  const checks = checksOf(diagnosis, classification.evidence, finding);
  const errors = lines.filter(({ text }) => isError(text));
  return {
    file,
    class: failureClass,
    family: FAMILY_OF[failureClass],
    verdict,
    confidence,
    fix_confidence: fixConfidence(confidence, checks),
    checked_by: checks,
    severity: worstOf(lines.map(({ text }) => severityOf(text))),
    signature,
    fingerprint,
    root_cause: rootCause,
    recommended_actions: [fix, prevention].filter((advice) => advice !== ''),
    similar_incidents: await similarTo(evidence, failureClass, recall),
    anomalies,
    errors: clustersOf(errors),
    tests: (evidence.failedTests ?? []).map(({ name }) => name),
    first_error_at: errors.flatMap(({ at }) => at ?? []).sort()[0] ?? null,
    failed,
    explained_by: diagnosis.source === 'model' ? 'model' : 'rules',
    model_note: diagnosis.note?.text ?? null,
    comment: renderFindings({ diagnosis: { ...diagnosis, fix }, evidence }),
  };
}

/** A change helps where a file or a declaration is missing, not where an installation is. */
function checksOf(
  diagnosis: Pick<Diagnosis, 'source' | 'evidence' | 'confidence'>,
  deciding: readonly string[],
  finding: ModuleFinding | null,
): CauseCheck[] {
  const isConfirmed = finding?.kind === 'own-absent' || finding?.kind === 'package-undeclared';
  const isCited = diagnosis.source === 'model' && deciding.some((ref) => diagnosis.evidence.includes(ref));
  return [...(isConfirmed ? (['source'] as const) : []), ...(isCited ? (['model'] as const) : [])];
}

const isError = (text: string): boolean => ['error', 'critical'].includes(severityOf(text));

const WORST_FIRST: readonly Severity[] = ['critical', 'error', 'warning', 'info', 'debug'];
const worstOf = (severities: readonly Severity[]): Severity =>
  WORST_FIRST.find((severity) => severities.includes(severity)) ?? 'info';

async function similarTo(evidence: Evidence, failureClass: FailureClass, recall: FailureRecall) {
  const terms = termsOfLines(evidence.sources.flatMap(({ lines }) => lines.map(weighed)));
  const question = { incidentId: '', class: failureClass, fingerprint: null, terms, now: new Date(0) };
  const { entries } = await recall.find('', question, MAX_SIMILAR);
  return entries
    .filter(({ score, item }) => score >= MIN_SCORE && item.entry.class === failureClass)
    .map(({ item: { entry } }) => ({ id: entry.id, summary: entry.title, resolution: entry.resolution }));
}

/** Grouped by template, most frequent first. */
function clustersOf(errors: readonly { readonly number: number; readonly text: string }[]): ErrorCluster[] {
  const miner = makeTemplateMiner();
  const clusters = new Map<number, { template: string; lines: number[]; example: string }>();
  for (const { number, text } of errors.toSorted((a, b) => a.number - b.number)) {
    const { cluster, template } = miner.add(text);
    const known = clusters.get(cluster) ?? { template, lines: [], example: text };
    clusters.set(cluster, { ...known, template, lines: [...known.lines, number] });
  }
  return [...clusters.values()].sort((a, b) => b.lines.length - a.lines.length);
}

export interface TriageOptions {
  /** Jobs that each job waits for, by its name. */
  readonly needs: ReadonlyMap<string, readonly string[]>;
  /** Confidence above which a fix is proposed. */
  readonly threshold: number;
  readonly fromFork: boolean;
}

/** All logs of a run together: reports as files and outputs for the next steps, and facts for the pull request's comment. */
export interface TriageReport {
  /** For the next steps of a pipeline. `fix_confidence` is the lowest of all logs. */
  readonly outputs: {
    readonly fix_confidence: string;
    readonly has_flaky_tests: string;
    readonly triage_summary: string;
    /** `hand-over`, or `keep`. */
    readonly hand_over: HandOver['kind'];
  };
  readonly causes: readonly CauseSummary[];
  readonly handOver: HandOver;
  /** `triage_report.json` and `error_report.json`. */
  readonly report: object;
  readonly errors: object;
  readonly result: JobResult;
}

export function triageReport(triages: readonly Triage[], options: TriageOptions): TriageReport {
  const clusters = clusterFailures(triages.filter(({ failed }) => failed).map((one) => failureOf(one, options.needs)));
  const causes = clusters.slice(0, MAX_CAUSES).map(causeOf);
  const handOver = decideHandOver(causes, options);
  const outputs = { ...outputsOf(triages, clusters), hand_over: handOver.kind };
  const groups = clusters.map(({ first, members }) => ({
    cause: first.cause,
    class: first.class,
    verdict: first.verdict,
    confidence: first.confidence,
    severity: worstOf(members.flatMap(({ job }) => triages.find(({ file }) => file === job)?.severity ?? [])),
    service: first.job,
    files: members.map(({ job }) => job),
  }));
  const logs = triages.map(({ errors: _errors, comment: _comment, ...triage }) => triage);
  const decision = handOver.kind === 'keep' ? handOver.reason : 'A fix is proposed for the surest regression.';
  return {
    outputs,
    causes,
    handOver,
    report: { version: 1, ...outputs, hand_over: { decision: handOver.kind, reason: decision }, groups, logs },
    errors: { version: 1, logs: triages.map(({ file, errors: found }) => ({ file, clusters: found })) },
    result: {
      version: 1,
      job: redactName('triage', MAX_JOB),
      status: 'passed',
      summary: redactName(`${outputs.triage_summary}.`, 480),
      facts: [{ kind: 'triage', causes: [...causes] }],
    },
  };
}

function failureOf(triage: Triage, needs: TriageOptions['needs']): JobFailure {
  const [nextStep] = triage.recommended_actions;
  return {
    job: redactName(triage.file, MAX_JOB),
    class: triage.class,
    verdict: triage.verdict,
    confidence: triage.fix_confidence,
    signature: triage.signature,
    fingerprint: triage.fingerprint,
    cause: redactName(triage.root_cause, MAX_CAUSE),
    nextStep: nextStep === undefined ? null : redactName(nextStep, MAX_CAUSE),
    templates: triage.errors.map(({ template }) => template),
    tests: triage.tests,
    firstErrorAt: triage.first_error_at,
    needs: needs.get(triage.file) ?? [],
  };
}

const causeOf = ({ first, members }: FailureCluster): CauseSummary => ({
  cause: first.cause,
  class: first.class,
  verdict: first.verdict,
  confidence: first.confidence,
  jobs: members.map(({ job }) => job).slice(0, 100),
  nextStep: first.nextStep,
});

function outputsOf(
  triages: readonly Triage[],
  clusters: readonly FailureCluster[],
): Omit<TriageReport['outputs'], 'hand_over'> {
  const flaky = triages.some((one) => one.verdict === 'flaky' || one.class === 'flaky_tests');
  const confidence = triages.length === 0 ? 0 : Math.min(...triages.map((one) => one.fix_confidence));
  const causes = clusters.map(({ first, members }) => `${members.length}x ${first.class}`).join(', ');
  const logs = `${triages.length} ${triages.length === 1 ? 'log' : 'logs'}`;
  return {
    fix_confidence: confidence.toFixed(2),
    has_flaky_tests: String(flaky),
    triage_summary: `${logs}, ${clusters.length} ${clusters.length === 1 ? 'cause' : 'causes'}: ${causes || 'none'}`,
  };
}
