import { Refused, Retryable } from '@selfheal/kernel/errors.ts';
import { describe, expect, it } from 'vitest';
import { answerDecided } from '#shared/app/approve/answer-decided.ts';
import { decideApproval } from '#shared/app/approve/approval.ts';
import { remindApprovals } from '#shared/app/approve/remind-approvals.ts';
import { requestApproval } from '#shared/app/approve/request.ts';
import { announce } from '#shared/app/notify/announce.ts';
import { escalate } from '#shared/app/notify/escalate.ts';
import { notify } from '#shared/app/notify/notify.ts';
import { makePlan } from '#shared/app/plan/plan.ts';
import { forecastCapacity } from '#shared/app/upkeep/forecast-capacity.ts';
import { reconcile } from '#shared/app/upkeep/reconcile.ts';
import { watchAnswers } from '#shared/app/upkeep/watch-answers.ts';
import { ANNOUNCEMENT_KINDS } from '#shared/domain/workflow/function-config.ts';
import type { NotifierPlugin } from '#shared/plugins/notifiers/contract.ts';
import { NOTIFIERS } from '#shared/plugins/notifiers/registry.ts';
import type { Announcement } from '#shared/ports/announcement.ts';
import {
  aConfiguration,
  aModelVersion,
  anEvidence,
  aResolvedStory,
  aService,
  heldOut,
  judgedPredictions,
  rightOf,
} from '#test/builders/index.ts';
import {
  fakeCodeHost,
  makeMemoryComments,
  makeMemoryModelRegistry,
  makeMemoryPredictionStore,
  makeMemorySignalQueue,
} from '#test/fakes/index.ts';
import { pager } from '../../plugins/made-up/pager.ts';
import { aRemedyRig } from '../remedy-rig.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const APPROVER = { token_use: 'id', 'cognito:username': 'approver-1', 'custom:github': 'octo-lead' };

/** A channel that nobody in the code knows of, added to the registry by one line. */
function added(change: Partial<NotifierPlugin> = {}) {
  const heard: Announcement[] = [];
  const plugin: NotifierPlugin = {
    ...pager,
    repeatable: false,
    notify: async (announcement) => {
      heard.push(announcement);
      return { where: 'a pager' };
    },
    ...change,
  };
  return { notifiers: [...NOTIFIERS, plugin], heard, kinds: () => heard.map(({ kind }) => kind) };
}

/** An incident whose plan waits for a decision, with everything that announces. */
async function setUp(change: Partial<NotifierPlugin> = {}) {
  const channel = added(change);
  const rig = await aRemedyRig({ confidence: 0.7 });
  const { incident } = rig;
  await rig.deps.evidence.putEvidence(anEvidence({ incidentId: incident.id }));
  const codeHost = fakeCodeHost(makeMemoryComments());
  const deps = { ...rig.deps, notifiers: channel.notifiers };
  const { digest } = await makePlan({ incidentId: incident.id, tried: [], held: false }, deps);
  const place = { incidentId: incident.id, digest: digest as string };
  const notifyAt = (stage: 'asking' | 'acting' | 'final') =>
    notify({ incidentId: incident.id, stage }, { ...deps, ports: { mailer: deps.mailer, codeHost } });
  const ask = () => requestApproval({ ...place, taskToken: 'token-1', expiresInSeconds: 7200 }, deps);
  return { ...rig, ...channel, deps, codeHost, place, notifyAt, ask };
}

