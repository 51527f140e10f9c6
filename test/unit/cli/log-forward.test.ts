import { appendFile, mkdtemp, readFile, rename, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { makeTerminal } from '@selfheal/cli-kit/terminal.ts';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '#apps/cli/commands/registry.ts';
import { openElasticsearchSource } from '#apps/cli/forward/elasticsearch-source.ts';
import { openFileSource } from '#apps/cli/forward/file-source.ts';
import { SourceDown, withFallback } from '#apps/cli/forward/log-source.ts';
import { makeOtlpSender } from '#apps/cli/forward/otlp-sender.ts';
import { runCli } from '#apps/workbench/cli.ts';
import { readOtlpProtobuf } from '#shared/domain/log-watch/wire/otlp.ts';
import { aCluster, aJsonServer } from '#test/e2e/support/elasticsearch.ts';
import { until } from '#test/e2e/support/until.ts';
import { runCommand } from './run-command.ts';

const aFolder = () => mkdtemp(join(tmpdir(), 'selfheal-forward-'));

describe('following files', () => {
  const options = { stateFile: null, fromStart: true };
  const textsOf = async (source: Awaited<ReturnType<typeof openFileSource>>) =>
    (await source.read()).lines.map(({ text }) => text);

  it('[D1] takes every line once, through rotation by renaming and by truncating', async () => {
    const file = join(await aFolder(), 'orders.log');
    await writeFile(file, 'one\ntwo\n');
    const source = await openFileSource([file], options);
    expect(await textsOf(source)).toEqual(['one', 'two']);
    await appendFile(file, 'three\n');
    await rename(file, `${file}.1`);
    await appendFile(`${file}.1`, 'four\n');
    await writeFile(file, 'five\n');
    expect(await textsOf(source)).toEqual(['three', 'four', 'five']);
    await truncate(file, 0);
    await appendFile(file, 'x\n');
    expect(await textsOf(source)).toEqual(['x']);
    expect(await textsOf(source)).toEqual([]);
    await source.close();
  });

  it('holds an unfinished line back for one look, and takes bytes of one letter together', async () => {
    const file = join(await aFolder(), 'orders.log');
    const euro = Buffer.from('price 5 €\n');
    await writeFile(file, euro.subarray(0, 9));
    const source = await openFileSource([file], options);
    expect(await textsOf(source)).toEqual([]);
    await appendFile(file, euro.subarray(9));
    expect(await textsOf(source)).toEqual(['price 5 €']);
    await appendFile(file, 'no end');
    expect([await textsOf(source), await textsOf(source)]).toEqual([[], ['no end']]);
    await source.close();
  });

  it('goes on after a restart where it was delivered, and reads a file that was not there from its beginning', async () => {
    const folder = await aFolder();
    const [file, stateFile] = [join(folder, 'orders.log'), join(folder, 'state.json')];
    const waiting = await openFileSource([file], { stateFile, fromStart: false });
    expect((await waiting.read()).notes).toEqual([`${file} is not there yet.`]);
    await writeFile(file, 'one\n');
    expect(await textsOf(waiting)).toEqual(['one']);
    await waiting.commit();
    await appendFile(file, 'two\n');
    // Read, but not delivered.
    expect(await textsOf(waiting)).toEqual(['two']);
    await waiting.close();
    const again = await openFileSource([file], { stateFile, fromStart: false });
    expect(await textsOf(again)).toEqual(['two']);
    await again.close();
  });
});

describe('sending lines', () => {
  it('sends the same bytes until they are taken, and says why it waits', async () => {
    const bodies: Buffer[] = [];
    const base = await aJsonServer(({ body }) => {
      bodies.push(body);
      return { status: bodies.length < 3 ? 503 : 200 };
    });
    const said: string[] = [];
    const sender = makeOtlpSender({
      base,
      token: async () => 'x',
      service: 'orders',
      // A terminal's clock has fractions of a millisecond.
      now: () => 1_700_000_000_000.388,
      pause: async () => {},
      say: (message) => void said.push(message),
    });
    await sender.send([
      { service: null, at: null, text: 'one' },
      { service: 'pay', at: 1_700_000_000_123, text: 'zwei €' },
    ]);
    expect(bodies).toHaveLength(3);
    expect(new Set(bodies.map((body) => body.toString('base64'))).size).toBe(1);
    expect(readOtlpProtobuf(gunzipSync(bodies[0] ?? '')).lines).toMatchObject([
      { service: 'orders', at: 1_700_000_000_000, text: 'one' },
      { service: 'pay', at: 1_700_000_000_123, text: 'zwei €' },
    ]);
    expect(said[0]).toContain('answered 503. Trying again');
  });

  it('ends with the words of the deployment when it refuses', async () => {
    const base = await aJsonServer(() => ({ status: 403 }));
    const sender = makeOtlpSender({
      base,
      token: async () => 'x',
      service: 'orders',
      now: Date.now,
      pause: async () => {},
      say: () => {},
    });
    await expect(sender.send([{ service: null, at: null, text: 'one' }])).rejects.toThrow('/v1/logs: status 403');
  });
});

describe('standard input', () => {
  it('is sent line by line while it is still open, however short the lines are', async () => {
    const texts: string[] = [];
    const base = await aJsonServer(({ body }) => {
      texts.push(...readOtlpProtobuf(gunzipSync(body)).lines.map(({ text }) => text));
      return { status: 200 };
    });
    const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
    const environment = { SELFHEAL_URL: base, SELFHEAL_TOKEN: 'key' };
    const terminal = makeTerminal({ stdin, stdout, stderr, environment, now: () => 1_700_000_000_000.5 });
    const ended = runCli(['log', 'forward', '--service', 'host1', '-'], COMMANDS, terminal);
    stdin.write('first\nsecond ');
    await until('the first line', () => texts.length > 0);
    expect(texts).toEqual(['first']);
    stdin.end('half €');
    expect(await ended).toBe(0);
    expect(texts).toEqual(['first', 'second half €']);
  });
});

describe('how often sources are looked at', () => {
  it.each([
    [{}, 'every 15 seconds'],
    [{ ELASTICSEARCH_URLS: 'http://127.0.0.1:9' }, 'every 30 seconds'],
    [{ POLL_INTERVAL: '60' }, 'every 60 seconds'],
  ])('[D88] [D186] with %j: %s', async (environment, says) => {
    const file = join(await aFolder(), 'application.log');
    await writeFile(file, '');
    const { code, stderr } = await runCommand(['log', 'forward', file, '--once'], '', undefined, {
      SELFHEAL_URL: 'http://127.0.0.1:9',
      SELFHEAL_TOKEN: 'key',
      ...environment,
    });
    expect([code, stderr]).toEqual([0, expect.stringContaining(says)]);
  });

  it('[D88] names a wrong interval', async () => {
    const { code, stderr } = await runCommand(['log', 'forward', '--once'], '', undefined, {
      SELFHEAL_URL: 'http://127.0.0.1:9',
      SELFHEAL_TOKEN: 'key',
      POLL_INTERVAL: 'soon',
    });
    expect([code, stderr]).toEqual([2, expect.stringContaining('soon: expected seconds')]);
  });
});

describe('trying it out', () => {
  it('[D124] [D125] writes made-up lines, which a look at the file then counts by level', async () => {
    const file = join(await aFolder(), 'logs', 'application.log');
    const made = await runCommand(['create-test-logs', file]);
    expect([made.code, made.stdout.toString()]).toEqual([0, expect.stringContaining(`100 lines written to ${file}`)]);
    const times = (await readFile(file, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => Date.parse(line.split(' ')[0] ?? ''));
    // One a second.
    expect(times.map((time) => time - (times.at(-1) ?? 0))).toEqual(times.map((_, at) => 1000 * (at - 99)));
    const { code, stdout } = await runCommand(['test-log-polling', file, '--json']);
    const { lines, levels } = JSON.parse(stdout.toString());
    expect([code, lines, levels.critical + levels.error, levels.debug]).toEqual([0, 100, 10, 0]);
    await runCommand(['create-test-logs', file, '--lines', '20']);
    expect((await readFile(file, 'utf8')).trimEnd().split('\n')).toHaveLength(120);
    const nothing = await runCommand(['test-log-polling', `${file}.missing`]);
    expect([nothing.code, nothing.stdout.toString()]).toEqual([1, expect.stringContaining('is not there yet')]);
  });
});

/** A cluster with so many lines, a hundred a second. */
const linesFrom = (start: number, count: number) =>
  aCluster(
    Array.from({ length: count }, (_, at) => ({
      at: start + at * 10,
      source: { message: `line ${at}`, service: { name: 'orders' }, log: { level: 'error' } },
    })),
  );

describe('reading Elasticsearch', () => {
  const START = Date.UTC(2026, 10, 3);
  const optionsFor = (urls: readonly string[]) => ({
    urls,
    index: 'logs-*',
    authorization: null,
    now: () => START + 3_600_000,
    since: START,
  });

  it('[D86] takes every line once over pages and looks, and closes each point in time', async () => {
    const { answer, open } = linesFrom(START, 2_500);
    const source = openElasticsearchSource(optionsFor([await aJsonServer(answer)]));
    const { lines } = await source.read();
    expect(lines.map(({ text }) => text)).toEqual(Array.from({ length: 2_500 }, (_, at) => `ERROR line ${at}`));
    expect(lines[0]).toMatchObject({ service: 'orders', at: START });
    expect((await source.read()).lines).toEqual([]);
    expect(open.size).toBe(0);
  });

  it('[D86] goes on at the next look where one look does not reach the end, and says so', async () => {
    const { answer } = linesFrom(START, 20_500);
    const source = openElasticsearchSource(optionsFor([await aJsonServer(answer)]));
    const [first, second] = [await source.read(), await source.read()];
    expect([first.lines.length, first.notes]).toEqual([
      20_000,
      ['There are more lines than one look takes; the next goes on.'],
    ]);
    expect([second.lines.length, second.notes]).toEqual([500, []]);
  });

  it('[D87] [D185] asks the next address when one is down, and files when none answers', async () => {
    const { answer } = linesFrom(START, 3);
    let asked = 0;
    const down = await aJsonServer(() => {
      asked += 1;
      return { status: 503 };
    });
    const up = await aJsonServer(answer);
    const source = openElasticsearchSource(optionsFor([down, up]));
    expect((await source.read()).lines).toHaveLength(3);
    await source.read();
    // From then on the one that answered comes first.
    expect(asked).toBe(1);
    const file = join(await aFolder(), 'application.log');
    await writeFile(file, 'from the file\n');
    const files = await openFileSource([file], { stateFile: null, fromStart: true });
    const both = withFallback(openElasticsearchSource(optionsFor([down])), files);
    const look = await both.read();
    expect(look.lines.map(({ text }) => text)).toEqual(['from the file']);
    expect(look.notes[0]).toBe(`${down} answered 503. Reading ${file} instead.`);
    await both.close();
  });

  it.each([
    [401, /set ELASTICSEARCH_API_KEY/],
    [404, /There is no index logs-\*/],
    [429, /answered 429/],
  ])('says what to do when the cluster answers %i', async (status, words) => {
    const source = openElasticsearchSource(optionsFor([await aJsonServer(() => ({ status }))]));
    await expect(source.read()).rejects.toThrow(SourceDown);
    await expect(source.read()).rejects.toThrow(words);
  });
});
