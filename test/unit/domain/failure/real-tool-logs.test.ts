import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { loadFailureModel, loadSignatures } from '#shared/adapters/archive/data-files.ts';
import { makeExcerpts } from '#shared/app/gather-excerpts.ts';
import { type ClassifyContext, classify } from '#shared/domain/failure/classify.ts';
import { type Classification, FAMILY_OF, FailureClass, Verdict } from '#shared/domain/failure/failure-class.ts';

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
  excerpts.open({ id: 'log', name: file, url: null }).push(readFileSync(join(LOGS, file), 'utf8'));
  const gatheredAt = new Date(0).toISOString();
  return classify({ version: 1, incidentId: 'none', gatheredAt, ...excerpts.finish() }, context);
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
