import { createHmac } from 'node:crypto';
import { Refused, Retryable } from '@selfheal/kernel/errors.ts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeHandler } from '#functions/intake/handler.ts';
import { makeWebhookSignatures } from '#shared/adapters/github/webhook-signature.ts';
import { makeCounts } from '#shared/app/common/counts.ts';
import { makeConfirmRepository } from '#shared/app/intake/confirm-repository.ts';
import { handleCommentCommand } from '#shared/app/intake/handle-comment-command.ts';
import { ingestWebhook } from '#shared/app/intake/ingest-webhook.ts';
import { fingerprintKeyOf } from '#shared/domain/incident/fingerprint-key.ts';
import { deliveryKeyOf, identify } from '#shared/domain/incident/identity.ts';
import type { RepositoryIdentity } from '#shared/domain/incident/repository-identity.ts';
import { knowledgeScopeOf, runsKeyOf } from '#shared/domain/incident/scope.ts';
import { RepositoryName, type RunTarget } from '#shared/domain/incident/target-context.ts';
import { github } from '#shared/plugins/sources/github/index.ts';
import type { Permission } from '#shared/ports/code-host.ts';
import {
  aBoundAction,
  aClassification,
  aConfiguration,
  aGithubTarget,
  anApproval,
  anIncident,
  aPastIncident,
  aPrediction,
  aSignal,
  somePeople,
} from '#test/builders/index.ts';
import {
  fakeClock,
  fakeCodeHost,
  makeMemoryCommandQueue,
  makeMemoryControlStore,
  makeMemoryCounters,
  makeMemoryExperienceStore,
  makeMemoryIncidents,
  makeMemoryKnowledgeStore,
  makeMemoryPersonStore,
  makeMemoryPolicyStore,
  makeMemoryPredictionStore,
  makeMemorySignalQueue,
  makeMemoryStatsStore,
  makeMemoryWorkflowEngine,
  makeRecordingLog,
  makeRecordingMeter,
} from '#test/fakes/index.ts';
import { MemoryChangeStore, makeMemoryChangeQueue } from '#test/fakes/memory-change-store.ts';
import { MemoryEventLedger } from '#test/fakes/memory-event-ledger.ts';
import { fuzzOptions } from './seed.ts';

/** Two tenants; their secrets, made up and in pieces. The second one's is for an owner, the first one's for a repository. */
const SHOP: RepositoryIdentity = { name: 'acme/shop', id: 4711 };
const TOOL: RepositoryIdentity = { name: 'rival/tool', id: 815 };
const SECRETS = { 'acme/shop': ['shop', 'secret'].join('-'), rival: ['rival', 'secret'].join('-') };
const EVERYBODY = ['everybody', 'secret'].join('-');
/** As a queue hands over a message that just came. */
const QUEUED = { attributes: { SentTimestamp: '0', ApproximateReceiveCount: '1' } };
type Holder = keyof typeof SECRETS | '*';

/** What GitHub says: which repository has a name now, where a name that was left behind leads, and who may write where. */
const HISTORIES = {
  'nothing happened': [SHOP, TOOL],
  'the owner was renamed': [{ ...SHOP, name: 'acme-corp/shop' }, TOOL],
  'the owner was renamed and a rival took the name': [{ ...SHOP, name: 'acme-corp/shop' }, TOOL, { ...SHOP, id: 900 }],
  'the repository was transferred to the rival': [{ ...SHOP, name: 'rival/shop' }, TOOL],
  'the rival gave theirs away': [SHOP, { ...TOOL, name: 'acme/tool' }],
  'the repository was deleted and made again': [{ ...SHOP, id: 901 }, TOOL],
} as const satisfies Record<string, readonly RepositoryIdentity[]>;
type History = keyof typeof HISTORIES;

function directoryOf(history: History, isDown: () => boolean) {
  const now: readonly RepositoryIdentity[] = HISTORIES[history];
  const lookUp = async (name: string): Promise<RepositoryIdentity> => {
    if (isDown()) throw new Retryable('GitHub answers 502');
    const wanted = name.toLowerCase();
    const direct = now.find((one) => one.name.toLowerCase() === wanted);
    const left = [SHOP, TOOL].find((one) => one.name === wanted);
    const moved = left && now.find(({ id }) => id === left.id);
    const found = direct ?? moved;
    if (found === undefined) throw new Refused('404');
    return found;
  };
  return { lookUp };
}

const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  acme: ['lead'],
  'acme-corp': ['lead'],
  rival: ['mallory'],
};
const permissionOf = (repository: string, login: string): Permission =>
  MEMBERS[repository.split('/')[0]?.toLowerCase() ?? '']?.includes(login) ? 'write' : 'read';

