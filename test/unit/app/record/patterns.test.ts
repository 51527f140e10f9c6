import { describe, expect, it } from 'vitest';
import { makePatternReader } from '#shared/app/knowledge/recognise-patterns.ts';
import { keepPatterns } from '#shared/app/record/patterns.ts';
import { knowledgeScopeOf } from '#shared/domain/incident/scope.ts';
import { withPatterns } from '#shared/domain/learning/known-by-pattern.ts';
import type { LearnedPattern } from '#shared/domain/learning/learned-pattern.ts';
import type { Learning } from '#shared/domain/learning/learning-settings.ts';
import type { ActionRecord } from '#shared/domain/plan/bound-action.ts';
import { ACTIONS } from '#shared/plugins/actions/registry.ts';
import {
  aClassification,
  aConfiguration,
  aDiagnosis,
  aGithubTarget,
  aKnowledgeEntry,
  anActionRecord,
  anEvidence,
  anIncident,
  aPastIncident,
  aPattern,
  aPatternOutcome,
} from '#test/builders/index.ts';
import {
  fakeClock,
  makeMemoryEvidenceStore,
  makeMemoryKnowledgeStore,
  makeMemoryPatternStore,
  makeMemoryPolicyStore,
  makeRecordingMeter,
} from '#test/fakes/index.ts';

const LINE = 'remaining connection slots are reserved, 20 of 20 used';
const SOURCE = { id: 's', name: 'api', url: null, totalLines: 9 };
const evidence = anEvidence({ sources: [{ ...SOURCE, lines: [{ ref: 'L1', number: 1, text: LINE, score: 10 }] }] });
const classification = aClassification({ class: 'resource_exhaustion', evidence: ['L1'] });
const known = (change: Partial<LearnedPattern> = {}) => aPattern({ scope: SCOPE, ...change });
const DEFAULT_BRANCH = anIncident({ classification, target: aGithubTarget({ onDefaultBranch: true }) });
const SCOPE = knowledgeScopeOf(DEFAULT_BRANCH.target) ?? '';

async function setUp(patterns: LearnedPattern[] = [], learning: Partial<Learning> = {}) {
  const stored = makeMemoryPatternStore(patterns);
  const deps = {
    evidence: makeMemoryEvidenceStore(),
    knowledge: makeMemoryKnowledgeStore(),
    patterns: stored,
    actions: ACTIONS,
    configuration: { ...aConfiguration(), learning: { ...aConfiguration().learning, ...learning } },
    policy: makeMemoryPolicyStore(),
    clock: fakeClock(),
    meter: makeRecordingMeter(),
  };
  await deps.evidence.putDiagnosis(DEFAULT_BRANCH.id, aDiagnosis());
  await deps.evidence.putEvidence({ ...evidence, incidentId: DEFAULT_BRANCH.id });
  const keep = (action: Partial<ActionRecord> = {}, incident = DEFAULT_BRANCH) =>
    keepPatterns(incident, [anActionRecord({ state: 'done', verified: 'recovered', ...action })], deps);
  return { ...deps, keep };
}

