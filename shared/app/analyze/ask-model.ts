import type { DiagnosisDraft, SeenBefore } from '@selfheal/diagnosis/diagnosis/diagnosis.ts';
import { type ModelSettings, microdollarsOf, modelSettingsOf } from '@selfheal/diagnosis/diagnosis/model-settings.ts';
import { present } from '@selfheal/kernel/present.ts';
import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import type { TargetContext } from '#shared/domain/incident/target-context.ts';
import { outcomeWords } from '#shared/domain/knowledge/search/seen-before.ts';
import type { Offer } from '#shared/domain/plan/candidates.ts';
import type { DiagnosisModel, DiagnosisReply, ModelSpending } from '#shared/ports/diagnosis-model.ts';
import type { EvidenceStore } from '#shared/ports/evidence-store.ts';
import type { Meter } from '#shared/ports/telemetry-sink.ts';
import type { Counts } from '../common/counts.ts';
import type { KnowledgeDeps } from '../knowledge/knowledge.ts';
import { type BudgetDeps, openModelBudget } from './budget.ts';
import type { AnalysisInputs } from './lookups.ts';
import { type LookupDeps, lookupsOf } from './lookups.ts';

export interface ModelDeps extends BudgetDeps, LookupDeps, Pick<KnowledgeDeps, 'recall'> {
  readonly evidence: Pick<EvidenceStore, 'getOffer'>;
  readonly configuration: LookupDeps['configuration'];
  readonly clock: BudgetDeps['clock'];
  readonly meter: Meter;
  /** Absent on a command line, which has no counters. */
  readonly counts?: Counts;
}

type ModelWork = NonNullable<DiagnosisDraft['model']>;

export type ModelVerdict =
  | { kind: 'diagnosed'; diagnosis: DiagnosisDraft }
  /** `work`: usage even when there is no answer, or null when it was not asked. */
  | { kind: 'unavailable'; reason: string; work: ModelWork | null };

const CONFIDENCE = { high: 0.85, medium: 0.65, low: 0.35 } as const satisfies Record<
  DiagnosisReply['confidence'],
  number
>;
/** Lines of evidence that a model is shown. */
export const MODEL_LINES = 150;
const MAX_SIMILAR_LENGTH = 4000;

/** Asks the model, within its budgets. */
export async function askModel(
  material: AnalysisInputs,
  model: DiagnosisModel,
  deps: ModelDeps,
): Promise<ModelVerdict> {
  const { incident, classification, evidence, found, seen } = material;
  const candidates = (await deps.evidence.getOffer(incident.id))?.actions ?? [];
  const request = {
    subject: subjectOf(incident.target),
    classification,
    lines: evidence.sources.flatMap(({ lines }) => lines).slice(0, MODEL_LINES),
    changes: (evidence.changes ?? []).map(({ kind, at, title, state }, index) => ({
      ref: `C${index + 1}`,
      text: phrase`${redactName(`${kind} at ${at}${state === 'failed' ? ', failed' : ''}`, 100)}: ${title}`,
    })),
    candidates: candidates.map(({ label, description }) => ({ label, description })),
    similar: [
      ...seen.map((past) => ({
        title: redactName(pastTitle(past), MAX_SIMILAR_LENGTH),
        resolution: redactName(outcomeWords(past), MAX_SIMILAR_LENGTH),
      })),
      ...found.similar.map(({ entry }) => ({ title: entry.title, resolution: entry.resolution })),
    ],
    lookups: lookupsOf(material, deps),
  };
  const result = await model.diagnose(request, openModelBudget(incident.id, deps));
  const work = workOf(result.spent, modelSettingsOf(deps.configuration));
  await count(work, deps);
  if (result.kind === 'unavailable') {
    deps.meter.count('model-unavailable');
    return { kind: 'unavailable', reason: result.reason, work: work.turns === 0 ? null : work };
  }
  return { kind: 'diagnosed', diagnosis: diagnosisOf(result.reply, work, candidates, material) };
}

function pastTitle({ title, sameFailure, endedAt }: SeenBefore): string {
  return `${sameFailure ? 'The same failure' : 'A similar failure'}, last on ${endedAt.slice(0, 10)}: ${title}`;
}

/** Describes the target by trusted fields only, which GitHub or AWS set. */
function subjectOf(target: TargetContext): string {
  if (target.kind === 'alarm') return 'A CloudWatch alarm of a service';
  if (target.kind === 'alert') return 'An alert of a monitoring tool about a service';
  if (target.kind === 'storm') return 'Many failures at once';
  if (target.kind === 'report') return 'A failure of a service or repository, reported by a person or a program';
  const branch = target.onDefaultBranch ? 'on the default branch' : 'on another branch';
  const event = /^[a-z_]{1,40}$/.test(target.event) ? target.event : 'other';
  return `A GitHub Actions workflow run, started by ${event} ${branch}, attempt ${target.runAttempt}`;
}

