import { describe, expect, it } from 'vitest';
import { bottlenecksOf, type MetricKind, type MetricSeries } from '#shared/domain/performance/bottlenecks.ts';
import { codeSigns } from '#shared/domain/performance/code-signs.ts';
import { costSuggestions, type Provision } from '#shared/domain/performance/costs.ts';
import type { Evidence, Sign } from '#shared/domain/performance/evidence.ts';
import { makeLogSigns } from '#shared/domain/performance/log-signs.ts';
import { Performance } from '#shared/domain/performance/performance-settings.ts';
import { STRATEGIES } from '#shared/domain/performance/strategies.ts';
import { suggestionsFrom } from '#shared/domain/performance/suggestions.ts';

const LIMITS = Performance.parse({});
const aSeries = (kind: MetricKind, values: readonly number[], instance: string | null = null): MetricSeries => ({
  kind,
  name: kind,
  instance,
  values,
});
const always = (value: number, count = 100): number[] => Array.from({ length: count }, () => value);
const signsIn = (lines: readonly string[]): Evidence[] => {
  const signs = makeLogSigns('app.log', LIMITS);
  for (const [index, line] of lines.entries()) signs.next(index + 1, line);
  return signs.evidence();
};
const idsOf = (evidence: readonly Evidence[]): string[] => suggestionsFrom(evidence).map(({ id }) => id);
const namesOf = (evidence: readonly Evidence[]): Sign[] => evidence.map(({ sign }) => sign);
const times = (count: number, line: (index: number) => string): string[] =>
  Array.from({ length: count }, (_, i) => line(i));

describe('bottleneck rules', () => {
  it.each<[string, MetricKind, number, number]>([
    ['[C55] CPU over 80%', 'cpu-percent', 80, 81],
    ['[C56] memory over 85%', 'memory-percent', 85, 86],
    ['[C57] queries over 1000 ms', 'database-query-ms', 1000, 1001],
  ])('%s is a bottleneck, and at the limit it is none', (_, kind, at, over) => {
    expect(bottlenecksOf([aSeries(kind, always(at))], LIMITS).bottlenecks).toEqual([]);
    expect(bottlenecksOf([aSeries(kind, always(over))], LIMITS).bottlenecks).toMatchObject([
      { kind, limit: at, value: over },
    ]);
  });

  it('forgives a spike, and not what is above in more than a twentieth of the time', () => {
    const spikes = (count: number) => [aSeries('cpu-percent', [...always(40, 100 - count), ...always(99, count)])];
    expect(bottlenecksOf(spikes(5), LIMITS).bottlenecks).toEqual([]);
    expect(bottlenecksOf(spikes(6), LIMITS).bottlenecks).toHaveLength(1);
  });

  it('keeps to the limits of the configuration', () => {
    const strict = Performance.parse({ cpuPercent: 50 });
    expect(bottlenecksOf([aSeries('cpu-percent', always(60))], strict).bottlenecks).toMatchObject([{ limit: 50 }]);
  });

  it('takes few hits of a cache for worse, and an empty metric for nothing', () => {
    expect(bottlenecksOf([aSeries('cache-hit-percent', always(40))], LIMITS).evidence).toMatchObject([
      { sign: 'cache-misses' },
    ]);
    expect(bottlenecksOf([aSeries('cache-hit-percent', always(95))], LIMITS).evidence).toEqual([]);
    expect(bottlenecksOf([aSeries('cache-hit-percent', [])], LIMITS)).toEqual({ bottlenecks: [], evidence: [] });
  });
});

