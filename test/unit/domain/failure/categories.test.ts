import { join } from 'node:path';
import { classify } from '@selfheal/diagnosis/failure/classify.ts';
import { expect, it } from 'vitest';
import { loadSignatures } from '#shared/adapters/archive/data-files.ts';
import { anEvidence } from '#test/builders/index.ts';

const { signatures } = await loadSignatures(join(import.meta.dirname, '../../../../shared/data'));
const classOf = (...texts: string[]) => classify(anEvidence({ texts }), { signatures });

it('[C36] gives one text every category it shows, each with its confidence', () => {
  const found = classOf(
    'WARNING: DATA RACE',
    'LeakSanitizer: detected memory leaks',
    "ModuleNotFoundError: No module named 'orders'",
  );
  const categories = [found, ...found.alternatives];
  expect(categories.map((one) => one.class).sort()).toEqual(['dependency_conflicts', 'flaky_tests', 'memory_leaks']);
  for (const { confidence } of categories) expect(confidence).toBeGreaterThan(0.4);
});

it.each([
  ['service_unavailability', 'ERROR health check failed for api'],
  ['configuration_errors', 'Error: Missing required environment variable: DATABASE_URL'],
])('[D78] knows %s in "%s"', (wanted, line) => expect(classOf(line).class).toBe(wanted));
