import { present } from '@selfheal/kernel/present.ts';
import { answerDecided } from '#shared/app/approve/answer-decided.ts';
import { remindApprovals } from '#shared/app/approve/remind-approvals.ts';
import { sendDigests } from '#shared/app/notify/send-digests.ts';
import { remindOfStop } from '#shared/app/notify/stop-notice.ts';
import { settleHealed } from '#shared/app/record/recurrence-watch.ts';
import { reconcile } from '#shared/app/upkeep/reconcile.ts';
import { mailer, smtp, texter } from '../channels-on-demand.ts';
import {
  actions,
  approvals,
  chains,
  configuration,
  control,
  dashboardUrl,
  defineScheduled,
  github,
  healing,
  incidents,
  notifiers,
  policy,
  type Token,
  type Variables,
} from '../compose.ts';
import { poster, signalQueue, workflow } from '../compose-cloud.ts';
import { evidence } from '../evidence-on-demand.ts';
import { onDemand } from '../on-demand.ts';
import { config } from './config.ts';

const connectionStores = () => import('#shared/adapters/aws/dynamo-connection-store.ts');

/** Passes on decisions and sends reminders first, because people wait for them. */
export const handler = defineScheduled(
  config,
  {
    incidents,
    chains,
    approvals,
    healing,
    control,
    workflow,
    queue: signalQueue,
    evidence,
    mailer,
    poster,
    smtp,
    texter,
    notifiers,
    actions,
    dashboardUrl,
    configuration,
    policy,
    codeHost: (environment: Token) =>
      onDemand(async () =>
        (await import('#shared/adapters/github/code-host.ts')).makeGithubCodeHost(github(environment)),
      ),
    merges: (environment: Token) =>
      onDemand(async () =>
        (await import('#shared/adapters/github/merge-reader.ts')).makeGithubMergeReader(github(environment)),
      ),
    connections: ({ connectionRecords: table }: Variables<'connectionRecords'>) =>
      onDemand(async () => (await connectionStores()).makeDynamoConnectionStore({ table })),
    activity: ({ eventRecords: table }: Variables<'eventRecords'>) =>
      onDemand(async () => (await connectionStores()).makeDynamoConnectionMeter({ table })),
    lists: ({ incidentsTable: table }: Variables<'incidentsTable'>) =>
      onDemand(async () => {
        const { services, home } = configuration();
        const { makeDynamoIncidentLists } = await import('#shared/adapters/aws/dynamo-incident-lists.ts');
        return makeDynamoIncidentLists({ table, services, ...present({ home }) });
      }),
  },
  async (deps) => {
    await answerDecided(deps);
    await remindApprovals(deps);
    await remindOfStop(deps);
    await sendDigests(deps);
    await reconcile(deps);
    await settleHealed(deps);
    const { watchSilence } = await import('#shared/app/upkeep/watch-silence.ts');
    await watchSilence(deps);
    const { watchFixes } = await import('#shared/app/upkeep/watch-fixes.ts');
    await watchFixes(deps);
  },
);
