import type { Diagnosis } from '@selfheal/diagnosis/diagnosis/diagnosis.ts';
import { describe, expect, it } from 'vitest';
import { analyze } from '#shared/app/analyze/analyze.ts';
import { knowledge } from '#shared/app/knowledge/knowledge.ts';
import { makeLocalRecall } from '#shared/app/knowledge/recall-incidents.ts';
import { learn } from '#shared/app/record/learning.ts';
import { knowledgeScopeOf } from '#shared/domain/incident/scope.ts';
import type { ActionRecord } from '#shared/domain/plan/bound-action.ts';
import { ACTIONS } from '#shared/plugins/actions/registry.ts';
import { renderMail } from '#shared/plugins/notifiers/common/mail/mail.ts';
import type { IncidentStory } from '#shared/plugins/notifiers/contract.ts';
import { renderComment } from '#shared/plugins/notifiers/github-comment/index.ts';
import type { Embedded, Embedder } from '#shared/ports/recall.ts';
import {
  aClassification,
  aDiagnosis,
  aGithubTarget,
  anActionRecord,
  anEvidence,
  anIncident,
  aPastIncident,
  aProposalStory,
  aSeenBefore,
  redactedText,
} from '#test/builders/index.ts';
import {
  fakeClock,
  makeMemoryEvidenceStore,
  makeMemoryIncidentStore,
  makeMemoryKnowledgeStore,
  makeRecordingMeter,
  NO_PATTERNS,
} from '#test/fakes/index.ts';
import { setUp as setUpAnalysis } from '../analyze-rig.ts';

const EARLIER = `gh-${'1'.repeat(24)}`;
const SCOPE = knowledgeScopeOf(aGithubTarget()) ?? '';
const receipt = {
  summary: redactedText('Re-ran the failed jobs as attempt 2.'),
  at: '2026-11-20T12:00:00.000Z',
  facts: { attempt: 2 },
};
const helped = anActionRecord({ state: 'done', verified: 'recovered', receipt });

/** An incident that ended before, recorded as the workflow does. */
async function ended(outcome: string, actions: readonly ActionRecord[], embedder: Embedder | null = null) {
  const store = makeMemoryKnowledgeStore();
  const evidence = makeMemoryEvidenceStore();
  await evidence.putEvidence(anEvidence({ incidentId: EARLIER }));
  await evidence.putDiagnosis(EARLIER, aDiagnosis());
  const incident = anIncident({ id: EARLIER, classification: aClassification() });
  const clock = fakeClock('2026-11-20T12:00:00.000Z');
  await learn(incident, actions, outcome, {
    evidence,
    knowledge: store,
    actions: ACTIONS,
    clock,
    embedder,
    meter: makeRecordingMeter(),
  });
  return store;
}

describe('the end of an incident', () => {
  it.each(['resolved', 'suggested', 'escalated'])('[D4] is remembered when it was %s', async (outcome) => {
    const store = await ended(outcome, []);
    expect(await store.remembered(SCOPE, { after: null, limit: 5 })).toMatchObject([
      { id: EARLIER, outcome, helped: null },
    ]);
  });

  it('is not remembered when it was linked to another, which has its own', async () => {
    const store = await ended('linked', []);
    expect(await store.remembered(SCOPE, { after: null, limit: 5 })).toEqual([]);
  });
});

