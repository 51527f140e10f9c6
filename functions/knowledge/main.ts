import { connectEmbedder } from '#shared/app/knowledge/budget.ts';
import { knowledge } from '#shared/app/knowledge/knowledge.ts';
import { makeLocalRecall } from '#shared/app/knowledge/recall-incidents.ts';
import { makePatternReader } from '#shared/app/knowledge/recognise-patterns.ts';
import { offerActions } from '#shared/app/plan/offer.ts';
import {
  actions,
  compose,
  configuration,
  control,
  defineStep,
  githubPorts,
  knowledgeEntries,
  patterns,
  readPlaybooks,
  stats,
  tests,
} from '../compose.ts';
import { evidence, inspector } from '../compose-cloud.ts';
import { bedrockEmbedder } from '../models-on-demand.ts';
import { config } from './config.ts';

const playbooks = await readPlaybooks();
const stores = compose(config, { control, knowledgeEntries, patterns });
const embedder = connectEmbedder(configuration(), { ...stores, bedrock: bedrockEmbedder });

export const handler = defineStep(
  'knowledge',
  config,
  {
    ...githubPorts,
    evidence,
    inspector,
    stats,
    tests,
    actions,
    knowledge: knowledgeEntries,
    recall: () => makeLocalRecall(stores.knowledgeEntries, playbooks, { embedder }),
    patterns: () => makePatternReader({ ...stores, rules: configuration().learning }),
  },
  async (input, deps) => {
    const [known] = await Promise.all([knowledge(input, deps), offerActions(input, deps)]);
    return known;
  },
);