describe('what speaks for each strategy', () => {
  const PG = 'LOG:  duration: 2345.678 ms  statement: SELECT * FROM orders WHERE customer = 7';
  const LOOP = ['for (const id of ids) {', '  rows.push(await db.query(sql, [id]));', '}'].join('\n');

  it.each<[string, string, readonly Evidence[]]>([
    ['[C58]', 'add_index_suggestions', signsIn([PG, '  ->  Seq Scan on orders  (cost=0.00..18334.00)'])],
    ['[C59]', 'query_optimization', signsIn(times(12, (i) => `SELECT name FROM customers WHERE id = ${i}`))],
    ['[C60]', 'connection_pooling', signsIn(['FATAL: sorry, too many clients already'])],
    ['[C61]', 'caching_strategies', signsIn(times(30, () => '"GET /api/prices?region=eu HTTP/1.1" 200'))],
    ['[C62]', 'async_optimization', bottlenecksOf([aSeries('event-loop-lag-ms', always(400))], LIMITS).evidence],
    ['[C63]', 'batch_processing', signsIn(times(15, (i) => `POST /api/items/${i} 201`))],
    ['[C64]', 'resource_scaling', bottlenecksOf([aSeries('memory-percent', always(93))], LIMITS).evidence],
    [
      '[C65]',
      'load_balancing',
      bottlenecksOf([aSeries('cpu-percent', always(75), 'a'), aSeries('cpu-percent', always(20), 'b')], LIMITS)
        .evidence,
    ],
    ['[C66]', 'caching_layers', bottlenecksOf([aSeries('cache-hit-percent', always(35))], LIMITS).evidence],
  ])('%s %s comes first where its signs were seen', (_, id, evidence) => {
    expect(idsOf(evidence)[0]).toBe(id);
  });

  it('[C67] suggests nothing without evidence, and never what nothing speaks for', () => {
    expect(suggestionsFrom([])).toEqual([]);
    for (const { id, evidence } of suggestionsFrom(signsIn([PG]))) {
      const { signs = {} } = STRATEGIES.find((one) => one.id === id) ?? {};
      expect(evidence.length).toBeGreaterThan(0);
      expect(namesOf(evidence).every((sign) => Object.hasOwn(signs, sign))).toBe(true);
    }
  });

  it('[C67] ranks by how surely it applies and what it brings: more and clearer evidence ranks higher', () => {
    const [alone] = suggestionsFrom(codeSigns('a.js', LOOP));
    const both = suggestionsFrom([
      ...codeSigns('a.js', LOOP),
      ...signsIn(times(40, (i) => `SELECT a FROM t WHERE id = ${i}`)),
    ]);
    expect(both[0]).toMatchObject({ id: 'query_optimization' });
    expect(both[0]?.score).toBeGreaterThan(alone?.score ?? 1);
    expect(both.map(({ score }) => score)).toEqual(both.map(({ score }) => score).toSorted((a, b) => b - a));
    expect(both[0]?.score).toBeCloseTo((both[0]?.belief ?? 0) * (both[0]?.effect ?? 0), 12);
  });

  it('weighs every sign and effect between 0 and 1, so that nothing is ever certain', () => {
    const weights = STRATEGIES.flatMap(({ signs, effect }) => [effect, ...Object.values(signs)]);
    expect(weights.every((weight) => weight > 0 && weight < 1)).toBe(true);
  });
});

