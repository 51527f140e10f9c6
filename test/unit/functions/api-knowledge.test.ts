import { describe, expect, it } from 'vitest';
import { PatternDetails } from '#functions/api/routes/pattern-answers.ts';
import { makePatternReader } from '#shared/app/knowledge/recognise-patterns.ts';
import { PatternExport } from '#shared/domain/learning/exchange-patterns.ts';
import { aPastIncident, aPattern, aPatternOutcome, aPrediction } from '#test/builders/index.ts';
import { anApi } from './api-rig.ts';

const SCOPE = 'repository#501:acme/shop';
const ORDER = {
  scope: SCOPE,
  title: 'The pool of connections ran out',
  pattern: 'remaining connection slots are reserved, * of * used',
  solution: 'Raise the size of the pool.',
  class: 'resource_exhaustion',
};

/** The API, and requests with a body as JSON. */
async function aDesk(change: Parameters<typeof anApi>[0] = {}) {
  const api = await anApi(change);
  const send = (method: string, path: string, body: unknown, as = 'operator', headers: object = {}) =>
    api.call(`/api/knowledge${path}`, {
      method,
      as,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body }),
    });
  const read = (path: string, as = 'viewer') => api.call(`/api/knowledge${path}`, { as });
  const at = (id: string, part = '') => `/patterns/${id}${part}?scope=${encodeURIComponent(SCOPE)}`;
  const added = async (order: object = {}) => {
    const answer = await send('POST', '/patterns', { ...ORDER, ...order });
    expect(answer.body).toContain('"pattern"');
    return PatternDetails.parse(answer.json.pattern);
  };
  return { ...api, send, read, at, added };
}

