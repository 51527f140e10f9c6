import { describe, expect, it } from 'vitest';
import { ALL_SERVICES } from '#shared/domain/incident/scope.ts';
import { aFile, aFolder, runCommand } from './run-command.ts';
import { aServedApi } from './served-api.ts';

/** The table of a document, word for word. */
const TABLE = `timestamp,title,description,service,severity,resolution_time,solution,tags,success
2024-01-01T10:00:00Z,"DB Timeout","PostgreSQL query timeout","postgres","high",600,"restart_db","database,timeout",true
2024-01-02T14:30:00Z,"Disk Full","Root filesystem 98% full","server","critical",1200,"cleanup_logs","disk,storage",true
2024-01-03T09:15:00Z,"API Rate Limit","Too many requests to external API","api-gateway","medium",300,"enable_backoff","api,rate-limit",true
2024-01-03T16:45:00Z,"Memory Leak","Java heap space exhausted","spark","high",900,"restart_application","memory,spark",true
2024-01-04T11:20:00Z,"Network Timeout","Cannot reach downstream service","network","medium",450,"retry_with_circuit_breaker","network,timeout",true
`;

const ROWS = 450;
/** Records of one failure, so that each is an outcome of one pattern. */
const manyRows = (): string =>
  [
    'timestamp,title,description,service,severity,resolution_time,solution,tags,success,incident',
    ...Array.from(
      { length: ROWS },
      (_row, at) =>
        `2024-01-01T10:00:${String(at % 60).padStart(2, '0')}Z,Pool exhausted,"remaining connection slots are reserved, ${at} of 20 used",payments,high,60,Raise the pool,db,true,case-${at}`,
    ),
    '',
  ].join('\n');

async function aPlace() {
  const served = await aServedApi();
  const { url } = served;
  const folder = aFolder();
  let signedIn = Number.POSITIVE_INFINITY;
  // Read before each part, as the token of a session is.
  const environment = {
    SELFHEAL_URL: url,
    SELFHEAL_CONFIG_DIR: folder,
    get SELFHEAL_TOKEN() {
      return signedIn-- > 0 ? 'operator' : 'nobody';
    },
  };
  const run = (...args: string[]) => runCommand(args, '', undefined, environment);
  const expireAfter = (reads: number) => {
    signedIn = reads;
  };
  return { ...served, run, expireAfter };
}

