import { modelSettingsOf } from '@selfheal/diagnosis/diagnosis/model-settings.ts';
import { dataDirectoryOf } from '#shared/adapters/archive/data-files.ts';
import { loadPrompts } from '#shared/adapters/archive/prompt-files.ts';
import { makeSecretReader } from '#shared/adapters/aws/secrets-reader.ts';
import { makeJsonPost } from '#shared/adapters/http/json-post.ts';
import { analyze } from '#shared/app/analyze/analyze.ts';
import { connectModel } from '#shared/app/analyze/connect.ts';
import { makeLocalRecall } from '#shared/app/knowledge/recall-incidents.ts';
import type { DiagnosisModel } from '#shared/ports/diagnosis-model.ts';
import { archives } from '../archives-on-demand.ts';
import {
  codeHost,
  codeReader,
  compose,
  configuration,
  control,
  counts,
  defineStep,
  knowledgeEntries,
  policy,
  readPlaybooks,
  readSignatures,
  stats,
  tests,
  type Variables,
} from '../compose.ts';
import { evidence } from '../compose-cloud.ts';
import { bedrockModel } from '../models-on-demand.ts';
import { metrics, serviceLogs } from '../services-on-demand.ts';
import { config } from './config.ts';

const signatures = await readSignatures();
const model = await modelOf();
/** Only a model searches for similar incidents; without one, the results of the step `knowledge` are enough. */
const playbooks = model === null ? [] : await readPlaybooks();

async function modelOf(): Promise<DiagnosisModel | null> {
  const settings = modelSettingsOf(configuration());
  if (settings === null) return null;
  const { MODEL_ORIGIN: origin } = process.env;
  const { secrets } = compose(config, {
    secrets: ({ modelKeySecret }) => makeSecretReader({ 'model-key': modelKeySecret }),
  });
  return connectModel(settings, await loadPrompts(dataDirectoryOf(process.env)), {
    json: makeJsonPost(origin ? { origin } : {}),
    key: async () => (await secrets.read('model-key')).key ?? '',
    bedrock: bedrockModel,
  });
}

export const handler = defineStep(
  'analyze',
  config,
  {
    control,
    counts,
    policy,
    stats,
    tests,
    evidence,
    codeHost,
    code: codeReader,
    serviceLogs,
    metrics,
    recall: (environment: Variables<'knowledgeTable'>) => makeLocalRecall(knowledgeEntries(environment), playbooks),
    archives,
    signatures: () => signatures,
    model: () => model,
  },
  analyze,
);
