import { dataDirectoryOf, loadPlaybooks, loadSignatures } from '#shared/adapters/archive/data-files.ts';
import { makeBedrockModelClient } from '#shared/adapters/aws/bedrock-model-client.ts';
import { loadConfiguration } from '#shared/adapters/aws/configuration-file.ts';
import { makeDynamoControlStore } from '#shared/adapters/aws/dynamo-control-store.ts';
import { makeDynamoIncidentStore } from '#shared/adapters/aws/dynamo-incident-store.ts';
import { makeDynamoKnowledgeStore } from '#shared/adapters/aws/dynamo-knowledge-store.ts';
import { lambdaLog, lambdaMeter, stepFunction } from '#shared/adapters/aws/lambda-edge.ts';
import { makeS3EvidenceStore } from '#shared/adapters/aws/s3-evidence-store.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { readEnvironment } from '#shared/domain/workflow/function-config.ts';
import { STEPS } from '#shared/domain/workflow/steps.ts';
import { ACTIONS } from '#shared/plugins/actions/registry.ts';
import { makeDiagnosisModel } from '#shared/plugins/llm/ask-for-diagnosis.ts';
import type { DiagnosisModel } from '#shared/ports/diagnosis-model.ts';
import { config } from './config.ts';
import { makeHandler } from './handler.ts';

const environment = readEnvironment(config, process.env);
const configuration = loadConfiguration(process.env);
const dataDirectory = dataDirectoryOf(process.env);
const { signatures, problems } = await loadSignatures(dataDirectory);
const playbooks = await loadPlaybooks(dataDirectory);
if (problems.length + playbooks.problems.length > 0) {
  lambdaLog.error('Some signatures or playbooks do not parse.', { problems: [...problems, ...playbooks.problems] });
}

function modelOf({ model }: Configuration): DiagnosisModel | null {
  if (model.provider === 'rules') return null;
  return makeDiagnosisModel(makeBedrockModelClient({ modelId: model.modelId }), model);
}

export const handler = stepFunction({
  config,
  ...STEPS.analyze,
  run: makeHandler({
    incidents: makeDynamoIncidentStore({ table: environment.incidentsTable }),
    knowledge: makeDynamoKnowledgeStore({ table: environment.knowledgeTable }),
    control: makeDynamoControlStore({ table: environment.controlTable }),
    evidence: makeS3EvidenceStore({ bucket: environment.evidenceBucket }),
    signatures,
    playbooks: playbooks.entries,
    model: modelOf(configuration),
    actions: ACTIONS,
    configuration,
    clock: systemClock,
    meter: lambdaMeter,
  }),
});
