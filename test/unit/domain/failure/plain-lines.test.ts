import { join } from 'node:path';
import { isWorded } from '@selfheal/diagnosis/failure/class-wordings.ts';
import { classify } from '@selfheal/diagnosis/failure/classify.ts';
import { type Classification, FailureClass } from '@selfheal/kernel/failure-class.ts';
import { describe, expect, it } from 'vitest';
import { loadFailureModel, loadSignatures } from '#shared/adapters/archive/data-files.ts';
import { makeExcerpts } from '#shared/app/gather/excerpts.ts';
import { anEvidence, redactedText } from '#test/builders/index.ts';

const DATA = join(import.meta.dirname, '../../../../shared/data');
const { signatures } = await loadSignatures(DATA);
const { model } = await loadFailureModel(DATA);

function classified(...lines: string[]): Classification {
  const excerpts = makeExcerpts(1);
  excerpts.open({ id: 'log', name: redactedText('log'), url: null }).push(`${lines.join('\n')}\n`);
  const evidence = { version: 1 as const, incidentId: 'none', gatheredAt: new Date(0).toISOString() };
  return classify({ ...evidence, ...excerpts.finish() }, { signatures, model });
}

describe('single lines of services, in plain words', () => {
  it.each<[FailureClass, string]>([
    ['service_unavailability', '2026-11-12 08:00:01 ERROR Could not connect to MySQL database at db-1:3306'],
    ['service_unavailability', 'WARN Connection to RabbitMQ was lost'],
    ['service_unavailability', 'mongo is not responding'],
    ['service_unavailability', 'Kafka broker kafka-2 is unreachable'],
    ['service_unavailability', 'cannot reach upstream payments'],
    ['service_unavailability', 'timed out waiting for a reply from inventory'],
    ['runtime_exceptions', 'Service checkout failed to start'],
    ['runtime_exceptions', 'Application application_1762905600000_0007 failed'],
    ['configuration_errors', 'Invalid setting: pool.size'],
    ['configuration_errors', 'configuration error: unknown key "retries"'],
    ['resource_exhaustion', 'disk full on volume pgdata'],
    ['resource_exhaustion', 'ERROR file system /var is 100% full'],
    ['timing_dependencies', 'lock acquisition timed out on table orders'],
  ])('%s: %s', (wanted, line) => {
    const { class: found, confidence } = classified(line);
    expect(found).toBe(wanted);
    expect(confidence).toBeGreaterThan(0.5);
  });
});

describe('access logs with server errors', () => {
  it.each([
    '10.2.3.4 - - [12/Nov/2026:10:11:12 +0000] "POST /checkout HTTP/1.1" 502 157 "-" "curl/8.0"',
    '10.2.3.4 - - [12/Nov/2026:10:11:12 +0000] "GET /cart HTTP/2.0" 500 98',
    'GET /orders 504 30001.2 ms - 21',
    'INFO:     10.2.3.4:50310 - "GET /cart HTTP/1.1" 500 Internal Server Error',
    'Completed 500 Internal Server Error in 12ms (ActiveRecord: 3.1ms)',
    '[12/Nov/2026 10:11:12] "GET /cart/ HTTP/1.1" 500 145',
  ])('mean a service that does not serve, alone and among answers that went well: %s', (line) => {
    expect(classified(line).class).toBe('service_unavailability');
    const well = '10.2.3.4 - - [12/Nov/2026:10:11:12 +0000] "GET /health HTTP/1.1" 200 8';
    const among = Array.from({ length: 120 }, (_, at) => (at % 20 === 7 ? line : well));
    expect(classified(...among).class).toBe('service_unavailability');
  });

  it('are unknown where every answer went well', () => {
    const well = '10.2.3.4 - - [12/Nov/2026:10:11:12 +0000] "GET /health HTTP/1.1" 200 8';
    expect(classified(...Array.from({ length: 60 }, () => well)).class).toBe('unknown');
  });
});

describe('a class that no word speaks for', () => {
  it.each(['"12" 204', '== 17 == 3 ==', 'x y z', '>>> 4', 'a:1 b:2 c:3', '[ 12 ] / [ 14 ]', '-- 500 -- 12 --', '{}'])(
    'is not guessed: %s',
    (line) => expect(classified(line).class).toBe('unknown'),
  );

  it('is never one of the model alone, whichever class that is', () => {
    const nothing = anEvidence({ texts: ['12 -> 14', '== =='] });
    expect(FailureClass.options.filter((one) => isWorded(one, nothing))).toEqual([]);
  });

  it('is no lint violation without a linter, a rule or a place', () => {
    expect(isWorded('lint_violation', anEvidence({ texts: ['"GET /api/x" 503', 'Error: oops', 'exit 1'] }))).toBe(
      false,
    );
    const findings = ['src/a.ts:3:7 lint/style/useConst', 'app.py:3:80: E501 line too long (91 > 79)', '3 offenses'];
    for (const text of findings) expect(isWorded('lint_violation', anEvidence({ texts: [text] }))).toBe(true);
  });
});