async function count(
  { provider, modelId, turns, inputTokens, outputTokens, cachedInputTokens, microdollars }: ModelWork,
  deps: ModelDeps,
): Promise<void> {
  if (turns === 0) return;
  deps.meter.count('model-turns', turns);
  deps.meter.count('model-tokens', inputTokens + outputTokens);
  deps.meter.count('model-cached-tokens', cachedInputTokens);
  if (microdollars !== null) deps.meter.count('model-microdollars', microdollars);
  const labels = { provider, model: modelId };
  const { counts } = deps;
  if (counts === undefined) return;
  counts.note('llm_answers_total', labels);
  counts.note('llm_tokens_total', { ...labels, kind: 'input' }, Math.max(0, inputTokens - cachedInputTokens));
  counts.note('llm_tokens_total', { ...labels, kind: 'cached_input' }, cachedInputTokens);
  counts.note('llm_tokens_total', { ...labels, kind: 'output' }, outputTokens);
  counts.note('llm_cost_dollars_total', labels, (microdollars ?? 0) / 1e6);
  await counts.flush(true);
}

/** What an answer took; without prices no money. */
export function workOf(
  { modelId, prompt, turns, tokens, lookups }: ModelSpending,
  settings: ModelSettings | null,
): ModelWork {
  const price = settings?.prices[modelId];
  return {
    provider: settings?.provider ?? 'rules',
    modelId,
    ...present({ prompt }),
    turns,
    inputTokens: tokens.input,
    cachedInputTokens: tokens.cachedInput,
    outputTokens: tokens.output,
    microdollars: price === undefined ? null : microdollarsOf(tokens, price),
    lookups: [...lookups].slice(0, 40),
    findings: [],
    suggestions: [],
    consulted: [],
  };
}

/** A model's reply as a diagnosis. */
export function diagnosisOf(
  reply: DiagnosisReply,
  work: ModelWork,
  candidates: Offer['actions'],
  { classification, preExisting }: Pick<AnalysisInputs, 'classification' | 'preExisting'>,
): DiagnosisDraft {
  const { suggestions, consulted, findings, summary, dropped } = reply;
  const claims = findings.map(({ claim, evidence }) => ({ claim, evidence: [...evidence] }));
  const code = suggestions.map(({ title, file, code, evidence }) => ({ title, file, code, evidence: [...evidence] }));
  return {
    version: 1,
    source: 'model',
    classification,
    confidence: CONFIDENCE[reply.confidence],
    ...(summary === null ? {} : { summary }),
    rootCause: [reply.rootCause, ...claims.map(({ claim }) => claim)].join('\n\n').slice(0, 2000),
    evidence: [...new Set([...reply.evidence, ...claims.flatMap(({ evidence }) => evidence)])].slice(0, 20),
    fix: [reply.fix, ...code.map(suggestionText)]
      .filter((part) => part !== '')
      .join('\n\n')
      .slice(0, 4000),
    prevention: reply.prevention,
    unchecked: [...droppedWords(dropped), ...reply.unchecked].map(otherUnchecked).slice(0, 10),
    preExisting,
    // Without candidates, the choice "human" is no objection to an action.
    choice: candidates.length === 0 ? null : reply.choice,
    note: { code: 'by-model', text: `Written by a language model (${formatModelCost(work)}).` },
    model: { ...work, findings: claims, suggestions: code, consulted: [...consulted].slice(0, 60) },
  };
}

/** Uses a fence longer than any in the code, so that the code cannot close it. */
function suggestionText({ title, file, code }: ModelWork['suggestions'][number], at: number): string {
  const longest = Math.max(2, ...[...code.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const language = /\.(\w{1,8})$/.exec(file ?? '')?.[1] ?? '';
  const where = file === null ? '' : ` (\`${file.replaceAll('`', '')}\`)`;
  return `Change ${at + 1}: ${title}${where}\n\n${fence}${language}\n${code}\n${fence}`;
}

export const otherUnchecked = (text: string) => ({ code: 'other' as const, text });

function droppedWords(dropped: number): string[] {
  if (dropped === 0) return [];
  const claims = dropped === 1 ? '1 statement' : `${dropped} statements`;
  return [`${claims} of the language model left out: no existing evidence line was cited.`];
}

/** `1234 tokens in 2 turns, 0.012 US dollars`. */
export function formatModelCost({ inputTokens, outputTokens, turns, microdollars }: ModelWork): string {
  const took = `${inputTokens + outputTokens} tokens in ${turns} ${turns === 1 ? 'turn' : 'turns'}`;
  return microdollars === null ? took : `${took}, ${(microdollars / 1_000_000).toFixed(4)} US dollars`;
}
