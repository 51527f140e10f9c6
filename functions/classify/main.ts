import { dataDirectoryOf, loadFailureModel } from '#shared/adapters/archive/data-files.ts';
import { lambdaLog } from '#shared/adapters/aws/lambda-edge.ts';
import { classifyIncident } from '#shared/app/classify/classify.ts';
import { makeProductionModel } from '#shared/app/learning/production-model.ts';
import {
  compose,
  control,
  defineStep,
  experience,
  healing,
  predictions,
  readSignatures,
  registry,
  stats,
  tests,
} from '../compose.ts';
import { artifacts, evidence } from '../compose-cloud.ts';
import { config } from './config.ts';

const signatures = await readSignatures();
const { model: shipped, problems } = await loadFailureModel(dataDirectoryOf(process.env));
if (problems.length > 0) lambdaLog.error('No trained model could be loaded; only signatures classify.', { problems });
const model = makeProductionModel({ ...compose(config, { registry, artifacts }), shipped });

export const handler = defineStep(
  'classify',
  config,
  {
    healing,
    control,
    evidence,
    experience,
    predictions,
    stats,
    tests,
    signatures: () => signatures,
    model: () => model,
  },
  classifyIncident,
);