interface Attempt {
  readonly signedBy: Holder;
  readonly name: string;
  readonly id: number;
  readonly history: History;
  readonly event: 'failed' | 'succeeded' | 'approve' | 'reject' | 'wrong';
  readonly by: 'lead' | 'mallory';
  /** The delivery id of somebody's earlier delivery. */
  readonly stolenDelivery: boolean;
  readonly githubIsDown: boolean;
}

const anything: fc.Arbitrary<Attempt> = fc.record({
  signedBy: fc.constantFrom<Holder>('acme/shop', 'rival', '*'),
  name: fc
    .constantFrom(
      'acme/shop',
      'rival/tool',
      'acme-corp/shop',
      'rival/shop',
      'acme/tool',
      'acme/shop.git',
      'acme/shop/../tool',
    )
    .chain((name) =>
      fc.constantFrom(
        name,
        name,
        name.toUpperCase(),
        name.replace(/^./, (one) => one.toUpperCase()),
      ),
    ),
  id: fc.constantFrom(SHOP.id, TOOL.id, 900, 901, 0),
  history: fc.constantFrom(...(Object.keys(HISTORIES) as History[])),
  event: fc.constantFrom('failed', 'succeeded', 'approve', 'reject', 'wrong'),
  by: fc.constantFrom('lead', 'mallory'),
  stolenDelivery: fc.boolean(),
  githubIsDown: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
});

/** Secret, name and id that fit each other, so that what must pass is seen to pass: one wrong part in a right delivery is the likeliest trick. */
const nearlyRight = fc
  .tuple(
    anything,
    fc.constantFrom<Partial<Attempt>>(
      { signedBy: 'acme/shop', name: 'Acme/Shop', id: SHOP.id },
      { signedBy: 'rival', name: 'rival/tool', id: TOOL.id },
    ),
    fc.constantFrom<(keyof Attempt)[]>([], ['signedBy'], ['name'], ['id'], ['history']),
  )
  .map(([wrong, right, parts]): Attempt => {
    const kept = Object.fromEntries(parts.map((part) => [part, wrong[part]]));
    const neutral: Partial<Attempt> = parts.includes('history') ? {} : { history: 'nothing happened' };
    return { ...wrong, ...neutral, ...right, ...kept };
  });
const attempts = fc.oneof(anything, nearlyRight);

const targetOf = ({ name, id }: RepositoryIdentity): RunTarget =>
  aGithubTarget({ repository: name, repositoryId: id, people: somePeople(), actor: 'octo-dev' });

/** A repository with an open incident, a plan that waits for its approval, and a past. */
async function settled(identity: RepositoryIdentity, stores: Stores) {
  const target = targetOf(identity);
  const { people: _people, ...arrived } = target;
  const { incidentId, intakeKey } = identify(aSignal({ target: arrived }));
  const incident = anIncident({ id: incidentId, intakeKey, target: arrived, classification: aClassification() });
  await stores.incidents.create(incident);
  await stores.control.claimGroup(intakeKey, `${incidentId}#1`, stores.clock.now());
  const action = aBoundAction({ incidentId, target });
  await stores.incidents.putPlan(action);
  const taskToken = `token of ${identity.name}`;
  await stores.incidents.putApproval(anApproval({ incidentId, digest: action.digest, taskToken }));
  await stores.predictions.addPrediction(aPrediction({ incidentId, class: 'test_failure' }));
  const past = aPastIncident({ id: `gh-${String(identity.id).padStart(24, '0')}`, title: `Past of ${identity.name}` });
  await stores.knowledge.remember(past, knowledgeScopeOf(arrived) ?? '');
  const delivery = `delivery of ${identity.name}`;
  const state = async () =>
    JSON.stringify([
      await stores.incidents.get(incidentId),
      await stores.incidents.getApproval(incidentId, action.digest),
      await stores.incidents.auditTrail(incidentId),
      await stores.control.claimGroup(intakeKey, `${incidentId}#1`, stores.clock.now()),
      await stores.control.isProcessed(deliveryKeyOf({ deliveryId: delivery, target: arrived })),
      await stores.stats.recentRuns(runsKeyOf(arrived)),
      (await stores.predictions.recentPredictions(10)).filter((one) => one.incidentId === incidentId),
      stores.workflow.answers.filter((answer) => answer.taskToken === taskToken),
      stores.workflow.started.filter((name) => name.startsWith(incidentId)),
    ]);
  return { identity, target: arrived, incident, digest: action.digest, delivery, past, state, before: await state() };
}

