import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { makeTerminal } from '@selfheal/cli-kit/terminal.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { COMMANDS } from '#apps/cli/commands/registry.ts';
import { openStage, type Stage } from '#apps/local/stage.ts';
import { runCli } from '#apps/workbench/cli.ts';
import { anAssembly } from './support/assemblies.ts';

const PASSWORD = 'Correct-Horse-8-Battery';
const ROWS = 10_000;
/** Records of one request. */
const PART = 100;
const HALF_HOUR_MS = 31 * 60_000;

let stage: Stage;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'selfheal-import-'));
  const { assemblyDir } = await anAssembly({});
  stage = await openStage({ assemblyDir });
  await stage.runtime.createUser('olga', 'olga@example.com', PASSWORD, ['operator']);
});
afterAll(async () => {
  await stage?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Records of one failure, so that each is an outcome of one pattern. */
const table = (): string =>
  [
    'timestamp,title,description,service,severity,resolution_time,solution,tags,success,incident',
    ...Array.from(
      { length: ROWS },
      (_, at) =>
        `2026-01-01T${String(at % 24).padStart(2, '0')}:00:00Z,Pool exhausted,"remaining connection slots are reserved, ${at} of 20 used",payments,high,60,Raise the pool,db,true,case-${at}`,
    ),
    '',
  ].join('\n');

async function selfheal(args: readonly string[], { stdin = '', now = Date.now } = {}) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  let [text, errors] = ['', ''];
  stdout.on('data', (piece: Buffer) => (text += piece));
  stderr.on('data', (piece: Buffer) => (errors += piece));
  const environment = { SELFHEAL_CONFIG_DIR: folder };
  const terminal = makeTerminal({ stdin: Readable.from([stdin]), stdout, stderr, environment, now });
  const code = await runCli(args, COMMANDS, terminal);
  return { code, text, errors };
}

const signIn = () =>
  selfheal(['login', '--url', stage.runtime.endpoint, '--user', 'olga@example.com'], { stdin: `${PASSWORD}\n` });

/** How many records the command has noted as learned; 0 where it has noted nothing. */
function learned(): number {
  const note = readdirSync(folder).find((name) => name.startsWith('learning-'));
  return note === undefined ? 0 : (JSON.parse(readFileSync(join(folder, note), 'utf8')) as { done: number }).done;
}

/** A clock by which the token is old after the first part, and the sign-in has ended after the second one. */
function aClockOfExpiry(): () => number {
  const file = join(folder, 'session.json');
  let isEnded = false;
  return () => {
    const done = learned();
    if (done >= 2 * PART && !isEnded) {
      isEnded = true;
      const session = JSON.parse(readFileSync(file, 'utf8')) as object;
      writeFileSync(file, JSON.stringify({ ...session, refreshToken: 'ended', expiresAt: new Date(0).toISOString() }));
    }
    return Date.now() + (done >= PART ? HALF_HOUR_MS : 0);
  };
}

it('an import goes on where its sign-in expired, after a token that was renewed, and counts nothing twice', async () => {
  expect(await signIn()).toMatchObject({ code: 0 });
  const file = join(folder, 'incidents.csv');
  writeFileSync(file, table());
  const order = ['import-incidents', '--file', file, '--auto-learn'];
  const first = await selfheal(order, { now: aClockOfExpiry() });
  const [, done = ''] = /(\d+) of 10,?000 records are learned, then: /.exec(first.errors) ?? [];
  expect([first.code, Number(done)]).toEqual([2, 3 * PART]);
  expect(first.errors).toContain(`Your sign-in at ${stage.runtime.endpoint} has expired: run "selfheal login --url`);
  expect(first.errors).toContain('Run the same command again: it goes on with record 301.');
  expect(await selfheal(order)).toMatchObject({ code: 2, errors: expect.stringContaining('has expired') });

  expect(await signIn()).toMatchObject({ code: 0 });
  const second = await selfheal(order);
  expect([second.code, second.errors]).toEqual([0, expect.stringContaining('went on after the 300 records')]);
  expect(second.text.match(/^(?:learned|adjusted|unchanged|refused) /gm)).toHaveLength(1);

  const stored = async () => JSON.parse((await selfheal(['knowledge', 'patterns', '--json'])).text) as object;
  const before = await stored();
  // Each part changed the pattern once.
  expect(before).toMatchObject({ title: 'Pool exhausted', revision: ROWS / PART, retired: null });
  expect((await selfheal(order)).text).toMatch(/^unchanged /);
  expect(await stored()).toEqual(before);
});
