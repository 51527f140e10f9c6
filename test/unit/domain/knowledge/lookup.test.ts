import { join } from 'node:path';
import { fingerprintOf } from '@selfheal/diagnosis/failure/fingerprint.ts';
import type { Classification, FailureClass } from '@selfheal/kernel/failure-class.ts';
import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { loadPlaybooks } from '#shared/adapters/archive/data-files.ts';
import { KnowledgeEntry } from '#shared/domain/knowledge/knowledge-entry.ts';
import {
  isSureMatch,
  type KnowledgeMatch,
  lookupKnowledge,
  MAX_UNSURE_CONFIDENCE,
} from '#shared/domain/knowledge/lookup.ts';
import { parsePlaybooks } from '#shared/domain/knowledge/playbooks.ts';
import { makeRecall } from '#shared/domain/knowledge/search/recall.ts';
import { type RememberedEntry, rememberedEntry } from '#shared/domain/knowledge/search/remembered-entry.ts';
import { termsOfText } from '#shared/domain/knowledge/search/terms.ts';

const { entries } = await loadPlaybooks(join(import.meta.dirname, '../../../../shared/data'));

const classified = (failureClass: FailureClass, fingerprint: string | null = null): Classification => ({
  class: failureClass,
  verdict: 'unknown',
  confidence: 0.8,
  alternatives: [],
  signature: null,
  fingerprint,
  evidence: [],
});

const learned = (more: Partial<z.input<typeof KnowledgeEntry>>): KnowledgeEntry =>
  KnowledgeEntry.parse({
    version: 1,
    id: 'learned-1',
    title: 'Cart total',
    origin: 'incident',
    class: 'test_failure',
    fingerprints: ['aaaaaaaaaaaaaaaa'],
    keywords: [],
    rootCause: 'The tax was added twice.',
    resolution: 'Add it once.',
    prevention: '',
    confidence: 0.8,
    successes: 3,
    failures: 0,
    updatedAt: '2026-01-02T03:04:05Z',
    ...more,
  });

interface Asked {
  readonly classification: Classification;
  readonly lines: readonly string[];
}

/** As the workflow looks up: recall over the entries, then what is made of it. */
function lookUp({ classification, lines }: Asked, known: readonly KnowledgeEntry[]): KnowledgeMatch {
  const recall = makeRecall<RememberedEntry>();
  for (const entry of known) recall.put(rememberedEntry(entry));
  const query = { ...classification, terms: termsOfText(lines.join('\n')), now: new Date('2026-11-20T00:00:00.000Z') };
  return lookupKnowledge(classification, recall.find(query, { limit: 30 }));
}

