import { readFailure } from '@selfheal/diagnosis/causality/read-failure.ts';
import type { FailureClass } from '@selfheal/kernel/failure-class.ts';
import type { Evidence } from '@selfheal/log-reading/logs/evidence.ts';
import { describe, expect, it } from 'vitest';
import { loadFailureModel, loadSignatures } from '#shared/adapters/archive/data-files.ts';
import { anIncident, redactedText } from '#test/builders/index.ts';
import { aGatherRig } from '../gather-rig.ts';

const { signatures } = await loadSignatures('shared/data');
const { model } = await loadFailureModel('shared/data');

/** Titles as people on call write them. */
const TITLES: readonly (readonly [title: string, wanted: FailureClass])[] = [
  ['Spark OOM Error', 'resource_exhaustion'],
  ['OOM in recommendation pods', 'resource_exhaustion'],
  ['Redis evictions / memory pressure', 'resource_exhaustion'],
  ['Out of disk space on db-primary', 'resource_exhaustion'],
  ['disk usage 95% on log-host', 'resource_exhaustion'],
  ['High CPU on web-1', 'resource_exhaustion'],
  ['Kafka consumer lag growing', 'resource_exhaustion'],
  ['Slow queries on orders database', 'resource_exhaustion'],
  ['Postgres connection pool exhausted', 'resource_exhaustion'],
  ['search-api memory keeps growing since Monday', 'memory_leaks'],
  ['Database timeout', 'service_unavailability'],
  ['Redis Server Down', 'service_unavailability'],
  ['Cache Service Unavailable', 'service_unavailability'],
  ['Cannot connect to Redis instance', 'service_unavailability'],
  ['Unable to reach the mongodb primary', 'service_unavailability'],
  ['checkout is down', 'service_unavailability'],
  ['Elasticsearch cluster red', 'service_unavailability'],
  ['Payment API returning 500s', 'service_unavailability'],
  ['nginx 504s on /search', 'service_unavailability'],
  ['Node NotReady in eks prod', 'service_unavailability'],
  ['mongo primary stepped down, writes failing', 'service_unavailability'],
  ['Third-party payment provider outage', 'external_service_failures'],
  ['DNS not resolving', 'network_connectivity'],
  ['Network Timeout', 'network_connectivity'],
  ["DB failover happened, app can't connect", 'network_connectivity'],
  ['Expired cert on vpn gateway', 'certificate_expiration'],
  ['SSL handshake errors between gateway and auth', 'certificate_expiration'],
  ['Login broken: 401 for all users', 'access_control_failures'],
  ['S3 access denied from thumbnailer', 'access_control_failures'],
  ['Missing environment variable STRIPE_KEY after deploy', 'configuration_errors'],
  ['Deploy failed: image not found', 'configuration_errors'],
  ['Pods crashlooping in prod', 'runtime_exceptions'],
  ['Deadlocks in billing', 'timing_dependencies'],
  ['npm install fails: dependency conflict', 'dependency_conflicts'],
  ['Corrupted index after restart', 'storage_issues'],
  // Titles that say too little.
  ['Users report blank page after release', 'unknown'],
  ['data mismatch in billing export', 'unknown'],
  ['Scale down the workers tonight', 'unknown'],
];

async function aReportedFailure(title: string, description = '', lines: string[] = []) {
  const target = {
    kind: 'report',
    reportId: 'c'.repeat(32),
    service: 'checkout',
    repository: null,
    severity: 'high',
    reportedBy: 'ada@example.com',
    reportedAt: '2026-11-21T12:00:00.000Z',
    simulated: true,
  } as const;
  const incident = anIncident({ target, tainted: { title, branch: null, reason: null } });
  const rig = await aGatherRig({ incident });
  await rig.evidence.putReport({
    version: 1,
    incidentId: incident.id,
    description: redactedText(description),
    lines: lines.map(redactedText),
  });
  await rig.run();
  const evidence = await rig.evidence.getEvidence(incident.id);
  if (evidence === null) throw new Error('nothing was gathered');
  return evidence;
}

const read = (evidence: Evidence) => readFailure(evidence, { signatures, model, about: 'service' }).classification;
const texts = ({ sources }: Evidence) => sources.map(({ lines }) => lines.map(({ text }) => text));

describe('gathering what somebody reported', () => {
  it.each(TITLES)('reads "%s" as %s', async (title, wanted) => {
    const evidence = await aReportedFailure(title);
    const { class: answer, confidence } = read(evidence);
    expect(answer).toBe(wanted);
    expect(texts(evidence)).toEqual([[title]]);
    expect(confidence).toBeLessThan(0.9);
  });

  it('quotes title and description as the words of whoever reported it, and the log apart from them', async () => {
    const evidence = await aReportedFailure('Cart is broken', 'Since noon.\nRedis does not answer.', ['ERROR boom']);
    expect(texts(evidence)).toEqual([['Cart is broken', 'Since noon.', 'Redis does not answer.'], ['ERROR boom']]);
    expect(evidence.sources.map(({ name }) => name)).toEqual(['Report by ada@example.com', 'Log in the report']);
  });

  it('trusts the log of a report more than its title, and words of people in a log not at all', async () => {
    const log = ['ERROR FATAL: remaining connection slots are reserved for non-replication superuser connections'];
    expect(read(await aReportedFailure('checkout is down', '', log)).class).toBe('resource_exhaustion');
    expect(read(await aReportedFailure('Odd', '', ['note: checkout is down'])).class).toBe('unknown');
  });

  it('is at most as sure of a title as its signature', async () => {
    const { confidence, signature } = read(await aReportedFailure('Database timeout'));
    expect([confidence, signature]).toEqual([0.68, 'told-timeout']);
  });
});
