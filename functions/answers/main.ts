import { dataDirectoryOf, loadFailureModel, loadShippedVersion } from '#shared/adapters/archive/data-files.ts';
import { lambdaLog } from '#shared/adapters/aws/lambda-edge.ts';
import { makeProductionModel } from '#shared/app/learning/production-model.ts';
import { retrain } from '#shared/app/learning/retrain.ts';
import { reviewLearning } from '#shared/app/learning/review-learning.ts';
import { watchAnswers } from '#shared/app/upkeep/watch-answers.ts';
import { mailer, smtp, texter } from '../channels-on-demand.ts';
import {
  compose,
  configuration,
  defineScheduled,
  killSwitch,
  knowledgeEntries,
  notifiers,
  patterns,
  policy,
  predictions,
  readSignatures,
  registry,
} from '../compose.ts';
import { artifacts, evidence, poster } from '../compose-cloud.ts';
import { config } from './config.ts';

const { version, problems } = await loadShippedVersion(dataDirectoryOf(process.env));
if (problems.length > 0) {
  lambdaLog.error('The training record of the shipped model cannot be read; its accuracy has no baseline.', {
    problems,
  });
}

const ports = { registry, predictions, artifacts, shipped: () => version };

export const handler = defineScheduled(
  config,
  {
    ...ports,
    mailer,
    poster,
    smtp,
    texter,
    control: killSwitch,
    policy,
    patterns,
    configuration,
    knowledge: knowledgeEntries,
    notifiers,
    retrain: () => retrainCandidate,
  },
  async (deps) => {
    await watchAnswers(deps);
    await reviewLearning(deps);
  },
);

/** Loads what only retraining needs, so that a run without retraining does not load it. */
async function retrainCandidate() {
  const signatures = await readSignatures();
  const { model } = await loadFailureModel(dataDirectoryOf(process.env));
  const deps = compose(config, { ...ports, evidence });
  return await retrain({ ...deps, signatures, production: makeProductionModel({ ...deps, shipped: model }) });
}
