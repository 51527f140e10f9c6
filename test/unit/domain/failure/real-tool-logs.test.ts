import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ClassifyContext, classify } from '@selfheal/diagnosis/failure/classify.ts';
import { type Classification, FAMILY_OF, FailureClass, Verdict } from '@selfheal/kernel/failure-class.ts';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { loadFailureModel, loadSignatures } from '#shared/adapters/archive/data-files.ts';
import { makeExcerpts } from '#shared/app/gather/excerpts.ts';
import { redactedText } from '#test/builders/index.ts';

const ROOT = join(import.meta.dirname, '../../../..');
const LOGS = join(ROOT, 'test/fixtures/logs');
const DATA = join(ROOT, 'shared/data');

const Fixture = z.strictObject({
  file: z.string(),
  class: FailureClass,
  /** Classes that a person could defend as well. */
  also: z.array(FailureClass).default([]),
  /** Left out where the log alone does not say it. */
  verdict: Verdict.optional(),
  tool: z.string(),
});
type Fixture = z.infer<typeof Fixture>;

const fixtures = z.array(Fixture).parse(JSON.parse(readFileSync(join(LOGS, 'manifest.json'), 'utf8')));
const { signatures } = await loadSignatures(DATA);
const { model } = await loadFailureModel(DATA);
const context: ClassifyContext = { signatures, model };

/** Classified as the workflow and `log classify` do it: redacted, excerpted, then judged with the shipped signatures and model. */
function classified({ file }: Fixture): Classification {
  const excerpts = makeExcerpts(1);
  excerpts.open({ id: 'log', name: redactedText(file), url: null }).push(readFileSync(join(LOGS, file), 'utf8'));
  const gatheredAt = new Date(0).toISOString();
  return classify({ version: 1, incidentId: 'none', gatheredAt, ...excerpts.finish() }, context);
}

function classesOf(file: string): string[] {
  const { class: first, alternatives } = classified(Fixture.parse({ file, class: 'unknown', tool: '' }));
  return [first, ...alternatives.map((one) => one.class)];
}

/** The rows of the requirements that ask for each class. */
const ROW_OF: Partial<Record<FailureClass, string>> = {
  resource_exhaustion: 'C3',
  network_connectivity: 'C4',
  storage_issues: 'C5',
  service_unavailability: 'C6',
  dependency_conflicts: 'C7',
  configuration_errors: 'C8',
  runtime_exceptions: 'C9',
  memory_leaks: 'C10',
  flaky_tests: 'C11',
  test_environment_issues: 'C12',
  timing_dependencies: 'C13',
  external_service_failures: 'C14',
  vulnerability_blocking: 'C15',
  certificate_expiration: 'C16',
  access_control_failures: 'C17',
  compliance_violations: 'C18',
};

describe('what real tools print', () => {
  it.each(fixtures.map((fixture) => [ROW_OF[fixture.class] ?? 'code', fixture.file, fixture] as const))(
    '[%s] is classified: %s',
    (_row, _file, fixture) => {
      const found = classified(fixture);
      expect([fixture.class, ...fixture.also]).toContain(found.class);
      expect([fixture.class, ...fixture.also].map((one) => FAMILY_OF[one])).toContain(FAMILY_OF[found.class]);
      if (fixture.verdict !== undefined && found.class === fixture.class) expect(found.verdict).toBe(fixture.verdict);
    },
  );
});

describe('the logs kept from real tools', () => {
  const files = readdirSync(LOGS, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.log'));

  it('are those of the manifest, each once', () => {
    expect(fixtures.map((one) => one.file).sort()).toEqual(files.sort());
  });

  it('show every class with at least six logs', () => {
    const classes = FailureClass.options.filter((one) => one !== 'unknown');
    const counts = classes.map((one) => [one, fixtures.filter((fixture) => fixture.class === one).length] as const);
    expect(counts.filter(([, count]) => count < 6)).toEqual([]);
  });

  it('say nothing of the machine they were made on', () => {
    const telling = files.filter((name) =>
      /\/(?:work\/main|tmp\/rt|root)\b/.test(readFileSync(join(LOGS, name), 'utf8')),
    );
    expect(telling).toEqual([]);
  });
});

describe('categories that the requirements name, in logs of real tools', () => {
  it.each([
    ['A43', 'runtime_exceptions/python-event-loop-closed.log', 'runtime_exceptions'],
    ['A43', 'runtime_exceptions/python-never-awaited.log', 'runtime_exceptions'],
    ['A44', 'service_unavailability/psycopg2-refused.log', 'service_unavailability'],
    ['A45', 'service_unavailability/neo4j-driver-refused.log', 'service_unavailability'],
    ['A46', 'service_unavailability/redis-py-refused.log', 'service_unavailability'],
    ['A47', 'runtime_exceptions/pydantic-validation.log', 'runtime_exceptions'],
    ['A48', 'vulnerability_blocking/bandit.log', 'vulnerability_blocking'],
    ['A50', 'vulnerability_blocking/npm-audit.log', 'vulnerability_blocking'],
    ['C27', 'network_connectivity/curl-refused.log', 'network_connectivity'],
    ['C27', 'network_connectivity/curl-dns.log', 'network_connectivity'],
    ['C28', 'access_control_failures/git-bad-password.log', 'access_control_failures'],
    ['C29', 'dependency_conflicts/pytest-module-not-found.log', 'dependency_conflicts'],
    ['D66', 'resource_exhaustion/java-heap-space.log', 'resource_exhaustion'],
    ['D69', 'resource_exhaustion/dd-disk-full.log', 'resource_exhaustion'],
    ['D70', 'resource_exhaustion/psycopg2-slots-reserved.log', 'resource_exhaustion'],
    ['D70', 'resource_exhaustion/sqlalchemy-pool.log', 'resource_exhaustion'],
    ['D71', 'service_unavailability/curl-503.log', 'service_unavailability'],
    ['D72', 'access_control_failures/psql-password.log', 'access_control_failures'],
    ['D74', 'service_unavailability/psql-refused.log', 'service_unavailability'],
    ['D77', 'network_connectivity/curl-reset.log', 'network_connectivity'],
    ['D77', 'network_connectivity/curl-timeout.log', 'network_connectivity'],
  ])('[%s] %s is %s', (_row, file, wanted) => expect(classesOf(file)[0]).toBe(wanted));

  it('[D75] tells a database that cannot be reached from one that waits for locks', () => {
    expect(classesOf('service_unavailability/psql-refused.log')[0]).toBe('service_unavailability');
    expect(classesOf('timing_dependencies/postgres-deadlock.log')[0]).toBe('timing_dependencies');
    expect(classesOf('resource_exhaustion/postgres-lock-timeout.log')[0]).toBe('timing_dependencies');
  });

  it('[D76] tells used-up memory from a leak, and names both for a collector that frees nothing', () => {
    expect(classesOf('resource_exhaustion/java-heap-space.log')[0]).toBe('resource_exhaustion');
    expect(classesOf('memory_leaks/valgrind.log')[0]).toBe('memory_leaks');
    const both = classesOf('resource_exhaustion/java-gc-overhead.log');
    expect(both).toEqual(expect.arrayContaining(['resource_exhaustion', 'memory_leaks']));
  });
});