describe('learning from a file while signed in', () => {
  it("[D262] [D144] shows the five patterns of the document's table in the statistics of the deployment, each of its service", async () => {
    const { run, patterns } = await aPlace();
    const learned = await run('import-incidents', '--file', aFile(TABLE, 'historical_incidents.csv'), '--auto-learn');
    expect([learned.code, learned.stderr]).toEqual([0, expect.stringContaining('place: all services')]);
    const stats = await run('knowledge', 'stats');
    expect(stats.stdout.toString()).toMatch(/^patterns: 5, /m);
    expect(stats.stdout.toString()).toMatch(/by service: .*postgres 1/);
    const stored = await patterns.list(ALL_SERVICES);
    expect(stored.map(({ service }) => service).sort()).toEqual([
      'api-gateway',
      'network',
      'postgres',
      'server',
      'spark',
    ]);
    expect(new Set(stored.map(({ provenance }) => provenance.source))).toEqual(new Set(['human']));
  });

  it('stores nothing in a dry run, and nothing twice when the file is sent again', async () => {
    const { run, patterns } = await aPlace();
    const file = aFile(TABLE, 'incidents.csv');
    await run('knowledge', 'learn', file, '--dry-run');
    expect(await patterns.list(ALL_SERVICES)).toEqual([]);
    await run('knowledge', 'learn', file);
    const before = await patterns.list(ALL_SERVICES);
    await run('knowledge', 'learn', file);
    expect(await patterns.list(ALL_SERVICES)).toEqual(before);
  });

  it('goes on where it stopped when the sign-in expired in the middle, and counts no record twice', async () => {
    const { run, expireAfter, requests, patterns } = await aPlace();
    const file = aFile(manyRows(), 'many.csv');
    const sent = () => requests.filter((one) => one.includes('/knowledge/learn')).length;
    expireAfter(3);
    const first = await run('knowledge', 'learn', file);
    expect(first.code).not.toBe(0);
    const done = Number(/(\d+) of 450 records are learned/.exec(first.stderr)?.[1]);
    expect(done).toBeGreaterThan(0);
    expect(first.stderr).toContain(`it goes on with record ${done + 1}`);
    const before = sent();
    expireAfter(Number.POSITIVE_INFINITY);
    const second = await run('knowledge', 'learn', file);
    expect([second.code, second.stderr]).toEqual([0, expect.stringContaining(`after the ${done} records`)]);
    expect(sent() - before).toBe(Math.ceil((ROWS - done) / 100));
    const text = second.stdout.toString();
    expect(text.match(/^(?:learned|adjusted|unchanged) /gm)).toHaveLength(1);
    expect(text).toMatch(/ and \d+ more: .*; then \d+ further records of the same kind$/m);
    const [pattern, ...others] = await patterns.list(ALL_SERVICES);
    expect(others).toEqual([]);
    const incidents = pattern?.outcomes.map(({ incident }) => incident) ?? [];
    expect(new Set(incidents).size).toBe(incidents.length);
    const again = await run('knowledge', 'learn', file);
    expect(again.stdout.toString()).toMatch(/^unchanged /);
    expect(await patterns.list(ALL_SERVICES)).toEqual([pattern]);
  });

  it('[D262] names duplicates and conflicts by their lines, and learns from the others', async () => {
    const { run, patterns } = await aPlace();
    const [head = '', database = '', disk = ''] = TABLE.split('\n');
    const file = aFile(
      [head, database, database, database.replace('restart_db', 'wait'), disk].join('\n'),
      'twice.csv',
    );
    const { code, stderr } = await run('import-incidents', '--file', file);
    expect(code).toBe(1);
    expect(stderr).toContain('line 2 and 3: duplicate');
    expect(stderr).toContain('line 2 and 4: conflict');
    const stored = await patterns.list(ALL_SERVICES);
    expect(stored.map(({ service }) => service)).toContain('server');
  });

  it('[D259] tests the patterns of the deployment: identified, healed alone, wrong, confidence and time', async () => {
    const { run, patterns } = await aPlace();
    await run('knowledge', 'learn', aFile(TABLE, 'incidents.csv'));
    const before = await patterns.list(ALL_SERVICES);
    const [head = '', database = '', disk = ''] = TABLE.split('\n');
    const strange = '2024-02-01T10:00:00Z,"Odd","the frobnicator wobbled","postgres","low",60,"look","odd",true';
    const { code, stdout } = await run(
      'test-ai-learning',
      aFile([head, database, disk, strange].join('\n'), 'simulated.csv'),
    );
    const text = stdout.toString();
    expect(code, text).toBe(0);
    expect(text).toContain('3 simulated incidents: identified 66.7 % of 3');
    expect(text).toMatch(/without a model 0\.0 % of 3 .*; wrong class 0\.0 % of 3/);
    expect(text).toMatch(/mean confidence 0\.\d\d; mean time to resolve 15 minutes/);
    expect(text).toContain('line 4: Odd');
    expect(await patterns.list(ALL_SERVICES)).toEqual(before);
  });
});

describe('learning from a file without a sign-in', () => {
  it.each([
    ['knowledge', 'learn'],
    ['learning', 'test'],
  ])('says which file it uses: %s %s', async (...command) => {
    const folder = aFolder();
    const before = process.cwd();
    process.chdir(folder);
    try {
      const { stderr } = await runCommand([...command, aFile(TABLE, 'incidents.csv')], '', undefined, {
        SELFHEAL_CONFIG_DIR: folder,
      });
      expect(stderr).toContain('not signed in: the patterns are those of the file .selfheal/patterns.json');
    } finally {
      process.chdir(before);
    }
  });
});