describe('signs in logs', () => {
  it.each<[string, string, readonly Sign[]]>([
    ['PostgreSQL', 'duration: 1500.1 ms  statement: BEGIN', ['slow-query']],
    ['a quick statement', 'duration: 3.1 ms  statement: BEGIN', []],
    ['MySQL', '# Query_time: 4.2  Lock_time: 0.0 Rows_sent: 1  Rows_examined: 500000', ['slow-query', 'rows-examined']],
    [
      'MongoDB',
      '{"msg":"Slow query","attr":{"planSummary":"COLLSCAN","durationMillis":3000}}',
      ['slow-query', 'full-scan'],
    ],
    ['a pool', 'HikariPool-1 - Connection is not available, request timed out after 30000ms.', ['pool-exhausted']],
    ['a health check', 'GET /health 200', []],
  ])('reads what %s writes', (_, line, signs) => {
    expect(namesOf(signsIn([line]))).toEqual(signs);
  });

  it('takes no loop for granted: other statements in between end it, and the same one again is none', () => {
    const mixed = times(40, (i) => (i % 2 === 0 ? `SELECT a FROM t WHERE id = ${i}` : `UPDATE u SET n = ${i}`));
    expect(namesOf(signsIn(mixed))).not.toContain('repeated-statement');
    expect(namesOf(signsIn(times(40, () => 'SELECT a FROM t WHERE id = 3')))).toEqual(['same-read-again']);
    expect(signsIn(times(40, () => 'GET /healthz 200'))).toEqual([]);
  });

  it('knows a loop over rows also where values are written elsewhere, and does not take it for the same read', () => {
    const prepared = times(12, () => 'Hibernate: select o.id, o.total from orders o where o.id=?');
    expect(namesOf(signsIn(prepared))).toEqual(['repeated-statement']);
    const postgres = times(30, (i) => `execute <unnamed>: SELECT a FROM t WHERE id = $1 [["id", ${i}]]`);
    expect(namesOf(signsIn(postgres))).toEqual(['repeated-statement']);
    expect(signsIn(times(30, () => 'Select a file to update it from here.'))).toEqual([]);
  });

  it('tells places and counts, never what stood in the log', () => {
    const [evidence] = signsIn(['', `duration: 2345.678 ms  statement: SELECT '${'hunter'}2'`]);
    expect(evidence).toMatchObject({ where: 'app.log:2', text: 'lines that tell of a query over 1000 ms: 1' });
    expect(JSON.stringify(evidence)).not.toContain('hunter');
  });
});

describe('signs in code', () => {
  it.each<[string, string, readonly Sign[]]>([
    ['a query in a loop', 'for row in rows:\n    cur.execute(sql, row)', ['query-in-loop']],
    ['a query after a loop', 'for row in rows:\n    total += row\ncur.execute(sql)', []],
    ['calls one after the other', 'for (const u of urls) {\n  out.push(await load(u));\n}', ['await-in-loop']],
    ['calls together', 'await Promise.all(urls.map((u) =>\n  load(u)));', []],
    ['a blocking read at the start', "const text = readFileSync('a');", []],
    ['a blocking read in a function', "function handle() {\n  return readFileSync('a');\n}", ['blocking-call']],
    ['sleep where others wait', 'async def handle():\n    time.sleep(1)', ['blocking-call']],
    ['sleep in a thread of its own', 'def work():\n    time.sleep(1)', []],
    ['a connection for each call', 'def handle():\n    db = psycopg2.connect(dsn)', ['connect-per-call']],
    ['an unknown beginning', 'q = "SELECT id FROM t WHERE name LIKE \'%x\'"', ['leading-wildcard']],
    ['a comment', "# for row in rows: LIKE '%x'", []],
  ])('knows %s', (_, source, signs) => {
    expect(namesOf(codeSigns('a.py', source))).toEqual(signs);
  });
});

describe('[D33] cost suggestions', () => {
  const aProvision = (change: Partial<Provision> = {}): Provision => ({
    resource: 'tasks',
    kind: 'memory',
    provisioned: 2048,
    unit: 'MiB',
    used: always(500, 200),
    monthlyCost: 40,
    least: 0,
    ...change,
  });
  it('a size that is enough for the 99th percentile with headroom, and what it saves', () => {
    expect(costSuggestions([aProvision()], LIMITS)).toMatchObject([
      { resource: 'tasks', enough: 650, saving: { percent: 68, monthly: 27.3 } },
    ]);
  });
  it.each<[string, Partial<Provision>]>([
    ['use that is high', { used: always(1700, 200) }],
    ['a peak that needs it', { used: [...always(100, 999), 1900] }],
    ['a history that is short', { used: always(10, 99) }],
    ['the least that is wanted', { kind: 'instances', provisioned: 2, used: always(0.3, 200), least: 2 }],
  ])('says nothing against %s', (_, change) => {
    expect(costSuggestions([aProvision(change)], LIMITS)).toEqual([]);
  });
  it('names the largest saving first', () => {
    const both = costSuggestions([aProvision(), aProvision({ resource: 'big', monthlyCost: 900 })], LIMITS);
    expect(both.map(({ resource }) => resource)).toEqual(['big', 'tasks']);
  });
});
