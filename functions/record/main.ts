import { systemClock } from '#shared/adapters/system/clock.ts';
import { connectEmbedder } from '#shared/app/knowledge/budget.ts';
import { record } from '#shared/app/record/record.ts';
import {
  actions,
  configuration,
  control,
  counts,
  defineStep,
  experience,
  healing,
  knowledgeEntries,
  patterns,
  policy,
  predictions,
  stats,
  tests,
  type Variables,
} from '../compose.ts';
import { evidence, signalQueue } from '../compose-cloud.ts';
import { bedrockEmbedder } from '../models-on-demand.ts';
import { config } from './config.ts';

export const handler = defineStep(
  'record',
  config,
  {
    healing,
    control,
    counts,
    policy,
    patterns,
    predictions,
    experience,
    stats,
    tests,
    queue: signalQueue,
    evidence,
    actions,
    embedder: (environment: Variables<'controlTable'>) =>
      connectEmbedder(configuration(), {
        control: control(environment),
        clock: systemClock,
        bedrock: bedrockEmbedder,
      }),
    knowledge: knowledgeEntries,
  },
  record,
);
