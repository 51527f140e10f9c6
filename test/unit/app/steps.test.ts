import { describe, expect, it } from 'vitest';
import { classifyIncident } from '#shared/app/classify/classify.ts';
import { load } from '#shared/app/common/load.ts';
import { knowledge } from '#shared/app/knowledge/knowledge.ts';
import { makeLocalRecall } from '#shared/app/knowledge/recall-incidents.ts';
import { baseline } from '#shared/app/remediate/baseline.ts';
import { parseSignatures } from '#shared/domain/failure/signatures.ts';
import { aConfiguration, aGithubTarget, anEvidence, anIncident, aTelemetry } from '#test/builders/index.ts';
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

describe('loading', () => {
  it('tells kind, status and the number of actions allowed', async () => {
    const deps = setUp();
    const incident = anIncident();
    await deps.incidents.create(incident);
    expect(await load({ incidentId: incident.id, attempt: 1 }, deps)).toEqual({
      kind: 'github-run',
      status: 'open',
      maxActions: 5,
    });
  });

  it('calls an incident that does not exist a corrupt record', async () => {
    await expect(load({ incidentId: 'gh-missing', attempt: 1 }, setUp())).rejects.toMatchObject({
      name: 'CorruptRecord',
    });
  });
});

describe('classifying', () => {
  const evidence = (incidentId: string) => anEvidence({ incidentId, texts: ['Error: read ECONNRESET at 10.0.0.1'] });

  it('keeps the classification on the incident', async () => {
    const deps = setUp();
    const incident = anIncident();
    await deps.incidents.create(incident);
    await deps.evidence.putEvidence(evidence(incident.id));
    const output = await classifyIncident({ incidentId: incident.id }, deps);
    expect(output.duplicateOf).toBeNull();
    expect((await deps.incidents.get(incident.id))?.classification?.class).toBe(output.class);
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
    expect(found.duplicateOf).toBe(first.id);
    expect((await classifyIncident({ incidentId: first.id }, deps)).duplicateOf).toBeNull();
    await deps.incidents.update(first.id, { status: 'resolved' });
    expect((await classifyIncident({ incidentId: second.id }, deps)).duplicateOf).toBeNull();
  });
});

describe('the baseline', () => {
  it('leaves this run out of the failure rate', async () => {
    const deps = setUp();
    const incident = anIncident();
    await deps.incidents.create(incident);
    await deps.evidence.putTelemetry(incident.id, aTelemetry());
    const run = (runId: number, conclusion: string) => ({
      runId,
      runAttempt: 1,
      conclusion,
      onDefaultBranch: false,
      at: '2026-11-21T10:00:00.000Z',
    });
    for (const outcome of [
      run(1001, 'failure'),
      run(1, 'failure'),
      run(2, 'success'),
      run(3, 'success'),
      run(4, 'success'),
    ]) {
      await deps.stats.addRun('4711:acme/shop#77', outcome);
    }
    expect(await baseline({ incidentId: incident.id }, deps)).toEqual({
      runs: 4,
      failureRate: 0.25,
      preExisting: false,
    });
  });

  it('says that it does not know without runs', async () => {
    const deps = setUp();
    await deps.incidents.create(anIncident());
    expect(await baseline({ incidentId: anIncident().id }, deps)).toEqual({
      runs: 0,
      failureRate: null,
      preExisting: null,
    });
  });
});

describe('knowledge', () => {
  it('is nothing while the incident is not classified', async () => {
    const deps = setUp();
    await deps.incidents.create(anIncident());
    expect(await knowledge({ incidentId: anIncident().id }, deps)).toEqual({
      matchId: null,
      matchConfidence: 0,
      similar: 0,
    });
  });
});
