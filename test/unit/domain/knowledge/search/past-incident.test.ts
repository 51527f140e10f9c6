import { describe, expect, it } from 'vitest';
import { PastIncident, pastIncidentOf, rememberedIncident } from '#shared/domain/knowledge/search/past-incident.ts';
import { makeRecall } from '#shared/domain/knowledge/search/recall.ts';
import { outcomeWords, seenBefore } from '#shared/domain/knowledge/search/seen-before.ts';
import { readTerms } from '#shared/domain/knowledge/search/terms.ts';
import type { ActionRecord } from '#shared/domain/plan/bound-action.ts';
import { aDiagnosis, anActionRecord, anEvidence, aPastIncident, redactedText } from '#test/builders/index.ts';

const ENDED = new Date('2026-11-20T12:00:00.000Z');
const receipt = { summary: redactedText('The failed jobs were started again.'), at: ENDED.toISOString(), facts: {} };
const SOLUTION = 'Re-run the failed jobs.';
const tried = (change: Partial<ActionRecord> = {}) => ({
  ...anActionRecord({ state: 'done', receipt, ...change }),
  solution: SOLUTION,
});
const ended = {
  id: `gh-${'1'.repeat(24)}`,
  outcome: 'resolved' as const,
  endedAt: ENDED,
  diagnosis: aDiagnosis(),
  evidence: anEvidence({ texts: ['Error: read ECONNRESET from registry of acme', 'at Socket.read (net.js:1:1)'] }),
  actions: [tried({ verified: 'recovered' })],
};
const foundOf = (incidents: readonly PastIncident[], fingerprint: string | null) => {
  const recall = makeRecall<ReturnType<typeof rememberedIncident>>();
  for (const past of incidents) recall.put(rememberedIncident(past));
  const { class: failureClass, terms } = aPastIncident();
  const now = new Date('2026-11-21T12:00:00Z');
  return recall.find({ class: failureClass, fingerprint, terms: readTerms(terms), now }, { limit: 30 });
};

describe('what is remembered of an incident', () => {
  it('is its diagnosis, what became of it and the terms of its lines, but no line', () => {
    const past = pastIncidentOf(ended);
    expect(PastIncident.parse(past)).toMatchObject({
      class: 'network_connectivity',
      resolution: SOLUTION,
      outcome: 'resolved',
      helped: true,
    });
    expect(past.terms).toContain('x:econnreset');
    expect(JSON.stringify(past)).not.toContain('from registry of acme');
  });

  it.each([
    ['an action that helped', {}, true, SOLUTION],
    ['an action that did not', { outcome: 'escalated', actions: [tried({ verified: 'failed' })] }, false, SOLUTION],
    [
      'an action whose result shows nothing',
      { outcome: 'escalated', actions: [tried({ verified: 'failed', inconclusive: true })] },
      null,
      aDiagnosis().fix,
    ],
    ['a proposal', { outcome: 'suggested', actions: [] }, null, aDiagnosis().fix],
    ['an action of which nothing is known', { outcome: 'escalated', actions: [tried()] }, null, aDiagnosis().fix],
  ] as const)('says honestly whether it helped: %s', (_case, change, helped, resolution) => {
    expect(pastIncidentOf({ ...ended, ...change })).toMatchObject({ helped, resolution });
  });

  it('says so in words', () => {
    expect(outcomeWords(aPastIncident())).toBe('this helped then: The failed jobs were started again.');
    expect(outcomeWords(aPastIncident({ helped: false, outcome: 'escalated' }))).toContain('did not help');
    expect(outcomeWords(aPastIncident({ helped: null, outcome: 'suggested' }))).toContain('what helped is not known');
    expect(outcomeWords(aPastIncident({ helped: null }))).toContain('without an action');
  });
});

describe('what was seen before', () => {
  const incident = (n: number, change: Partial<PastIncident> = {}) =>
    aPastIncident({ id: `gh-${String(n).padStart(24, '0')}`, endedAt: `2026-11-1${n}T12:00:00.000Z`, ...change });

  it('[B2] tells the incidents of one failure as one, by the newest that helped', () => {
    const found = foundOf(
      [incident(1), incident(2), incident(3, { helped: false, outcome: 'escalated' })],
      '0123456789abcdef',
    );
    expect(seenBefore(found)).toMatchObject([
      { incidentId: incident(2).id, times: 3, sameFailure: true, helped: true },
    ]);
  });

  it('tells at most three failures, and none that shares next to nothing', () => {
    const alike = [1, 2, 3, 4, 5].map((n) => incident(n, { fingerprint: `f${n}` }));
    const other = incident(6, { fingerprint: 'f6', class: 'lint_violation', terms: 'w:semicolon 1\nw:missing 1' });
    const told = seenBefore(foundOf([...alike, other], null));
    expect(told).toHaveLength(3);
    expect(told.every(({ sameFailure }) => !sameFailure)).toBe(true);
    expect(seenBefore(foundOf([other], null))).toEqual([]);
  });
});
