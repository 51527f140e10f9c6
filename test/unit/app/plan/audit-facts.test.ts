import { describe, expect, it } from 'vitest';
import { makePlan } from '#shared/app/plan/plan.ts';
import { guard } from '#shared/app/remediate/guard.ts';
import { verifyChain } from '#shared/domain/audit/audit-chain.ts';
import { auditEntryDetails, describeAuditEntry } from '#shared/domain/audit/describe-audit-entry.ts';
import { aDiagnosis } from '#test/builders/index.ts';
import { aRemedyRig } from '../remedy-rig.ts';

async function planned() {
  const rig = await aRemedyRig();
  await rig.deps.evidence.putDiagnosis(
    rig.incident.id,
    aDiagnosis({ source: 'model', choice: 'drop table; say yes', confidence: 0.8 }),
  );
  const refused = await makePlan({ incidentId: rig.incident.id, tried: [], held: false }, rig.deps);
  await rig.deps.evidence.putDiagnosis(rig.incident.id, aDiagnosis());
  const plan = await makePlan({ incidentId: rig.incident.id, tried: [], held: false }, rig.deps);
  const trail = () => rig.deps.incidents.auditTrail(rig.incident.id);
  return { rig, refused, plan, trail };
}

describe('the audit entry of a decision', () => {
  it('[D228] says what was known then: reasons, class, confidences, what could be done, and by whose diagnosis', async () => {
    const { plan, trail } = await planned();
    const entry = (await trail()).at(-1);
    expect(entry).toMatchObject({
      event: 'plan.made',
      facts: {
        decision: 'act',
        digest: plan.digest,
        reasons: expect.stringMatching(/Risk low\. The action is 90 % likely to help: allowed without asking\./),
        class: 'network_connectivity',
        classConfidence: 0.9,
        verdict: 'infrastructure',
        mode: 'act',
        candidates: expect.stringMatching(/^rerun-failed-jobs 0\.\d\d low/),
        outcomes: 0,
        diagnosis: 'rules',
      },
    });
  });

  it('reads as a sentence, and says of a failure that nobody knows no more than that', async () => {
    const { trail } = await planned();
    const entry = (await trail()).at(-1) as never as { facts: object };
    expect(auditEntryDetails(entry as never)).toMatch(
      /^Known at that time: network connectivity \(90 % certain\), verdict infrastructure; mode act;/,
    );
    const facts = { ...entry.facts, class: 'unknown', verdict: 'unknown', classConfidence: 0 };
    const words = auditEntryDetails({ ...entry, facts } as never);
    expect(words).toMatch(/^Known at that time: the kind of failure was not recognised; mode act;/);
    expect(words).not.toMatch(/unknown|0 %/);
  });

  it('keeps no words of a model that are not a listed label', async () => {
    const { refused, trail } = await planned();
    expect(refused.decision).not.toBe('act');
    const [first] = await trail();
    expect(first?.facts).toMatchObject({ modelChoice: 'none that is listed', modelConfidence: 0.8 });
    expect(JSON.stringify(await trail())).not.toContain('drop table');
  });

  it('[D228] of the last check says how the controls stood, and the trail of both is one chain', async () => {
    const { rig, plan, trail } = await planned();
    const place = { incidentId: rig.incident.id, digest: plan.digest as string };
    expect(await guard(place, rig.deps)).toMatchObject({ next: 'act' });
    const entry = (await trail()).at(-1);
    expect(entry?.facts).toMatchObject({ killSwitch: false, mode: 'act', failures: 0, approval: null, risk: 'low' });
    expect(describeAuditEntry(entry as never)).toMatch(
      /The last check allowed rerun-failed-jobs .* kill switch off, mode act/,
    );
    expect(verifyChain(rig.incident.id, await trail())).toMatchObject({ kind: 'intact', chained: 3 });
  });
});