function makeStores() {
  const clock = fakeClock();
  const { incidents, approvals } = makeMemoryIncidents(clock);
  return {
    clock,
    incidents,
    approvals,
    control: makeMemoryControlStore(clock),
    policy: makeMemoryPolicyStore(),
    stats: makeMemoryStatsStore(),
    predictions: makeMemoryPredictionStore(),
    experience: makeMemoryExperienceStore(),
    knowledge: makeMemoryKnowledgeStore(),
    workflow: makeMemoryWorkflowEngine(),
  };
}
type Stores = ReturnType<typeof makeStores>;
type Settled = Awaited<ReturnType<typeof settled>>;

function bodyOf(attempt: Attempt, victim: Settled): { event: string; body: string } {
  const repository = { id: attempt.id, full_name: attempt.name, default_branch: 'main' };
  const { event, by } = attempt;
  if (event === 'failed' || event === 'succeeded') {
    const { runId, workflowId, headSha } = victim.target;
    const run = {
      id: runId,
      name: 'CI',
      conclusion: event === 'failed' ? 'failure' : 'success',
      event: 'pull_request',
      head_branch: 'feature/basket',
      head_sha: headSha,
      head_repository: { id: attempt.id },
      workflow_id: workflowId,
      run_attempt: 2,
      updated_at: '2026-11-21T12:00:00Z',
      actor: { login: 'octo-dev' },
      pull_requests: [{ number: 12, base: { repo: { id: attempt.id } } }],
    };
    return { event: 'workflow_run', body: JSON.stringify({ action: 'completed', workflow_run: run, repository }) };
  }
  const short = victim.digest.slice(0, 12);
  const line = event === 'wrong' ? '/selfheal wrong flaky_tests' : `/selfheal ${event} ${short}`;
  const user = { login: by, type: 'User' };
  const comment = { id: 501, body: line, user, performed_via_github_app: null };
  const issue = { number: 12, pull_request: {}, user };
  return {
    event: 'issue_comment',
    body: JSON.stringify({ action: 'created', issue, comment, repository, sender: user }),
  };
}

/** Sends one delivery through the edge and, as often as the queue would, through the intake function. */
async function deliver(attempt: Attempt, victim: Settled, stores: Stores) {
  const { event, body } = bodyOf(attempt, victim);
  const key = attempt.signedBy === '*' ? EVERYBODY : SECRETS[attempt.signedBy];
  const signature = `sha256=${createHmac('sha256', key).update(body).digest('hex')}`;
  const [queue, commands, meter, log] = [
    makeMemorySignalQueue(),
    makeMemoryCommandQueue(),
    makeRecordingMeter(),
    makeRecordingLog(),
  ];
  const scoped = JSON.stringify(
    Object.fromEntries(Object.entries(SECRETS).map(([scope, current]) => [scope, { current }])),
  );
  const answer = await ingestWebhook(
    {
      sourceId: 'github',
      headers: {
        'content-type': 'application/json',
        'x-github-event': event,
        'x-github-delivery': attempt.stolenDelivery ? victim.delivery : 'a delivery of their own',
        'x-hub-signature-256': signature,
      },
      body: Buffer.from(body),
    },
    {
      sourceOf: async () => github,
      signatures: makeWebhookSignatures(),
      secrets: { read: async () => ({ current: EVERYBODY, repositories: scoped }) },
      queue,
      commands,
      changes: makeMemoryChangeQueue(),
      clock: stores.clock,
      meter,
      log,
    },
  );
  let isDown = attempt.githubIsDown;
  const reads: string[] = [];
  const listComments = async (repository: string) => {
    reads.push(repository);
    const foot = `<sub>Selfheal incident ${victim.incident.id}, run attempt 1.</sub>`;
    return [{ id: 1, url: 'https://github.example/1', authorIsUs: true, body: `<!-- selfheal:key --> ${foot}` }];
  };
  const people = {
    permissionOf: async (repository: string, { login }: { readonly login: string }) => {
      reads.push(repository);
      return permissionOf(repository, login);
    },
    wrote: async () => true,
    react: async () => undefined,
  };
  const persons = makeMemoryPersonStore();
  const shared = { ...stores, configuration: aConfiguration(), meter, log };
  const handle = makeHandler({
    ...shared,
    codeHost: fakeCodeHost(),
    counts: makeCounts(makeMemoryCounters(), stores.clock, () => undefined),
    ledger: new MemoryEventLedger(),
    changes: new MemoryChangeStore(),
    confirm: makeConfirmRepository({ directory: directoryOf(attempt.history, () => isDown), clock: stores.clock }),
    handleSlackOrder: async () => 'answered',
    acknowledge: async () => 'acknowledged',
    handleCommand: (command) =>
      handleCommentCommand(command, { ...shared, persons, people, codeHost: { listComments } } as never),
  });
  for (const message of [...queue.sent, ...commands.sent]) {
    for (let tries = 0; tries < 2; tries += 1) {
      try {
        await handle(JSON.stringify(message), QUEUED);
        break;
      } catch (error) {
        if (!(error instanceof Retryable || error instanceof Refused)) throw error;
        if (!isDown) break;
        // Nothing was done while GitHub was down; later the queue delivers it again.
        expect(await victim.state()).toBe(victim.before);
        isDown = false;
      }
    }
  }
  return { answer, reads };
}

