import { expect, it } from 'vitest';
import { escalate } from '#shared/app/notify/escalate.ts';
import { ACTIONS } from '#shared/plugins/actions/registry.ts';
import { notifiersOf } from '#shared/plugins/notifiers/registry.ts';
import { aConfiguration, aDiagnosis, anAlarmTarget, anEvidence, anIncident } from '#test/builders/index.ts';
import {
  dyingAt,
  fakeClock,
  makeMemoryControlStore,
  makeMemoryEscalationChains,
  makeMemoryEvidenceStore,
  makeMemoryIncidentStore,
  makeMemoryMailer,
  makeRecordingLog,
  makeRecordingMeter,
} from '#test/fakes/index.ts';
import { localPoster } from '../../plugins/notifiers/local-poster.ts';

const EVERYTHING = { tell: ['incidents', 'approvals', 'upkeep'] as const };
const NOTIFIERS = { slack: EVERYTHING, teams: EVERYTHING, pagerduty: EVERYTHING, webhook: EVERYTHING };

/** An incident that is handed to people over mail and four services, whose local servers refuse what the vendors' would. */
async function setUp() {
  const clock = fakeClock();
  const configuration = aConfiguration({ notifiers: NOTIFIERS as never });
  const incident = anIncident({ target: anAlarmTarget() });
  const { poster, sent } = localPoster();
  const deps = {
    incidents: makeMemoryIncidentStore(clock),
    evidence: makeMemoryEvidenceStore(),
    chains: makeMemoryEscalationChains(),
    control: makeMemoryControlStore(clock),
    notifiers: notifiersOf(configuration),
    mailer: makeMemoryMailer(),
    actions: ACTIONS,
    configuration,
    dashboardUrl: 'https://selfheal.example.com',
    clock,
    poster,
    meter: makeRecordingMeter(),
    log: makeRecordingLog(),
  };
  await deps.incidents.create(incident);
  await deps.evidence.putEvidence(anEvidence({ incidentId: incident.id }));
  await deps.evidence.putDiagnosis(incident.id, aDiagnosis({}));
  /** Where, and what a receiver knows a repeat by. */
  const told = () => [
    ...sent.map(({ url, headers, body }) => ({ url, message: headers?.['webhook-id'] ?? body })),
    ...deps.mailer.mails.map(({ subject, message }) => ({ url: 'mail', message: `${subject} ${message}` })),
  ];
  return { deps, told, input: { incidentId: incident.id, reason: 'No safe action fits.', error: null } };
}

it('a step that dies at any await while it tells five channels tells each once, and once more only the one after which it died', async () => {
  let deaths = 0;
  let repeats = 0;
  for (const when of ['before', 'after'] as const) {
    for (let n = 1; ; n += 1) {
      const { deps, input, told } = await setUp();
      const { wrap, died } = dyingAt(n, when);
      const { incidents, evidence, chains, control, mailer, poster } = deps;
      const dying = {
        ...deps,
        incidents: wrap(incidents),
        evidence: wrap(evidence),
        chains: wrap(chains),
        control: wrap(control),
        mailer: wrap(mailer),
        poster: wrap(poster),
      };
      const outcome = await Promise.race([escalate(input, dying), died]);
      if (outcome === 'died') await escalate(input, deps);
      // Nothing is left to tell.
      const before = told().length;
      await escalate(input, deps);
      expect(told()).toHaveLength(before);
      const channels = new Set(told().map(({ url }) => url));
      expect(channels.size).toBe(5);
      const again = before - channels.size;
      expect(again).toBeLessThanOrEqual(1);
      // Said in the same words, or under the same id.
      expect(new Set(told().map(({ url, message }) => `${url} ${message}`)).size).toBe(5);
      if (outcome !== 'died') {
        expect(again).toBe(0);
        break;
      }
      deaths += 1;
      repeats += again;
    }
  }
  // Between the answer of a service and the record of it, nobody can know whether people were told: they are told again.
  expect(repeats).toBeLessThan(deaths / 2);
  expect(deaths).toBeGreaterThan(40);
});
