import { parseSignatures } from '@selfheal/diagnosis/failure/signatures.ts';
import { describe, expect, it } from 'vitest';
import { classifyIncident } from '#shared/app/classify/classify.ts';
import { knowledge } from '#shared/app/knowledge/knowledge.ts';
import { makeLocalRecall } from '#shared/app/knowledge/recall-incidents.ts';
import { ACTIONS } from '#shared/plugins/actions/registry.ts';
import { aConfiguration, aGithubTarget, anEvidence, anIncident } from '#test/builders/index.ts';
import { makeMemoryPorts, NO_PATTERNS } from '#test/fakes/index.ts';

const { signatures } = parseSignatures([]);

function setUp() {
  const ports = makeMemoryPorts();
  return {
    ...ports,
    recall: makeLocalRecall(ports.knowledge, []),
    patterns: NO_PATTERNS,
    model: async () => undefined,
    configuration: aConfiguration(),
    signatures,
  };
}

describe('classifying', () => {
  const evidence = (incidentId: string) => anEvidence({ incidentId, texts: ['Error: read ECONNRESET at 10.0.0.1'] });

  it('keeps the classification on the incident', async () => {
    const deps = setUp();
    const incident = anIncident();
    await deps.incidents.create(incident);
    await deps.evidence.putEvidence(evidence(incident.id));
    const output = await classifyIncident({ incidentId: incident.id }, deps);
    expect(output).toMatchObject({ next: 'continue', reason: '', status: 'open', duplicateOf: null });
    expect((await deps.incidents.get(incident.id))?.classification?.class).toBe(output.class);
  });

  it('stops at an incident that was closed before its workflow began, and leaves it as it is', async () => {
    const deps = setUp();
    const incident = anIncident({ status: 'resolved' });
    await deps.incidents.create(incident);
    await deps.evidence.putEvidence(evidence(incident.id));
    expect(await classifyIncident({ incidentId: incident.id }, deps)).toMatchObject({
      next: 'stop',
      status: 'resolved',
      reason: 'The incident was closed before its workflow began.',
    });
    expect(await deps.incidents.get(incident.id)).toEqual({ ...incident, number: 1 });
  });

  it('hands a storm to a human, which has no evidence of its own', async () => {
    const deps = setUp();
    const incident = anIncident({ target: { kind: 'storm', startedAt: '2026-11-21T12:00:00Z' } });
    await deps.incidents.create(incident);
    expect(await classifyIncident({ incidentId: incident.id }, deps)).toMatchObject({
      next: 'escalate',
      class: null,
      reason: 'Many failures began within one minute; they are handled as one incident.',
    });
  });

  it('finds the open incident of another workflow of the pull request that failed in the same way', async () => {
    const deps = setUp();
    const first = anIncident();
    const second = anIncident({ id: `gh-${'1'.repeat(24)}`, target: aGithubTarget({ workflowId: 78, runId: 1002 }) });
    for (const incident of [first, second]) {
      await deps.incidents.create(incident);
      await deps.evidence.putEvidence(evidence(incident.id));
    }
    await classifyIncident({ incidentId: first.id }, deps);
    expect((await deps.incidents.get(first.id))?.classification?.fingerprint).not.toBeNull();
    const found = await classifyIncident({ incidentId: second.id }, deps);
    expect(found).toMatchObject({
      next: 'link',
      duplicateOf: first.id,
      reason: `The same failure as the open incident ${first.id}.`,
    });
    expect((await classifyIncident({ incidentId: first.id }, deps)).duplicateOf).toBeNull();
    await deps.incidents.update(first.id, { status: 'resolved' });
    expect((await classifyIncident({ incidentId: second.id }, deps)).duplicateOf).toBeNull();
  });
});

describe('knowledge', () => {
  it('is nothing while the incident is not classified', async () => {
    const deps = setUp();
    await deps.incidents.create(anIncident());
    expect(await knowledge({ incidentId: anIncident().id }, { ...deps, actions: ACTIONS })).toEqual({
      matchId: null,
      useModel: true,
      similar: 0,
      isKept: true,
    });
  });
});