describe('writing down what is known', () => {
  it('[D139] [D151] stores title, pattern, category, solution, confidence, tags and parent, shown from the start', async () => {
    const { send, read, at, added, patterns } = await aDesk();
    const parent = await added({ pattern: 'remaining connection slots are reserved' });
    const { statusCode, headers, json } = await send('POST', '/patterns', {
      ...ORDER,
      confidence: 0.8,
      tags: ['database'],
      severity: 'critical',
      service: 'payments',
      parent: parent.id,
      action: 'rerun-failed-jobs',
    });
    expect([statusCode, headers?.etag]).toEqual([201, '"1"']);
    const pattern = PatternDetails.parse(json.pattern);
    expect(pattern).toMatchObject({
      ...{ wording: ORDER.pattern, title: ORDER.title, solution: ORDER.solution, class: 'resource_exhaustion' },
      ...{ confidence: 0.8, tags: ['database', 'critical'], service: 'payments', parent: parent.id },
      ...{ action: 'rerun-failed-jobs', stage: 'suggest', source: 'written', by: 'ada@example.com' },
      needsApproval: ['critical'],
    });
    expect((await read(at(pattern.id))).json).toEqual(json.pattern);
    expect((await patterns.notes(SCOPE, 10)).map(({ event }) => event)).toContain('pattern.written');
  });

  it('[D151] takes a simple regular expression, and says what it looks for', async () => {
    const { added } = await aDesk();
    const pattern = await added({
      syntax: 'expression',
      pattern: 'connection to \\d+\\.\\d+ .*timed? out$',
    });
    expect(pattern.wording).toBe('connection to *.*time* out');
  });

  it.each([
    [{ pattern: 'error' }, 'says too little'],
    [{ syntax: 'expression', pattern: 'connection reset|(refused)' }, 'says too little'],
    [{ syntax: 'expression', pattern: 'connection (?=x)reset by' }, 'look-around'],
    [{ pattern: `token ${'ghp_'}${'a1B2'.repeat(9)} was refused by` }, 'looks like a secret'],
    [{ parent: '0'.repeat(12) }, 'parent: there is no pattern'],
    [{ action: 'format-disk' }, 'action: There is no deployed action or playbook "format-disk"'],
  ])('refuses %j in words', async (change, words) => {
    const { send, patterns } = await aDesk();
    const { statusCode, json } = await send('POST', '/patterns', { ...ORDER, ...change });
    expect([statusCode, json.detail]).toEqual([400, expect.stringContaining(words)]);
    expect(await patterns.list(SCOPE)).toEqual([]);
  });

  it.each([
    ['scope', 'x'],
    ['title', ''],
    ['title', 'x'.repeat(201)],
    ['pattern', 7],
    ['pattern', 'x'.repeat(801)],
    ['syntax', 'glob'],
    ['solution', ' '],
    ['class', 'bad luck'],
    ['confidence', 1.1],
    ['confidence', '0.5'],
    ['tags', ['A B']],
    ['tags', Array(16).fill('x')],
    ['severity', 'loud'],
    ['service', 'Pay!'],
    ['parent', 'abc'],
    ['action', '../x'],
    ['dryRun', 'yes'],
    ['stage', 'act'],
  ])('names the field %s when it is %j', async (field, value) => {
    const { send, patterns } = await aDesk();
    const { statusCode, json } = await send('POST', '/patterns', { ...ORDER, [field]: value });
    expect(statusCode).toBe(400);
    expect(json.detail).toContain(field);
    expect(await patterns.list(SCOPE)).toEqual([]);
  });

  it('refuses what would have matched an incident of another class, what is there already, and more than a day may have', async () => {
    const { send, deps, added } = await aDesk();
    await added();
    const again = await send('POST', '/patterns', ORDER);
    expect([again.statusCode, again.json.detail]).toEqual([409, expect.stringContaining('has this wording')]);
    await deps.knowledge.remember(aPastIncident({ title: 'disk quota exceeded on build host' }), SCOPE);
    const wrong = await send('POST', '/patterns', { ...ORDER, pattern: 'disk quota exceeded on * host' });
    expect([wrong.statusCode, wrong.json.detail]).toEqual([409, expect.stringContaining('another class')]);
    for (let index = 1; index < 10; index++) await added({ pattern: `queue number${'abcdefghij'[index]} is full now` });
    const late = await send('POST', '/patterns', { ...ORDER, pattern: 'the eleventh wording of a day' });
    expect([late.statusCode, late.json.detail]).toEqual([409, expect.stringContaining('new patterns a day')]);
  });

  it('changes nothing in a dry run', async () => {
    const { send, patterns } = await aDesk();
    const { statusCode, json } = await send('POST', '/patterns', { ...ORDER, dryRun: true });
    expect([statusCode, json.dryRun, json.replayed]).toEqual([200, true, { matched: 0 }]);
    expect(await patterns.list(SCOPE)).toEqual([]);
  });

  it('is recognised in a log of every class, whatever the classifier calls it', async () => {
    const { added, patterns, deps } = await aDesk();
    const general = await added({ pattern: 'connection slots are reserved' });
    const { id } = await added({ parent: general.id });
    const reader = makePatternReader({ patterns, rules: deps.configuration.learning, clock: deps.clock });
    const log = ['FATAL: remaining connection slots are reserved, 20 of 20 used'];
    const found = async (failureClass: 'resource_exhaustion' | 'unknown' | 'lint_violation') =>
      (await reader.recognising([SCOPE], failureClass, log)).map((one) => [one.id, one.stage]);
    // The one that refines the other stands for both.
    expect(await found('resource_exhaustion')).toEqual([[id, 'suggest']]);
    expect(await found('unknown')).toEqual([[id, 'suggest']]);
    expect(await found('lint_violation')).toEqual([[id, 'suggest']]);
  });

  it('is no way to a higher stage: what is written stays a suggestion until its outcomes count', async () => {
    const { added, send, at } = await aDesk();
    const { id } = await added({ confidence: 1 });
    const raised = await send('POST', at(id, '/confidence'), { confidence: 1, reason: 'I am sure' }, 'operator', {
      'if-match': '*',
    });
    expect([raised.statusCode, raised.json.pattern.stage]).toEqual([200, 'suggest']);
  });
});