describe('learning from what verification found', () => {
  it('[D199] makes a pattern of a verified remedy, by the line that decided, to be observed only', async () => {
    const { keep, patterns, clock } = await setUp();
    clock.set(new Date(Date.parse(DEFAULT_BRANCH.openedAt) + 62_345));
    await keep();
    expect(await patterns.list(SCOPE)).toMatchObject([
      {
        stage: 'observe',
        wording: 'remaining connection slots are reserved, * of * used',
        class: 'resource_exhaustion',
        actionId: 'rerun-failed-jobs',
        solution: 'Re-run the failed jobs.',
        provenance: { source: 'verified', by: 'selfheal' },
        outcomes: [
          {
            incident: DEFAULT_BRANCH.id,
            by: 'verified',
            helped: true,
            trusted: true,
            minutes: expect.closeTo(1.039, 3),
          },
        ],
      },
    ]);
  });

  it('makes none of what outsiders could have staged, of what failed, and where the configuration says so', async () => {
    const fork = anIncident({ classification, target: aGithubTarget({ onDefaultBranch: false }) });
    const { keep, patterns } = await setUp();
    await keep({}, fork);
    await keep({ verified: 'failed' });
    await keep({ verified: null });
    await keep({ verified: 'failed', inconclusive: true });
    expect(await patterns.list(SCOPE)).toEqual([]);
    const off = await setUp([], { fromOutcomes: false });
    await off.keep();
    expect(await off.patterns.list(SCOPE)).toEqual([]);
  });

  it('refuses one that would have matched a past incident of another class, and notes why', async () => {
    const { keep, patterns, knowledge } = await setUp();
    await knowledge.remember(aPastIncident({ class: 'flaky_tests', text: LINE }), SCOPE);
    await keep();
    expect(await patterns.list(SCOPE)).toEqual([]);
    expect(await patterns.notes(SCOPE, 5)).toMatchObject([
      { event: 'pattern.refused', reason: expect.stringContaining('flaky_tests') },
    ]);
  });

  it('counts the outcome for the pattern that recognises it and names the action, once', async () => {
    const { keep, patterns } = await setUp([
      known({ actionId: 'rerun-failed-jobs' }),
      known({ id: 'ba9876543210', wording: 'nothing like it at all', actionId: 'rerun-failed-jobs' }),
    ]);
    await keep({ verified: 'failed' });
    await keep({ verified: 'failed' });
    const [pattern, other] = await patterns.list(SCOPE);
    expect(pattern?.outcomes).toMatchObject([{ incident: DEFAULT_BRANCH.id, helped: false, by: 'verified' }]);
    expect(other?.outcomes).toEqual([]);
  });

  it('[D208] does not let a pull request of outsiders raise a pattern', async () => {
    const fork = anIncident({ classification, target: aGithubTarget({ onDefaultBranch: false }) });
    const { keep, patterns } = await setUp([known({ actionId: 'rerun-failed-jobs' })]);
    await keep({}, fork);
    expect((await patterns.list(SCOPE))[0]).toMatchObject({
      confidence: 0.5,
      outcomes: [{ helped: true, trusted: false }],
    });
  });

  it('closes the incident also when patterns cannot be read, and counts it', async () => {
    const { meter, ...deps } = await setUp();
    const broken = { ...deps.patterns, list: () => Promise.reject(new Error('throttled')) };
    const action = anActionRecord({ state: 'done', verified: 'recovered' });
    await keepPatterns(DEFAULT_BRANCH, [action], { ...deps, meter, patterns: broken });
    expect(meter.counts).toMatchObject({ 'pattern-lost': 1 });
  });
});

describe('what a recognised failure is told', () => {
  const noTitle = () => null;
  const nothing = { match: null, confidence: 0, similar: [] };
  const fresh = { outcomes: Array.from({ length: 8 }, (_, at) => aPatternOutcome({ incident: `gh-${at}` })) };

  it.each([
    ['observe', 0.9, null, 0, []],
    ['suggest', 0.7, null, 0, ['pattern-0123456789ab']],
    ['match', 0.84, 'pattern-0123456789ab', 0.8, []],
    ['act', 0.9, 'pattern-0123456789ab', 0.9, []],
  ] as const)('[D207] follows the stage of the pattern: %s', (stage, confidence, match, sure, similar) => {
    const found = withPatterns(nothing, [known({ stage, confidence, ...fresh })], noTitle);
    expect(found.match?.id ?? null).toBe(match);
    expect(found.confidence).toBe(sure);
    expect(found.similar.map(({ entry }) => entry.id)).toEqual(similar);
  });

  it('keeps what is known better, and tells the pattern beside it', () => {
    const exact = { match: aKnowledgeEntry(), confidence: 0.95, similar: [] };
    const found = withPatterns(exact, [known({ stage: 'act', confidence: 0.9 })], noTitle);
    expect(found).toMatchObject({ match: { id: aKnowledgeEntry().id }, confidence: 0.95 });
    expect(found.similar[0]?.entry.id).toBe('pattern-0123456789ab');
    const better = withPatterns({ ...exact, confidence: 0.5 }, [known({ stage: 'act', confidence: 0.9 })], noTitle);
    expect(better.match?.id).toBe('pattern-0123456789ab');
    expect(better.similar[0]?.entry.id).toBe(aKnowledgeEntry().id);
  });

  it('is read of the patterns of its place and class, as they count now', async () => {
    const stage = { stage: 'suggest', confidence: 0.7 } as const;
    const store = makeMemoryPatternStore([
      known({ ...stage, ...fresh }),
      known({ ...stage, id: 'aaaaaaaaaaaa', class: 'memory_leaks' }),
      known({ ...stage, id: 'bbbbbbbbbbbb', wording: 'nothing like it at all' }),
      known({ ...stage, id: 'cccccccccccc', scope: 'repository#9' }),
    ]);
    const clock = fakeClock();
    const reader = makePatternReader({ patterns: store, rules: aConfiguration().learning, clock });
    const lines = evidence.sources.flatMap((source) => source.lines.map(({ text }) => text));
    const found = await reader.recognising([SCOPE], 'resource_exhaustion', lines);
    expect(found).toMatchObject([{ id: '0123456789ab', stage: 'suggest' }]);
    expect(await reader.recognising([SCOPE], 'resource_exhaustion', [])).toEqual([]);
    clock.advance(3 * 365 * 24 * 60 * 60 * 1000);
    const later = await reader.recognising([SCOPE], 'resource_exhaustion', lines);
    expect(later).toMatchObject([{ stage: 'observe' }]);
  });
});