/** Whether the secret is the narrowest that is kept for the name: what the documentation promises, written down once more. */
function speaksFor(holder: Holder, name: string): boolean {
  const wanted = name.toLowerCase();
  if (wanted === 'acme/shop') return holder === 'acme/shop';
  return wanted.startsWith('rival/') ? holder === 'rival' : holder === '*';
}

/** Whether a delivery may touch what is kept about a repository. */
function isTheirs({ signedBy, name, id, history }: Attempt, identity: RepositoryIdentity): boolean {
  const same = (one: RepositoryIdentity) => one.id === id && one.name.toLowerCase() === name.toLowerCase();
  return speaksFor(signedBy, name) && same(identity) && HISTORIES[history].some(same);
}

describe('one tenant never reaches another', () => {
  it('neither reads nor changes what is kept about another repository, by any secret, name, id, rename, transfer and case', async () => {
    let own = 0;
    let foreign = 0;
    await fc.assert(
      fc.asyncProperty(attempts, fc.constantFrom('shop', 'tool'), async (attempt, which) => {
        const stores = makeStores();
        const [shop, tool] = [await settled(SHOP, stores), await settled(TOOL, stores)];
        const victim = which === 'shop' ? shop : tool;
        const { reads } = await deliver(attempt, victim, stores);
        // GitHub is asked about the delivery's own repository only.
        for (const read of reads) expect(read.toLowerCase()).toBe(attempt.name.toLowerCase());
        for (const one of [shop, tool]) {
          if (isTheirs(attempt, one.identity)) {
            own += 1;
            continue;
          }
          foreign += 1;
          expect(await one.state()).toBe(one.before);
        }
        // What the delivery's own incident would read afterwards is filed under another place than the others' past.
        if (!RepositoryName.safeParse(attempt.name).success) return;
        const target = { ...victim.target, repository: attempt.name, repositoryId: attempt.id };
        const incident = anIncident({ target, classification: aClassification() });
        for (const one of [shop, tool]) {
          const same = one.identity.id === attempt.id && one.identity.name === attempt.name.toLowerCase();
          expect(knowledgeScopeOf(target) === knowledgeScopeOf(one.target)).toBe(same);
          expect(runsKeyOf(target) === runsKeyOf(one.target)).toBe(same);
          expect(
            fingerprintKeyOf(incident, 'f'.repeat(16), null) ===
              fingerprintKeyOf({ ...one.incident, target: one.target }, 'f'.repeat(16), null),
          ).toBe(same);
          const seen = await stores.knowledge.remembered(knowledgeScopeOf(target) ?? '', { after: null, limit: 10 });
          expect(seen.some(({ title }) => title === one.past.title)).toBe(same);
        }
      }),
      fuzzOptions(400),
    );
    console.log(`tenants: ${own} times a repository's own delivery, ${foreign} times another's`);
    expect(own).toBeGreaterThan(0);
  });

  it('lets those through who are who they say', async () => {
    const right = { history: 'nothing happened', stolenDelivery: false, githubIsDown: true } as const;
    const stores = makeStores();
    const shop = await settled(SHOP, stores);
    await settled(TOOL, stores);
    const approval = { ...right, signedBy: 'acme/shop', name: 'Acme/Shop', id: SHOP.id, event: 'approve' } as const;
    // The rival may write in their own repository only, whatever they sign.
    await deliver({ ...approval, by: 'mallory' }, shop, stores);
    expect(stores.workflow.answers).toEqual([]);
    const own = makeStores();
    const mine = await deliver({ ...approval, by: 'lead' }, await settled(SHOP, own), own);
    expect(mine.reads[0]).toBe('acme/shop');
    expect(own.workflow.answers).toMatchObject([{ taskToken: 'token of acme/shop', output: { approved: true } }]);
  });
});
