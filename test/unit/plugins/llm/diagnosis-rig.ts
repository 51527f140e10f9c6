import { makeDiagnosisModel } from '#shared/plugins/llm/protocol/ask-for-diagnosis.ts';
import type { DiagnosisRequest, Lookup, ModelBudget } from '#shared/ports/diagnosis-model.ts';
import type { ModelAnswer, ModelCall } from '#shared/ports/model-client.ts';
import { aClassification, aFullBudget, anAnswer, anEvidenceLine, aReport, redactedText } from '#test/builders/index.ts';
import { fakeModelClient, inTurn } from '#test/fakes/index.ts';

export const blame: Lookup = {
  name: 'blame',
  description: redactedText('Who changed it.'),
  schema: { type: 'object', properties: {} },
  run: async (input) => ({
    kind: 'found',
    origin: redactedText('Commits'),
    lines: [redactedText(`asked ${JSON.stringify(input)}`), redactedText('abc by someone')],
  }),
};
export const request: DiagnosisRequest = {
  subject: 'A GitHub Actions workflow run',
  classification: aClassification({ class: 'test_failure' }),
  lines: [anEvidenceLine(), anEvidenceLine({ ref: 'L2', number: 2, text: 'npm error code ECONNRESET' })],
  candidates: [{ label: 'rerun', description: 'Re-runs the failed jobs.' }],
  similar: [],
  lookups: [blame],
};
export const settings = { modelId: 'big', modelIdOf: {}, timeoutSeconds: 5, maxOutputTokens: 500, maxTurns: 6 };
export const prompts = { base: 'Diagnose.', ofFamily: { code: 'Look at the code.' } };
export const report = (change: Readonly<Record<string, unknown>> = {}) =>
  anAnswer({ name: 'report_diagnosis', input: aReport({ choice: 'rerun', ...change }) });
export const look = (input: unknown = {}) => anAnswer({ name: 'blame', input });

export function open(
  answers: readonly (ModelAnswer | Error)[],
  change: Partial<typeof settings> = {},
  budget: ModelBudget = aFullBudget(),
) {
  const client = fakeModelClient({ call: inTurn<ModelAnswer>(...answers) });
  const used: string[] = [];
  const clientOf = (modelId: string) => {
    used.push(modelId);
    return client;
  };
  const model = makeDiagnosisModel({ settings: { ...settings, ...change }, prompts, clientOf });
  const call = (at: number) => client.calls[at]?.args[0] as ModelCall;
  return { client, used, call, budget, diagnose: (asked = request) => model.diagnose(asked, budget) };
}
export const ask = (...answers: (ModelAnswer | Error)[]) => open(answers).diagnose();
