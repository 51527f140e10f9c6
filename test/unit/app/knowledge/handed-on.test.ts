import { describe, expect, it } from 'vitest';
import { findKnown, knowledge } from '#shared/app/knowledge/knowledge.ts';
import { makeLocalRecall } from '#shared/app/knowledge/recall-incidents.ts';
import { record } from '#shared/app/record/record.ts';
import { ACTIONS } from '#shared/plugins/actions/registry.ts';
import {
  aBoundAction,
  aClassification,
  aConfiguration,
  aDiagnosis,
  anActionRecord,
  anEvidence,
  anIncident,
  redactedText,
} from '#test/builders/index.ts';
import { makeMemoryPorts, NO_PATTERNS } from '#test/fakes/index.ts';

async function setUp() {
  const ports = makeMemoryPorts();
  const incident = anIncident({ classification: aClassification() });
  await ports.incidents.create(incident);
  await ports.evidence.putEvidence(anEvidence({ incidentId: incident.id }));
  await ports.evidence.putDiagnosis(incident.id, aDiagnosis());
  const asked: string[] = [];
  const deps = {
    ...ports,
    recall: makeLocalRecall(ports.knowledge, []),
    patterns: NO_PATTERNS,
    actions: ACTIONS,
    configuration: aConfiguration(),
    knowledge: {
      ...ports.knowledge,
      findByFingerprint: async (fingerprint: string, scope: string) => {
        asked.push(fingerprint);
        return await ports.knowledge.findByFingerprint(fingerprint, scope);
      },
    },
  };
  return { ports, deps, incident, asked };
}

describe('the search in what is known', () => {
  it('leaves the incident as it read it to the diagnosis', async () => {
    const { deps, incident } = await setUp();
    expect(await knowledge({ incidentId: incident.id }, deps)).toMatchObject({ isKept: true });
    expect((await deps.evidence.getKnown(incident.id))?.incident).toEqual(await deps.incidents.get(incident.id));
  });

  it('reads a lesson by its fingerprint only where one was learned in the scope', async () => {
    const { ports, deps, incident, asked } = await setUp();
    expect((await findKnown(incident, null, deps)).found.match).toBeNull();
    expect(asked).toEqual([]);
    const { digest } = aBoundAction();
    await deps.incidents.putPlan(aBoundAction());
    const receipt = { summary: redactedText('Re-ran.'), at: '2026-11-21T12:01:00.000Z', facts: { attempt: 2 } };
    await deps.incidents.intend(anActionRecord({ digest, state: 'done', receipt, verified: 'recovered' }));
    const end = {
      incidentId: incident.id,
      attempt: 1,
      outcome: 'resolved',
      reason: 'Because.',
      parentId: null,
    } as const;
    await record(end, { ...deps, patterns: ports.patterns });
    asked.length = 0;
    expect((await findKnown(incident, null, deps)).found.match).not.toBeNull();
    expect(asked).toEqual([incident.classification?.fingerprint]);
  });
});