describe('the lookup of knowledge', () => {
  it('[A75] finds the entry of exactly this failure first, sure enough to spare the model after three successes', () => {
    const found = lookUp({ classification: classified('test_failure', 'aaaaaaaaaaaaaaaa'), lines: [] }, [
      ...entries,
      learned({}),
    ]);
    expect(found.match?.id).toBe('learned-1');
    expect(found.confidence).toBeGreaterThanOrEqual(0.85);
    expect(found.similar.map(({ entry }) => entry.id)).not.toContain('learned-1');
  });

  it('[D30][D198] believes less in an entry that failed, and prefers one that worked', () => {
    const query = { classification: classified('test_failure', 'aaaaaaaaaaaaaaaa'), lines: [] };
    const failed = learned({ id: 'failed', successes: 0, failures: 4 });
    expect(lookUp(query, [failed]).confidence).toBeLessThan(0.5);
    const helpedOnce = learned({ id: 'helped-once', successes: 1, failures: 3 });
    expect(lookUp(query, [helpedOnce]).confidence).toBeCloseTo((helpedOnce.confidence * 2 + 1) / 6, 6);
    expect(lookUp(query, [failed, learned({})]).match?.id).toBe('learned-1');
  });

  it.each<[FailureClass, string, string]>([
    [
      'resource_exhaustion',
      'ExecutorLostFailure (executor 3 exited) spark yarn memoryOverhead exceeded, heap spill in shuffle',
      'spark-executor-memory',
    ],
    [
      'timing_dependencies',
      'airflow AirflowTaskTimeout in sensor task of dag, execution_timeout reached',
      'airflow-task-timeout',
    ],
    [
      'resource_exhaustion',
      'QueuePool limit of size 5: database connections of the pool, postgres too many clients',
      'database-pool-exhausted',
    ],
    ['service_unavailability', 'neo4j driver ServiceUnavailable bolt uri 7687 routing discovery', 'neo4j-uri'],
    ['certificate_expiration', 'x509: certificate expired, tls chain notAfter', 'certificate-expired'],
  ])('ranks the playbook of %s first for "%s"', (failureClass, line, id) => {
    const found = lookUp({ classification: classified(failureClass), lines: [line] }, entries);
    expect((found.match ?? found.similar[0]?.entry)?.id).toBe(id);
    expect(found.confidence).toBeLessThan(0.85);
  });

  it('[D26] says why an entry is similar', () => {
    const found = lookUp(
      { classification: classified('unknown'), lines: ['neo4j bolt routing discovery serviceunavailable driver uri'] },
      entries,
    );
    expect(found.match).toBeNull();
    expect(found.similar[0]?.why).toContain('neo4j');
    expect(found.similar.length).toBeLessThanOrEqual(5);
  });

  it.each<[row: string, FailureClass, line: string, advice: RegExp]>([
    ['D82', 'resource_exhaustion', 'ExecutorLostFailure: spark executor heap', /Raise `spark\.executor\.memory`/],
    ['D83', 'timing_dependencies', 'airflow AirflowTaskTimeout of task in dag', /raise `execution_timeout`/],
    ['D84', 'resource_exhaustion', 'QueuePool limit: database connections of the pool', /Restart the service/],
  ])('[%s] advises for %s "%s"', (_row, failureClass, line, advice) => {
    const found = lookUp({ classification: classified(failureClass), lines: [line] }, entries);
    expect(found.match?.resolution).toMatch(advice);
    expect(found.similar.map(({ entry }) => entry)).not.toContain(found.match);
  });

  it('[D81] knows a learned failure again in another variant: another time, checkout, line number and value', () => {
    const variant = (line: string) => fingerprintOf('test', [line]);
    const entry = learned({ fingerprints: [variant('2026-01-02T03:04:05Z /home/a/cart.py:3 order 17 took 3.2s')] });
    const confidence = (line: string) =>
      lookUp({ classification: classified('test_failure', variant(line)), lines: [] }, [entry]).confidence;
    expect(
      confidence('2027-05-06T07:08:09Z /home/build/jobs/b/cart.py:4 order 99881 took 812ms'),
    ).toBeGreaterThanOrEqual(0.85);
    expect(confidence('2026-01-02T03:04:05Z /home/a/tax.py:3 invoice 17 took 3.2s')).toBeLessThan(0.85);
  });

  it('[E28] gives past incidents like this one with what resolved them', () => {
    const past = learned({ keywords: ['cart', 'tax'], fingerprints: ['bbbbbbbbbbbbbbbb'] });
    const other = learned({ id: 'learned-2', title: 'Login', rootCause: 'The clock was wrong.', fingerprints: [] });
    const query = { classification: classified('test_failure', 'cccccccccccccccc'), lines: ['cart total tax wrong'] };
    const { match, similar } = lookUp(query, [...entries, past, other]);
    const found = [...(match ? [match] : []), ...similar.map(({ entry }) => entry)];
    expect(found[0]).toMatchObject({ id: 'learned-1', origin: 'incident', resolution: 'Add it once.' });
    expect(found.map(({ id }) => id)).not.toContain('learned-2');
  });

  it.each([
    [0.85, true],
    [0.84, false],
    [MAX_UNSURE_CONFIDENCE, false],
  ])('needs no model for a known fix of confidence %d: %s', (confidence, isSure) => {
    expect(isSureMatch({ match: learned({}), confidence })).toBe(isSure);
    expect(isSureMatch({ match: null, confidence })).toBe(false);
  });

  it('finds nothing for a log that shares no word with anything', () => {
    expect(lookUp({ classification: classified('unknown'), lines: ['zzz qqq'] }, entries)).toEqual({
      match: null,
      confidence: 0,
      similar: [],
    });
  });
});

describe('a file of playbooks', () => {
  it('names what is wrong with an entry and loads the others', () => {
    const good = {
      id: 'a',
      title: 'A',
      class: 'flaky_tests',
      keywords: ['A'],
      rootCause: 'r',
      resolution: 's',
      prevention: 'p',
      confidence: 0.5,
    };
    const parsed = parsePlaybooks([
      { name: 'x.yaml', content: { playbooks: [good, { ...good, id: 'b', confidence: 7 }, good] } },
      { name: 'y.yaml', content: [] },
    ]);
    expect(parsed.entries.map((entry) => entry.id)).toEqual(['a']);
    expect(parsed.entries[0]?.keywords).toEqual(['a']);
    expect(parsed.problems.map((problem) => problem.split(':')[0])).toEqual([
      'x.yaml, playbook b',
      'x.yaml, playbook a',
      'y.yaml',
    ]);
  });
});
