import { makePlan } from '#shared/app/plan/plan.ts';
import { mailer, smtp, texter } from '../channels-on-demand.ts';
import {
  actions,
  configuration,
  defineStep,
  experience,
  githubPorts,
  killSwitch,
  knowledgeEntries,
  policy,
  stats,
  tests,
  type Variables,
} from '../compose.ts';
import { evidence, poster } from '../compose-cloud.ts';
import { onDemand } from '../on-demand.ts';
import { alarms, deployments, metrics, resources } from '../services-on-demand.ts';
import { config } from './config.ts';

export const handler = defineStep(
  'plan',
  config,
  {
    evidence,
    control: killSwitch,
    policy,
    experience,
    knowledge: knowledgeEntries,
    metrics,
    stats,
    tests,
    ...githubPorts,
    alarms,
    deployments,
    resources,
    actions,
    inspector: ({ codeInspector: functionArn }: Variables<'codeInspector'>) =>
      onDemand(async () =>
        (await import('#shared/adapters/aws/lambda-code-inspector.ts')).makeLambdaCodeInspector({ functionArn }),
      ),
    mailer,
    poster,
    smtp,
    texter,
    notifiers: () => async () => {
      const { notifiersOf } = await import('#shared/plugins/notifiers/registry.ts');
      return notifiersOf(configuration());
    },
  },
  makePlan,
);