describe('changing what is known', () => {
  it('edits, removes, lists the versions and restores one of them', async () => {
    const { added, send, read, at, patterns } = await aDesk();
    const { id } = await added();
    const edited = await send('PATCH', at(id), { solution: 'Restart the pool.', tags: ['db'] }, 'operator', {
      'if-match': '"1"',
    });
    expect([edited.statusCode, edited.json.pattern.solution]).toEqual([200, 'Restart the pool.']);
    const removed = await send('DELETE', `${at(id)}&reason=wrong`, undefined, 'operator', { 'if-match': '"2"' });
    expect(removed.json.pattern.retired).toMatchObject({ reason: 'wrong' });
    expect((await read(`/patterns?scope=${encodeURIComponent(SCOPE)}`)).json.patterns).toEqual([]);
    const { versions } = (await read(at(id, '/versions'))).json;
    expect(versions.map((one: { revision: number; solution: string }) => [one.revision, one.solution])).toEqual([
      [2, 'Restart the pool.'],
      [1, ORDER.solution],
    ]);
    const restored = await send('POST', at(id, '/restore'), { revision: 1 }, 'operator', { 'if-match': '"3"' });
    expect(restored.json.pattern).toMatchObject({
      revision: 4,
      solution: ORDER.solution,
      retired: null,
      stage: 'suggest',
    });
    expect((await patterns.notes(SCOPE, 10)).map(({ event }) => event).sort()).toEqual(
      ['pattern.edited', 'pattern.restored', 'pattern.retired', 'pattern.written'].sort(),
    );
    const none = await send('POST', at(id, '/restore'), { revision: 9 }, 'operator', { 'if-match': '*' });
    expect([none.statusCode, none.json.detail]).toEqual([400, expect.stringContaining('no revision 9')]);
  });

  it('finds no pattern by its id in the scope of another repository, and changes none there', async () => {
    const { added, send, read, at, patterns } = await aDesk();
    const { id } = await added();
    const elsewhere = (part = '') => `/patterns/${id}${part}?scope=${encodeURIComponent('repository#999:acme/other')}`;
    const any = { 'if-match': '*' };
    const answers = [
      await read(elsewhere()),
      await read(elsewhere('/versions')),
      await send('PATCH', elsewhere(), { title: 'Theirs' }, 'operator', any),
      await send('DELETE', `${elsewhere()}&reason=theirs`, undefined, 'operator', any),
      await send('POST', elsewhere('/restore'), { revision: 1 }, 'operator', any),
    ];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([404, 404, 404, 404, 400]);
    expect((await read(at(id))).json).toMatchObject({ title: ORDER.title, revision: 1, retired: null });
    expect(await patterns.list('repository#999:acme/other')).toEqual([]);
  });

  it('lets the second of two people read first, and both say what they saw', async () => {
    const { added, send, at } = await aDesk();
    const { id } = await added();
    expect((await send('PATCH', at(id), { title: 'One' }, 'operator', { 'if-match': '"1"' })).statusCode).toBe(200);
    const second = await send('PATCH', at(id), { title: 'Two' }, 'operator', { 'if-match': '"1"' });
    expect([second.statusCode, second.json.type]).toEqual([412, 'urn:selfheal:problem:changed-meanwhile']);
    expect((await send('PATCH', at(id), { title: 'Two' })).statusCode).toBe(428);
    expect((await send('PATCH', at(id), { title: 'Two' }, 'operator', { 'if-match': 'two' })).statusCode).toBe(400);
    expect((await send('PATCH', at(id), {}, 'operator', { 'if-match': '*' })).statusCode).toBe(400);
    expect((await send('PATCH', at(id), { parent: id }, 'operator', { 'if-match': '*' })).statusCode).toBe(400);
    expect((await send('PATCH', at('0'.repeat(12)), { title: 'x' }, 'operator', { 'if-match': '*' })).statusCode).toBe(
      404,
    );
    expect((await send('DELETE', at(id), undefined, 'operator', { 'if-match': '*' })).statusCode).toBe(400);
  });

  it('changes nothing in a dry run', async () => {
    const { added, send, at, patterns } = await aDesk();
    const { id } = await added();
    const { json } = await send('PATCH', at(id), { title: 'New', dryRun: true }, 'operator', { 'if-match': '"1"' });
    expect(json).toMatchObject({ dryRun: true, pattern: { title: 'New', revision: 2 } });
    await send('DELETE', `${at(id)}&reason=wrong&dryRun=true`, undefined, 'operator', { 'if-match': '"1"' });
    expect(await patterns.list(SCOPE)).toMatchObject([{ title: ORDER.title, revision: 1, retired: null }]);
  });

  it('lowers a confidence at once, and lets an approver approve', async () => {
    const { added, send, at } = await aDesk();
    const { id } = await added({ severity: 'critical' });
    const body = { confidence: 0.2, reason: 'it hid the cause' };
    const { json } = await send('POST', at(id, '/confidence'), body, 'operator', { 'if-match': '*' });
    expect(json.pattern.confidence).toBe(0.2);
    expect((await send('POST', at(id, '/approval'), {}, 'operator', { 'if-match': '*' })).statusCode).toBe(403);
    const approved = await send('POST', at(id, '/approval'), {}, 'approver octo-lee#u-2', { 'if-match': '*' });
    expect(approved.json.pattern.needsApproval).toEqual([]);
  });
});

