import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import { describe, expect, it } from 'vitest';
import { PatternExport } from '#shared/domain/learning/exchange-patterns.ts';
import { aPastIncident, aPattern, aPatternOutcome, aPrediction } from '#test/builders/index.ts';
import { aFile, aFolder, runCommand } from './run-command.ts';
import { aServedApi } from './served-api.ts';

/** Where nothing else is named. */
const SCOPE = 'services';
const AT = ['--scope', SCOPE];
const served = () => aServedApi({ predictions: [aPrediction({ scope: SCOPE })] });
const WORDS = 'remaining connection slots are reserved, * of * used';

describe('selfheal knowledge, signed in', () => {
  it('[D139] add-knowledge writes down title, pattern, category, solution, confidence, tags and parent', async () => {
    const { run, patterns } = await served();
    const parent = await run(
      'add-knowledge',
      '--title',
      'Slots',
      '--pattern',
      'connection slots are reserved',
      '--solution',
      'Wait.',
    );
    expect([parent.code, parent.text]).toEqual([0, expect.stringContaining('added: ')]);
    const id = /[0-9a-f]{12}/.exec(parent.text)?.[0] ?? '';
    const flags = ['--title', 'Pool', '--pattern', WORDS, '--category', 'database_storage', '--solution', 'Raise it.'];
    const { code, text } = await run(
      'add-knowledge',
      ...flags,
      '--confidence',
      '0.9',
      '--tags',
      'db,pool',
      '--parent-pattern',
      id,
      '--json',
    );
    expect(code).toBe(0);
    expect(JSON.parse(text).pattern).toMatchObject({
      ...{ title: 'Pool', wording: WORDS, class: 'storage_issues', solution: 'Raise it.' },
      ...{ confidence: 0.9, tags: ['db', 'pool'], parent: id, stage: 'suggest' },
    });
    expect(await patterns.list(SCOPE)).toHaveLength(2);
  });

  it('[D151] add-pattern takes a regular expression, category, solution, confidence and description', async () => {
    const { run } = await served();
    const flags = ['--pattern', 'connection.*timed? out', '--category', 'network_timeout', '--solution', 'Retry.'];
    const { code, text, stderr } = await run(
      'add-pattern',
      ...flags,
      '--confidence',
      '0.7',
      '--description',
      'Slow network',
    );
    expect(code).toBe(0);
    expect(text).toContain('network_connectivity, suggest, confidence 0.70: connection*time* out');
    expect(text).toContain('Slow network: Retry.');
    expect(stderr).toContain('read as a regular expression');
  });

  it('[D127] add-log-pattern takes name, pattern and severity', async () => {
    const { run, patterns } = await served();
    const { code, stderr } = await run(
      'add-log-pattern',
      '--name',
      'payment_failure',
      '--pattern',
      'payment \\d+ was declined',
      '--severity',
      'high',
    );
    expect([code, stderr]).toEqual([0, expect.stringContaining('selfheal: severity high is here error.')]);
    expect(await patterns.list(SCOPE)).toMatchObject([
      { title: 'payment_failure', wording: 'payment * was declined', tags: ['error'], class: 'unknown' },
    ]);
    const own = ['add-log-pattern', '--name', 'refund', '--pattern', 'refund \\d+ bounced', '--severity', 'Critical'];
    expect((await run(...own)).code).toBe(0);
    expect((await patterns.list(SCOPE)).find(({ title }) => title === 'refund')?.tags).toEqual(['critical']);
    expect((await run('add-log-pattern', '--name', 'x', '--pattern', WORDS, '--severity', 'loud')).code).toBe(2);
  });

  it('says what is wrong, and changes nothing in a dry run', async () => {
    const { run, patterns } = await served();
    for (const [args, words] of [
      [['--pattern', 'error'], 'says too little'],
      [['--pattern', WORDS, '--category', 'compilation_eror'], 'did you mean compilation_error?'],
      [['--pattern', WORDS, '--confidence', '2'], 'expected a number from 0 to 1'],
      [[], 'needs --pattern'],
    ] as const) {
      const { code, stderr } = await run('knowledge', 'add', ...args);
      expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
    }
    expect((await run('knowledge', 'add', '--pattern', WORDS, '--dry-run')).text).toContain('would be added');
    expect(await patterns.list(SCOPE)).toEqual([]);
  });

  it('keeps a category that is no class as a tag, and says so', async () => {
    const { run, patterns } = await served();
    const { code, stderr } = await run('knowledge', 'add', '--pattern', WORDS, '--category', 'Bad luck');
    expect([code, stderr]).toEqual([0, expect.stringContaining('it is kept as the tag "bad-luck"')]);
    expect(await patterns.list(SCOPE)).toMatchObject([{ class: 'unknown', tags: ['bad-luck'] }]);
    // What leaves no word names neither a class nor a tag.
    const nothing = await run('knowledge', 'add', '--pattern', WORDS, '--category', '__');
    expect([nothing.code, nothing.stderr]).toEqual([2, expect.stringContaining('There is no category "__".')]);
  });

  it('means all services where no place is named, and names the place in every answer', async () => {
    const { run, patterns } = await aServedApi({
      predictions: [aPrediction({ scope: SCOPE }), aPrediction({ attempt: 2, scope: 'repository#502:acme/other' })],
    });
    const added = await run('knowledge', 'add', '--pattern', WORDS, '--solution', 'Retry.');
    expect([added.code, added.stderr]).toEqual([0, expect.stringContaining('place: all services')]);
    expect(await patterns.list('services')).toHaveLength(1);
    expect((await run('knowledge', 'stats')).text).toContain('all services');
    const other = await run('knowledge', 'stats', '--scope', 'acme/other');
    expect([other.text, other.stderr]).toEqual([
      expect.stringContaining('patterns: 0'),
      expect.stringContaining('place: acme/other'),
    ]);
  });

  it('lists the places that there are where a name fits none, or several', async () => {
    const { run } = await aServedApi({
      predictions: [
        aPrediction({ scope: 'service#redis' }),
        aPrediction({ attempt: 2, scope: 'repository#502:acme/other' }),
        aPrediction({ attempt: 3, scope: 'repository#503:acme/other' }),
      ],
    });
    const unknown = await run('knowledge', 'stats', '--scope', 'postgres');
    expect([unknown.code, unknown.stderr]).toEqual([
      2,
      expect.stringMatching(/There are: services, (?=.*service:redis)(?=.*acme\/other)(?!.*#)/),
    ]);
    const twice = await run('knowledge', 'stats', '--scope', 'acme/other');
    expect([twice.code, twice.stderr]).toEqual([
      2,
      expect.stringContaining('may be repository#503:acme/other, or repository#502:acme/other'),
    ]);
    expect((await run('knowledge', 'stats', '--scope', 'redis')).text).toContain('service redis');
    expect((await run('knowledge', 'stats', '--scope', 'service:postgres')).text).toContain('service postgres');
  });

  it('finds a pattern by its title, and lists what there is where none has it', async () => {
    const { run, patterns } = await served();
    await patterns.write(aPattern({ scope: SCOPE, title: phrase`Redis Connection Failure` }));
    const changed = await run(
      'update-confidence',
      '--pattern',
      'redis_connection_failure',
      '--new-confidence',
      '0.2',
      '--reason',
      'x',
    );
    expect(changed.text).toContain('confidence 0.20');
    const slip = await run('knowledge', 'show', 'redis_conection_failure');
    expect([slip.code, slip.stderr]).toEqual([2, expect.stringContaining('Did you mean')]);
    const none = await run('knowledge', 'show', 'database_timeout');
    expect(none.stderr).toContain(`The newest are: ${aPattern().id} (Redis Connection Failure)`);
  });

  it('keeps the alternatives of an expression in one pattern, through export and import', async () => {
    const { run, patterns } = await served();
    await run(
      'add-pattern',
      '--pattern',
      'redis.*not responding|redis.*connection.*failed',
      '--category',
      'connectivity',
    );
    const [one] = await patterns.list(SCOPE);
    expect(one).toMatchObject({ wording: 'redis*not responding', alternatives: ['redis*connection*failed'] });
    expect((await run('knowledge')).text).toContain('redis*not responding | redis*connection*failed');
    const file = aFile('', 'patterns.json');
    await run('export-knowledge', '--output', file);
    await run('import-knowledge', file, '--scope', 'service:cache');
    expect(await patterns.list('service#cache')).toMatchObject([{ alternatives: ['redis*connection*failed'] }]);
  });

  it('[D129] knowledge lists what is known, by stage, class and tag', async () => {
    const { run, patterns } = await served();
    await patterns.write(aPattern({ scope: SCOPE }));
    for (const name of [['knowledge'], ['knowledge', 'list'], ['knowledge', 'patterns']]) {
      const { code, text } = await run(...name, ...AT);
      expect([code, text]).toEqual([0, expect.stringContaining(WORDS)]);
    }
    expect(JSON.parse((await run('knowledge', '--tag', 'database', '--json')).text)).toMatchObject({
      id: aPattern().id,
    });
    expect((await run('knowledge', '--stage', 'act')).stderr).toContain('no such pattern');
    expect((await run('knowledge', '--stage', 'x')).code).toBe(2);
    expect((await run('knowledge', '--class', 'lint_violation')).text).toBe('');
  });

  it('[D131] knowledge stats counts it', async () => {
    const { run, patterns } = await served();
    await patterns.write(aPattern({ scope: SCOPE, outcomes: [aPatternOutcome()] }));
    const { text } = await run('knowledge', 'stats');
    expect(text).toContain('patterns: 1, 0 removed, 0 waiting for an approval');
    expect(text).toContain('by class: resource_exhaustion 1');
    expect(text).toContain('reported as helpful 1 of 1 time, not verified');
    expect(JSON.parse((await run('knowledge', 'stats', '--json')).text)).toMatchObject({ scope: SCOPE, patterns: 1 });
  });

  it('[D130] knowledge search finds it by a question', async () => {
    const { run, patterns, deps } = await served();
    await patterns.write(aPattern({ scope: SCOPE }));
    await deps.knowledge.remember(aPastIncident({ text: 'registry connection reset' }), SCOPE);
    const { text } = await run('knowledge', 'search', '--query', 'database pool exhausted', ...AT);
    expect(text).toContain(`pattern-${aPattern().id}`);
    expect((await run('knowledge', 'search', '--query', 'no space left on the disk')).text).toContain('disk-full');
  });

  it('shows, edits, removes and restores a pattern, and asks before it removes', async () => {
    const { run, patterns } = await served();
    await patterns.write(aPattern({ scope: SCOPE, outcomes: [aPatternOutcome()] }));
    const { id } = aPattern();
    expect((await run('knowledge', 'edit', id, '--solution', 'Restart it.', '--revision', '1')).text).toContain(
      'changed: ',
    );
    const late = await run('knowledge', 'edit', id, '--solution', 'No.', '--revision', '1');
    expect([late.code, late.stderr]).toEqual([2, expect.stringContaining('changed meanwhile')]);
    expect((await run('knowledge', 'edit', id)).stderr).toContain('needs at least one of');
    expect((await run('knowledge', 'remove', id, '--reason', 'wrong')).stderr).toContain('--yes');
    expect((await run('knowledge', 'remove', id, '--reason', 'wrong', '--dry-run')).text).toContain('would be removed');
    expect((await run('knowledge', 'remove', id, '--reason', 'wrong', '--yes')).text).toContain('removed: ');
    expect((await run('knowledge')).text).toBe('');
    const shown = await run('knowledge', 'show', id);
    expect(shown.text).toContain('revision 1: Database pool exhausted');
    expect(shown.text).toContain('helped in gh-1 (reported by a person)');
    expect((await run('knowledge', 'restore', id, '--to', '1')).text).toContain('restored: ');
    expect((await patterns.list(SCOPE))[0]).toMatchObject({ retired: null, solution: aPattern().solution });
    expect((await run('knowledge', 'restore', id)).code).toBe(2);
    expect(JSON.parse((await run('knowledge', 'show', id, '--json')).text).versions).toHaveLength(3);
  });

  it.each([['--patterns'], ['--table']])(
    '[D142] update-confidence asks no API where %s names another place',
    async (option) => {
      const { run, requests } = await served();
      const order = ['--pattern', aPattern().id, '--new-confidence', '0.2', '--reason', 'wrong', option, 'none.json'];
      expect((await run('update-confidence', ...order)).code).toBe(2);
      expect((await run('update-confidence', ...order, '--url', 'http://127.0.0.1:9')).stderr).toContain(
        'Use either --url, --token or --profile, or --table or --patterns.',
      );
      expect(requests).toEqual([]);
    },
  );

  it('[D142] update-confidence asks the API', async () => {
    const { run, patterns } = await served();
    await patterns.write(aPattern({ scope: SCOPE }));
    const { text } = await run(
      'update-confidence',
      '--pattern',
      aPattern().id,
      '--new-confidence',
      '0.2',
      '--reason',
      'wrong',
    );
    expect(text).toContain('confidence 0.20');
  });

  it('names the place that a name means before it retires anything, and lists the places where it means none', async () => {
    const { run, patterns } = await served();
    const stored = 'repository#501:acme/shop';
    await patterns.write(aPattern({ scope: stored }));
    const asked = await run('knowledge', 'reset', '--scope', stored);
    expect([asked.code, asked.stderr]).toEqual([
      2,
      expect.stringContaining('needs --yes to retire every pattern of acme/shop, or --dry-run'),
    ]);
    const nowhere = await run('knowledge', 'reset', '--scope', 'nowhere', '--yes');
    expect([nowhere.code, nowhere.stderr]).toEqual([2, expect.stringMatching(/nowhere.*There are: /s)]);
    expect(await patterns.list(stored)).toMatchObject([{ retired: null }]);
  });

  it('says which class a category of several becomes', async () => {
    const { run } = await served();
    const { text, stderr } = await run('add-pattern', '--pattern', WORDS, '--category', 'performance');
    expect(text).toContain('resource_exhaustion, suggest');
    expect(stderr).toContain(
      'performance is here resource_exhaustion or timing_dependencies: taken as resource_exhaustion.',
    );
  });

  it('[D136] reset-knowledge-base asks for --confirm and for an administrator', async () => {
    const { run, runAs, patterns } = await served();
    await patterns.write(aPattern({ scope: SCOPE }));
    expect((await run('reset-knowledge-base')).stderr).toContain('needs --yes to retire every pattern');
    expect((await run('reset-knowledge-base', '--confirm')).stderr).toContain('permission "administer"');
    expect((await runAs('admin', ['reset-knowledge-base', '--dry-run'])).text).toContain('would');
    expect((await patterns.list(SCOPE))[0]?.retired).toBeNull();
    expect((await runAs('admin', ['reset-knowledge-base', '--confirm'])).text).toContain('pattern.retired');
    expect((await patterns.list(SCOPE))[0]?.retired).not.toBeNull();
    expect((await run('knowledge', 'rollback', '--to', '1969-12-31', '--reason', 'x', ...AT)).code).toBe(0);
  });

  it('[D147] [D148] export-knowledge writes a file with what the flags name, and import takes it over', async () => {
    const { run, patterns } = await served();
    await patterns.write(aPattern({ scope: SCOPE, outcomes: [aPatternOutcome({ minutes: 3 })] }));
    const file = join(aFolder(), 'knowledge.json');
    const { code, stderr } = await run(
      'export-knowledge',
      '--output',
      file,
      '--include-metrics',
      '--include-confidence-history',
    );
    expect([code, stderr]).toEqual([0, expect.stringContaining('1 pattern written')]);
    const [whole] = PatternExport.parse(JSON.parse(readFileSync(file, 'utf8'))).patterns;
    expect(whole).toMatchObject({ confidence: 0.5, meanMinutes: 3, confidenceHistory: [{ stage: 'observe' }] });
    const other = join(aFolder(), 'plain.json');
    await run('export-knowledge', '--destination', other, '--include-confidence-scores', '--format', 'json');
    const [plain] = PatternExport.parse(JSON.parse(readFileSync(other, 'utf8'))).patterns;
    expect(plain).toMatchObject({ confidence: 0.5 });
    expect(plain).not.toHaveProperty('meanMinutes');
    expect((await run('export-knowledge', '--format', 'xml')).code).toBe(2);
    expect((await run('export-knowledge', '--output', join(file, 'x.json'))).stderr).toContain('cannot be written');
    const target = ['--scope', 'repository#502:acme/other'];
    expect((await run('knowledge', 'import', file, ...target)).text).toContain('imported');
    expect(await patterns.list('repository#502:acme/other')).toMatchObject([{ confidence: 0.4 }]);
  });

  it('sends a large file in parts that the API takes', async () => {
    const { run, requests } = await served();
    const pattern = (at: number) => ({
      ...{
        wording: `the queue number${'abcdefghij'[at]} of the shop is full`,
        messages: [],
        title: 'Full',
        class: 'unknown',
      },
      ...{
        tags: [],
        service: null,
        solution: 'x y '.repeat(490).trim(),
        actionId: null,
        confidence: 0.5,
        helped: 0,
        cases: 0,
      },
    });
    const file = { kind: 'selfheal-patterns', version: 1, from: 'elsewhere', exportedAt: '2026-11-01T00:00:00.000Z' };
    const patterns = Array.from({ length: 10 }, (_, at) => pattern(at)).flatMap((one) => [one, one, one]);
    const path = aFile(JSON.stringify({ ...file, patterns }), 'patterns.json');
    expect((await run('knowledge', 'import', path, '--dry-run', '--json', ...AT)).text.trim().split('\n')).toHaveLength(
      30,
    );
    expect(requests.filter((one) => one.includes('/import')).length).toBeGreaterThan(1);
  });

  it('optimizes them: what was never used is retired', async () => {
    const { run, patterns } = await served();
    await patterns.write(aPattern({ scope: SCOPE }));
    const { text } = await run('knowledge', 'optimize', '--unused-days', '1', '--dry-run');
    expect(text).toContain('would');
    expect((await run('knowledge', 'optimize', '--unused-days', '1')).text).toContain('pattern.retired');
  });
});

describe('selfheal knowledge on this machine', () => {
  it('tries a pattern on a log or a line', async () => {
    const log = aFile(`start\nFATAL: remaining connection slots are reserved, 20 of 20 used\n`);
    const { code, stdout, stderr } = await runCommand(['knowledge', 'try', log, '--pattern', WORDS]);
    expect([code, stdout.toString()]).toEqual([
      0,
      '2: FATAL: remaining connection slots are reserved, 20 of 20 used\n',
    ]);
    expect(stderr).toContain('matches 1 line');
    const none = await runCommand([
      'knowledge',
      'try',
      '--pattern',
      'slots.+reserved now',
      '--regex',
      '--line',
      'x',
      '--json',
    ]);
    expect([none.code, JSON.parse(none.stdout.toString())]).toEqual([
      1,
      { wording: 'slots*reserved now', matched: 0, lines: [] },
    ]);
    expect((await runCommand(['knowledge', 'try', '--pattern', WORDS])).code).toBe(2);
  });

  it('adds to a file, by the same rules', async () => {
    const file = join(aFolder(), 'patterns.json');
    const add = (...args: string[]) => runCommand(['knowledge', 'add', '--patterns', file, ...args]);
    expect((await add('--pattern', WORDS, '--solution', 'Wait.')).stdout.toString()).toContain('added: ');
    expect((await add('--pattern', WORDS)).stderr).toContain('has this wording');
    expect((await add('--pattern', 'error')).stderr).toContain('says too little');
    expect((await add('--pattern', WORDS, '--tags', 'A B')).stderr).toContain('--tags');
    const listed = await runCommand(['knowledge', 'patterns', '--patterns', file, '--json', '--stage', 'suggest']);
    expect(JSON.parse(listed.stdout.toString())).toMatchObject({ wording: WORDS, written: true });
    const both = await runCommand(['knowledge', '--patterns', file, '--url', 'https://x.example']);
    expect(both.stderr).toContain('Use either');
  });
});