describe('a notifier that is added by one line', () => {
  it('hears how an incident goes on, who is asked, what they decided, and that a human has to take over', async () => {
    const { deps, clock, place, kinds, heard, notifyAt, ask, incident } = await setUp();
    await notifyAt('asking');
    await ask();
    clock.advance(60 * MINUTE);
    await remindApprovals(deps);
    await decideApproval(place, 'rejected', APPROVER, deps);
    await escalate({ incidentId: incident.id, reason: 'No safe action fits.', error: null }, deps);
    for (const _repeat of [1, 2]) await notifyAt('final');
    expect(kinds()).toEqual([
      'progress',
      'approval-asked',
      'approval-asked',
      'escalation',
      'approval-decided',
      'progress',
    ]);
    expect(heard[4]).toMatchObject({
      approval: { state: 'rejected', decidedBy: expect.stringContaining('approver-1') },
    });
  });

  it('does not keep others from hearing when its service is down or refuses: they hear of that, too', async () => {
    const { deps, incident, notifyAt } = await setUp({
      needs: ['poster'],
      notify: async () => {
        throw new Refused('A pager: the answer was status 404: gone');
      },
    });
    const withPoster = { ...deps, poster: {} as never };
    await escalate({ incidentId: incident.id, reason: 'No safe action fits.', error: null }, withPoster);
    const [mail] = deps.mailer.mails;
    expect(mail?.message).toMatch(
      /Could not be told elsewhere\n-+\n- A pager could not be told: A pager: the answer was status 404: gone/,
    );
    await notifyAt('final');
  });

  it('hears that nobody answered, and that a decision came too late', async () => {
    const expired = await setUp();
    await expired.ask();
    expired.clock.advance(3 * HOUR);
    await expired.notifyAt('final');
    expect(expired.kinds()).toEqual(['approval-asked', 'approval-expired', 'progress']);

    const late = await setUp();
    await late.ask();
    const answer = async () => {
      throw new Retryable('Step Functions answered 503');
    };
    const deps = { ...late.deps, workflow: { answer } };
    await decideApproval(late.place, 'approved', APPROVER, deps);
    late.clock.advance(3 * HOUR);
    await answerDecided(deps);
    expect(late.kinds()).toEqual(['approval-asked', 'approval-too-late']);
  });

  it('hears that the pipeline itself failed, and that another channel did', async () => {
    const { deps, clock, kinds, notifyAt, codeHost, incident } = await setUp();
    codeHost.program({ findComment: async () => Promise.reject(new Refused('403')) });
    await deps.incidents.update(incident.id, { status: 'suggested', restarts: 2 }, { at: clock.now() });
    await notifyAt('final');
    await deps.incidents.update(incident.id, { status: 'open' }, { at: clock.now() });
    await deps.workflow.start(incident.id, 1);
    deps.workflow.end(incident.id, 1);
    clock.advance(15 * MINUTE);
    await reconcile({ ...deps, queue: makeMemorySignalQueue() });
    expect(kinds().toSorted()).toEqual(['channel-failure', 'progress', 'workflow-failure']);
  });

  it('hears what runs out, and that answers got worse', async () => {
    const { deps, kinds, clock } = await setUp();
    const metric = { namespace: 'AWS/ECS', name: 'MemoryUtilization', dimensions: {} };
    const service = aService({ mode: 'act', capacity: [{ kind: 'memory', metric, limit: 85, alarm: null }] });
    const full = Array.from({ length: 288 }, (_, at) => ({
      at: new Date(clock.now().getTime() - (287 - at) * 5 * MINUTE).toISOString(),
      value: 90,
    }));
    const configuration = aConfiguration({ services: [service] });
    await forecastCapacity({ ...deps, configuration, metrics: { read: async () => full } });
    const predictions = makeMemoryPredictionStore(judgedPredictions(rightOf(60, 90), { model: 'a'.repeat(16) }));
    const shipped = aModelVersion('a', heldOut(rightOf(900, 1000))).version;
    const retrain = async () => ({ kind: 'no-model' }) as const;
    await watchAnswers({ ...deps, predictions, registry: makeMemoryModelRegistry(), shipped, retrain });
    expect(kinds()).toEqual(['capacity-forecast', 'quality-degraded']);
  });

  it('sends once for each key, also when another channel fails and is repeated', async () => {
    const { notifyAt, kinds, codeHost, deps, incident } = await setUp();
    codeHost.program({ findComment: async () => Promise.reject(new Retryable('429')) });
    await expect(notifyAt('acting')).rejects.toMatchObject({ name: 'Retryable' });
    codeHost.program(makeMemoryComments());
    await notifyAt('acting');
    expect(kinds()).toEqual(['progress']);
    const notifications = await deps.incidents.listNotifications(incident.id);
    expect(notifications.map(({ channel, key }) => [channel, key])).toEqual(
      expect.arrayContaining([
        ['pager', 'acting#1'],
        ['github-comment', 'acting#1'],
      ]),
    );
  });

  it('fails without stopping the others, and is tried again when the caller is repeated', async () => {
    const broken = async () => Promise.reject(new Retryable('503'));
    const { deps, incident } = await setUp({ notify: broken });
    const handOver = () => escalate({ incidentId: incident.id, reason: 'No safe action fits.', error: null }, deps);
    await expect(handOver()).rejects.toMatchObject({ name: 'Retryable' });
    await expect(handOver()).rejects.toMatchObject({ name: 'Retryable' });
    expect(deps.mailer.mails).toHaveLength(1);
  });

  it('hears nothing of kinds that it does not take, or does not want, or has no port for', async () => {
    const announcement = { kind: 'progress', story: aResolvedStory() } as const;
    const { deps } = await setUp();
    const none = async (change: Partial<NotifierPlugin>) => {
      const { notifiers, heard } = added(change);
      const [plugin] = notifiers.slice(-1);
      const { mailer: _mailer, codeHost: _codeHost, ...without } = deps;
      await announce(announcement, { ...without, notifiers: plugin === undefined ? [] : [plugin] });
      return heard;
    };
    expect(await none({ takes: ['escalation'] })).toEqual([]);
    expect(await none({ wants: () => false })).toEqual([]);
    expect(await none({ needs: ['mailer'] })).toEqual([]);
    expect(await none({})).toEqual([announcement]);
    expect(deps.meter.counts['channel-without-port']).toBe(1);
  });
});

describe('what is announced', () => {
  it('is mailed, but for what a comment or a page shows', () => {
    const email = NOTIFIERS.find(({ id }) => id === 'email');
    const unmailed = ANNOUNCEMENT_KINDS.filter((kind) => !email?.takes.includes(kind));
    expect(unmailed).toEqual(['approval-decided', 'approval-expired']);
  });

  it('is announced by some function, whose role has what the notifiers of that kind use', async () => {
    const names = ['notify', 'escalate', 'request-approval', 'reconciler', 'forecast', 'answers', 'plan'];
    const kinds = await Promise.all(
      names.map(async (name) => {
        const { config } = await import(`#functions/${name}/config.ts`);
        return config.announces as readonly string[];
      }),
    );
    expect(new Set(kinds.flat())).toEqual(new Set(ANNOUNCEMENT_KINDS));
  });
});