describe('reading what is known', () => {
  it('[D129] lists by scope, class, stage and tag, a page at a time, with cursors of this list only', async () => {
    const { added, read } = await aDesk();
    const ids = [];
    for (const word of ['first', 'second', 'third'])
      ids.push((await added({ pattern: `the ${word} queue is full`, tags: ['queue'] })).id);
    await added();
    const scope = encodeURIComponent(SCOPE);
    const one = (await read(`/patterns?scope=${scope}&tag=queue&limit=2`)).json;
    const two = (await read(`/patterns?scope=${scope}&tag=queue&limit=2&cursor=${one.next}`)).json;
    expect([...one.patterns, ...two.patterns].map(({ id }) => id)).toEqual(ids.sort());
    expect([one.patterns.length, two.next]).toEqual([2, null]);
    const other = await read(`/patterns?scope=${scope}&limit=2&cursor=${one.next}`);
    expect([other.statusCode, other.json.detail]).toEqual([400, expect.stringContaining('other filters')]);
    for (const bad of ['cursor=x', 'limit=0', 'limit=101', 'class=x', 'stage=x', 'tag=A%20B', 'colour=red'])
      expect((await read(`/patterns?scope=${scope}&${bad}`)).statusCode, bad).toBe(400);
    expect((await read(`/patterns?scope=${scope}&stage=act`)).json.patterns).toEqual([]);
  });

  it('knows a repository by its name once it had an incident, and an alarm by the service that lists it', async () => {
    const { read, incident } = await aDesk();
    const { repository } = incident.target as { repository: string };
    expect((await read(`/patterns?scope=${repository}`)).statusCode).toBe(200);
    const never = await aDesk({ lists: { list: async () => ({ incidents: [], next: null, corrupt: [] }) } });
    const unknown = await never.read('/patterns?scope=acme/never');
    expect([unknown.statusCode, unknown.json.detail]).toEqual([
      404,
      expect.stringContaining('nothing is known about acme/never. There are: services'),
    ]);
    const arn = (name: string) =>
      encodeURIComponent(`alarm#arn:aws:cloudwatch:eu-central-1:123456789012:alarm:${name}`);
    expect((await read(`/patterns?scope=${arn('nobody-lists')}`)).statusCode).toBe(404);
    expect((await read('/patterns?scope=repository%23x')).statusCode).toBe(400);
    expect((await read('/patterns?scope=no-alarm')).statusCode).toBe(404);
    expect((await read('/patterns')).statusCode).toBe(400);
  });

  it('tells where the latest incidents were', async () => {
    const { read } = await aDesk({ predictions: [aPrediction({ scope: SCOPE })] });
    expect((await read('/scopes')).json.scopes).toEqual([
      { scope: SCOPE, incidents: 1, lastIncidentAt: '2026-11-21T12:00:00.000Z' },
    ]);
  });

  it('finds written advice, past incidents and patterns for a question', async () => {
    const { added, read, deps } = await aDesk();
    const { id } = await added();
    await deps.knowledge.remember(aPastIncident({ text: 'registry connection reset' }), SCOPE);
    const found = async (query: string, scope = '') =>
      (await read(`/search?query=${encodeURIComponent(query)}${scope}`)).json.results.map(
        (one: { id: string }) => one.id,
      );
    expect(await found('no space left on the disk')).toEqual(['disk-full']);
    const inScope = `&scope=${encodeURIComponent(SCOPE)}`;
    expect(await found('the pool of connections', inScope)).toContain(`pattern-${id}`);
    expect(await found('registry connection reset', inScope)).toContain(aPastIncident().id);
    expect(await found('registry connection reset')).not.toContain(aPastIncident().id);
    for (const bad of ['query=x', 'query=', 'query=disk&limit=31', 'query=disk&scope=acme'])
      expect([400, 404], bad).toContain((await read(`/search?${bad}`)).statusCode);
  });

  it('[D10] keeps what it found in memory: the next search reads only what came since', async () => {
    const { read, deps } = await aDesk();
    const asked: (string | null)[] = [];
    const { remembered } = deps.knowledge;
    deps.knowledge.remembered = async (scope, range) => {
      asked.push(range.after);
      return await remembered(scope, range);
    };
    await deps.knowledge.remember(aPastIncident({ text: 'registry connection reset' }), SCOPE);
    const search = async () =>
      (await read(`/search?query=registry+connection&scope=${encodeURIComponent(SCOPE)}`)).json.results;
    const first = await search();
    expect(await search()).toEqual(first);
    expect(asked).toEqual([null, '2026-11-20T11:55:00.000Z']);
    const later = aPastIncident({
      id: `gh-${'8'.repeat(24)}`,
      endedAt: '2026-11-20T13:00:00.000Z',
      text: 'registry connection',
    });
    await deps.knowledge.remember(later, SCOPE);
    expect((await search()).map(({ id }: { id: string }) => id)).toContain(later.id);
  });

  it('[D131] counts patterns by stage, class and source, lessons and past incidents', async () => {
    const { added, read, deps, patterns } = await aDesk();
    await added({ severity: 'critical' });
    await patterns.write(aPattern({ scope: SCOPE, outcomes: [aPatternOutcome()] }));
    await deps.knowledge.remember(aPastIncident(), SCOPE);
    expect((await read(`/stats?scope=${encodeURIComponent(SCOPE)}`)).json).toMatchObject({
      ...{ patterns: 2, retired: 0, needApproval: 1, outcomes: 1, pastIncidents: 1, lessons: 0 },
      byStage: { suggest: 1, observe: 1 },
      byClass: { resource_exhaustion: 2 },
      bySource: { human: 2 },
      helped: { hits: 1, cases: 1 },
    });
  });

  it('tries a pattern on a log before it is stored', async () => {
    const { send, patterns } = await aDesk();
    const text = 'start\nFATAL: remaining connection slots are reserved, 20 of 20 used\nend';
    const { json } = await send('POST', '/try', { pattern: ORDER.pattern, text }, 'viewer');
    expect(json).toMatchObject({ wording: ORDER.pattern, matched: 1, lines: [{ line: 2 }] });
    const many = await send(
      'POST',
      '/try',
      { pattern: 'connection reset by', text: 'connection reset by x\n'.repeat(2000) },
      'viewer',
    );
    expect([many.json.matched, many.json.lines.length]).toEqual([2000, 100]);
    expect((await send('POST', '/try', { pattern: 'x', text }, 'viewer')).statusCode).toBe(400);
    expect(
      (await send('POST', '/try', { pattern: ORDER.pattern, text: 'x'.repeat(60_001) }, 'viewer')).statusCode,
    ).toBe(400);
    expect(await patterns.list(SCOPE)).toEqual([]);
  });
});

