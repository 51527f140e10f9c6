import type { DiagnosisDraft, DiagnosisNoteDraft } from '@selfheal/diagnosis/diagnosis/diagnosis.ts';
import type { ModelSettings } from '@selfheal/diagnosis/diagnosis/model-settings.ts';
import type { Classification } from '@selfheal/kernel/failure-class.ts';
import { type Evidence, logsOf } from '@selfheal/log-reading/logs/evidence.ts';
import type { DiagnosisModel } from '#shared/ports/diagnosis-model.ts';
import { diagnosisOf, formatModelCost, MODEL_LINES, workOf } from '../analyze/ask-model.ts';
import { type BudgetDeps, openModelBudget } from '../analyze/budget.ts';

/** A language model for logs of no incident. `control` counts what all logs together use. */
export interface LanguageModel extends Pick<BudgetDeps, 'control' | 'clock'> {
  readonly model: DiagnosisModel;
  readonly settings: ModelSettings;
}

/** Trusted words: nothing of the log is in them. */
const SUBJECT = 'A job of a build, of which only the log is known';
/** All logs of a triage share the limits of one incident. */
const BUDGET = 'triage';

/** Explains a failed log by the model; by the rules, with a note that says why, when it gives no usable answer. */
export async function diagnoseByModel(
  { evidence, classification }: { readonly evidence: Evidence; readonly classification: Classification },
  { model, settings, control, clock }: LanguageModel,
  byRules: (note: DiagnosisNoteDraft | null) => DiagnosisDraft,
): Promise<DiagnosisDraft> {
  const lines = logsOf(evidence).sources.flatMap((source) => source.lines);
  const request = {
    subject: SUBJECT,
    classification,
    lines: lines.slice(0, MODEL_LINES),
    candidates: [],
    similar: [],
    lookups: [],
  };
  const budget = openModelBudget(BUDGET, { control, clock, configuration: { model: settings } });
  const result = await model.diagnose(request, budget);
  const work = workOf(result.spent, settings);
  if (result.kind === 'answered') return diagnosisOf(result.reply, work, [], { classification, preExisting: null });
  const cost = work.turns === 0 ? '' : ` It took ${formatModelCost(work)}.`;
  return byRules({
    code: 'model-failed',
    text: `The language model gave no usable answer: diagnosis by the rules. ${result.reason}${cost}`,
  });
}