describe('a failure like one before', () => {
  it('[E28] is recognised by the knowledge step, among the incidents of its repository only', async () => {
    const clock = fakeClock();
    const store = await ended('resolved', [helped]);
    const deps = {
      clock,
      knowledge: store,
      recall: makeLocalRecall(store, []),
      patterns: NO_PATTERNS,
      actions: ACTIONS,
      incidents: makeMemoryIncidentStore(clock),
      evidence: makeMemoryEvidenceStore(),
    };
    const here = anIncident({ classification: aClassification({ fingerprint: 'another' }) });
    const elsewhere = anIncident({
      ...here,
      id: `gh-${'2'.repeat(24)}`,
      target: { ...aGithubTarget(), repositoryId: 77 },
    });
    for (const incident of [here, elsewhere]) {
      await deps.incidents.create(incident);
      await deps.evidence.putEvidence(anEvidence({ incidentId: incident.id }));
    }
    // One learned entry of the class, and the incident itself.
    expect(await knowledge({ incidentId: here.id }, deps)).toMatchObject({ matchId: null, similar: 1 });
    expect(await knowledge({ incidentId: elsewhere.id }, deps)).toMatchObject({ matchId: null, similar: 0 });
  });

  it('[E28] stands in the diagnosis with what resolved it then, and is told to the model', async () => {
    const { run, read, knowledge: store, asked } = await setUpAnalysis();
    await store.remember(aPastIncident(), SCOPE);
    await store.remember(aPastIncident({ id: `gh-${'8'.repeat(24)}`, title: 'Theirs' }), 'repository#999');
    await run();
    expect((await read()).seenBefore).toMatchObject([
      {
        incidentId: aPastIncident().id,
        sameFailure: true,
        times: 1,
        helped: true,
        resolution: 'The failed jobs were started again.',
        reasons: expect.arrayContaining([
          'the same failure by its fingerprint',
          'the same kind of failure, network connectivity',
        ]),
      },
    ]);
    expect(asked[0]?.similar[0]).toEqual({
      title: 'The same failure, last on 2026-11-20: The connection to the package registry was reset',
      resolution: 'this helped then: The failed jobs were started again.',
    });
  });

  it('says in the diagnosis what the search in the past had to do without', async () => {
    const { run, read } = await setUpAnalysis();
    const limits = ['Past incidents were compared by their words only. The embedding model refused the request.'];
    const recall = { find: async () => ({ incidents: [], entries: [], limits }) };
    await run(true, recall);
    expect((await read()).unchecked[0]?.text).toBe(limits[0]);
  });

  it('says that nothing was searched when the step before was left out', async () => {
    const { deps, incident, read } = await setUpAnalysis();
    await analyze({ incidentId: incident.id, useModel: false, knowledgeId: null }, deps);
    expect((await read()).unchecked[0]?.text).toBe('Past incidents and knowledge entries could not be searched.');
  });

  it('keeps with an incident what it means, where a model says so, and else its words alone', async () => {
    const embedding = { model: 'm', vector: 'AQID' };
    const answers: Embedded[] = [
      { kind: 'embedded', embedding },
      { kind: 'unavailable', reason: 'Busy.' },
    ];
    for (const answer of answers) {
      const store = await ended('resolved', [helped], { embed: async () => answer });
      const [past] = await store.remembered(SCOPE, { after: null, limit: 1 });
      expect(past?.embedding).toEqual(answer.kind === 'embedded' ? embedding : undefined);
      expect(past?.terms).not.toBe('');
    }
  });

  it('leaves no word in the diagnosis when nothing is remembered', async () => {
    const { run, read } = await setUpAnalysis();
    await run();
    expect(await read()).not.toHaveProperty('seenBefore');
  });
});

describe('telling that it was seen before', () => {
  const story = (seenBefore: Diagnosis['seenBefore']): IncidentStory =>
    aProposalStory({ diagnosis: aDiagnosis({ seenBefore }) });
  const similar = aSeenBefore({
    sameFailure: false,
    helped: null,
    outcome: 'suggested',
    reasons: ['both name lodash 4.17.21'],
  });

  it('names the incident, when it was, how often, and what became of it, in the comment and in the mail', () => {
    const told = story([aSeenBefore({ times: 3 })]);
    const sentence =
      /The same failure 3 times before, incident gh-7{24} on 2026-11-20: this helped then: The failed jobs were started again\./;
    expect(renderComment(told)).toMatch(/#### Seen Before\n\n- /);
    expect(renderComment(told).replaceAll('\u200b', '')).toMatch(sentence);
    expect(renderMail('Proposal', null, told).message.replace(/\s+/g, ' ')).toMatch(sentence);
  });

  it('calls similar what is only similar, says why, and that nobody knows whether the proposal helped', () => {
    const { message } = renderMail('Proposal', null, story([similar]));
    const words = message.replace(/\s+/g, ' ');
    expect(words).toContain('Similar, not the same: "The connection to the package registry was reset"');
    expect(words).toContain('(both name lodash 4.17.21): it was left to people, what helped is not known.');
  });

  it('says nothing of the past when there is none', () => {
    expect(renderComment(story(undefined))).not.toContain('Seen Before');
    expect(renderMail('Proposal', null, story([])).message).not.toContain('Seen before');
  });

  it('lets no remembered word mention people, link or break out of its line', () => {
    const hostile = aSeenBefore({
      sameFailure: false,
      title: '@team <!-- x\n# [a](http://evil.example)',
      reasons: ['both name @team'],
    });
    const comment = renderComment(story([hostile]));
    expect(comment).not.toMatch(/(?<![\\\w`])@team/);
    expect(comment).not.toMatch(/^# /m);
    expect(comment).not.toContain('](http://evil.example)');
  });
});