describe('everything that is known in a scope', () => {
  it('[D147] [D148] is exported with confidence, metrics and the history of each confidence, and imported elsewhere', async () => {
    const { read, send, patterns } = await aDesk();
    await patterns.write(aPattern({ scope: SCOPE, outcomes: [aPatternOutcome({ minutes: 12 })] }));
    const { json } = await read(`/export?scope=${encodeURIComponent(SCOPE)}&metrics=true&history=true`);
    const file = PatternExport.parse(json);
    expect(file.patterns).toMatchObject([
      {
        confidence: 0.5,
        helped: 1,
        cases: 1,
        meanMinutes: 12,
        stage: 'observe',
        confidenceHistory: [{ confidence: 0.5 }],
      },
    ]);
    expect(JSON.stringify((await read(`/export?scope=${encodeURIComponent(SCOPE)}`)).json)).not.toContain('History');
    const scope = 'repository#502:acme/other';
    const dry = await send('POST', '/import', { scope, file, dryRun: true });
    expect(dry.json.results).toMatchObject([{ kind: 'imported', confidence: 0.4 }]);
    expect(await patterns.list(scope)).toEqual([]);
    await send('POST', '/import', { scope, file, reduceBy: 0.2 });
    expect(await patterns.list(scope)).toMatchObject([{ stage: 'observe', confidence: 0.3 }]);
    expect((await send('POST', '/import', { scope, file: { ...file, kind: 'x' } })).statusCode).toBe(400);
  });

  it('is optimized: what only was observed and never matched is retired', async () => {
    const { send, patterns } = await aDesk();
    await patterns.write(aPattern({ scope: SCOPE }));
    const dry = await send('POST', '/optimize', { scope: SCOPE, unusedDays: 1, dryRun: true });
    expect(dry.json.changes).toMatchObject([{ event: 'pattern.retired', done: 'dry-run' }]);
    expect((await send('POST', '/optimize', { scope: SCOPE, unusedDays: 1 })).json.changes).toMatchObject([
      { done: 'done' },
    ]);
    expect((await send('POST', '/optimize', { scope: SCOPE, unusedDays: 0 })).statusCode).toBe(400);
    expect((await send('POST', '/optimize', { scope: SCOPE, minConfidence: 2 })).statusCode).toBe(400);
  });

  it('[D136] is reset by an administrator who repeats its name, and a roll-back brings it back', async () => {
    const { send, patterns } = await aDesk();
    await patterns.write(aPattern({ scope: SCOPE }));
    const order = { scope: SCOPE, confirm: SCOPE, reason: 'a new product' };
    expect((await send('POST', '/reset', order, 'operator')).statusCode).toBe(403);
    expect((await send('POST', '/reset', { ...order, confirm: 'yes' }, 'admin')).statusCode).toBe(400);
    expect((await send('POST', '/reset', { ...order, dryRun: true }, 'admin')).json.changes).toHaveLength(1);
    expect((await patterns.list(SCOPE))[0]?.retired).toBeNull();
    await send('POST', '/reset', order, 'admin');
    expect((await patterns.list(SCOPE))[0]?.retired).toMatchObject({ reason: 'a new product' });
    const to = '2026-11-02T00:00:00Z';
    const back = await send('POST', '/rollback', { scope: SCOPE, to, reason: 'too much' });
    expect(back.json.changes).toMatchObject([{ event: 'pattern.rolled-back', done: 'done' }]);
    expect((await patterns.list(SCOPE))[0]?.retired).toBeNull();
    expect(
      (await send('POST', '/rollback', { scope: SCOPE, to: '2999-01-01T00:00:00Z', reason: 'x' })).statusCode,
    ).toBe(400);
    expect((await send('POST', '/rollback', { scope: SCOPE, to: 'yesterday', reason: 'x' })).statusCode).toBe(400);
  });
});
