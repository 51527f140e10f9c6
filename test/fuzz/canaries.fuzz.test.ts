import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { redact, redactName } from '@selfheal/redaction/redact.ts';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { archiveEntries, completeStep, ranStep, setUpStep } from '#apps/local/world/samples/job-log.ts';
import { makeExcerpts } from '#shared/app/gather/excerpts.ts';
import { type Healer, openHealer } from '../e2e/support/healer.ts';
import { type Canary, canary, FORMS, shortCanary } from './canaries/canaries.ts';
import { type Finding, makeSearch } from './canaries/search.ts';
import { fuzzOptions } from './seed.ts';

vi.setConfig({ testTimeout: 1_800_000, hookTimeout: 600_000 });

const { seed, numRuns } = fuzzOptions(40, 0.25);
const CANARIES = fc.sample(canary, { numRuns, seed });
const NAMES = fc.sample(shortCanary, { numRuns: Math.ceil(numRuns / 5), seed: seed + 1 });

/** Noise on both sides, so that each stands in a log of its own making. */
const embedded = (lines: readonly string[]): string =>
  [
    '##[group]Run make release',
    'compiling 12 files',
    ...lines,
    '##[error]Process completed with exit code 1.',
    '',
  ].join('\n');

const shown = (findings: readonly Finding[]): string[] =>
  [...new Set(findings.map(({ kind, place }) => `${kind}: ${place}`))].sort();

describe(`of ${CANARIES.length} made-up secrets in every form, nothing is left`, () => {
  it.each(Object.keys(FORMS))('[A72] %s, by redaction', (form) => {
    const findings = CANARIES.flatMap((one) =>
      makeSearch([one])(form, redact(embedded(FORMS[form]?.(one) ?? [])).text),
    );
    expect(shown(findings)).toEqual([]);
  });

  it.each(Object.keys(FORMS))('[A72] %s, in gathered evidence', (form) => {
    const findings = CANARIES.flatMap((one) => {
      const excerpts = makeExcerpts(1);
      excerpts.open({ id: 'log', name: redactName('build', 80), url: null }).push(embedded(FORMS[form]?.(one) ?? []));
      return makeSearch([one])(form, JSON.stringify(excerpts.finish()));
    });
    expect(shown(findings)).toEqual([]);
  });

  it.each([' ', '-', '_', '+', '.', '%20'])('[A72] in names whose words are joined by %j', (join) => {
    const findings = NAMES.flatMap((one) => {
      const name = one.lines.map((line) => line.replaceAll(' ', join)).join(join);
      return makeSearch([one])('name', redactName(name, 200));
    });
    expect(shown(findings)).toEqual([]);
  });
});

describe('everything the running system stores, sends, prints and logs', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'selfheal-canaries-'));
  let healer: Healer;
  beforeAll(async () => {
    healer = await openHealer({ base: 'keyed', dataDir });
  });
  afterAll(async () => {
    await healer?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('[A72] holds no secret that stood in logs, titles, branches, commit messages, job and artifact names and alarm texts', async () => {
    healer.world.models.setDefault({
      kind: 'plausible',
      change: { confidence: 'high' },
      looks: [
        { name: 'failing_step', input: {} },
        { name: 'search_log', input: { contains: 'error' } },
      ],
    } as never);
    const perRun = 20;
    const names = [...NAMES];
    const nextName = (): Canary => names.shift() ?? (NAMES[0] as Canary);
    for (let from = 0; from < CANARIES.length; from += perRun)
      await failWith(healer, CANARIES.slice(from, from + perRun), nextName);
    await ringWith(healer, nextName);
    await healer.quiet(300);
    const search = makeSearch([...CANARIES, ...NAMES]);
    const findings: Finding[] = [];
    for (const [place, text] of await everythingOf(healer, join(dataDir, 'runtime')))
      findings.push(...search(place, text));
    expect(shown(findings)).toEqual([]);
  });
});

/** A run fails whose log, title, branch, commit message, jobs and artifact hold secrets. */
async function failWith(healer: Healer, canaries: readonly Canary[], nextName: () => Canary): Promise<void> {
  const { github } = healer.world;
  const repository = 'acme/shop';
  const forms = Object.values(FORMS);
  const text = canaries.flatMap((one, index) => [
    'error: it failed',
    ...(forms[index % forms.length]?.(one) ?? one.lines),
  ]);
  const say = (): string => nextName().lines.join(' ');
  const jobs = [
    {
      name: say(),
      conclusion: 'failure' as const,
      steps: [
        setUpStep(),
        ranStep('Unit tests', 'make test', `${text.join('\n')}\nUploading artifact ${say()}\nerror: tests failed`, 1),
        completeStep(),
      ],
    },
  ];
  github.addRepository(repository);
  const pull = github.addPullRequest(repository, { title: say(), branch: say().replaceAll(' ', '-') });
  github.addCommit({
    ...{ repository, sha: pull.headSha, message: say(), author: 'acme-dev', pullRequest: pull.number, files: [] },
    at: new Date(Date.now() - 60_000).toISOString(),
  });
  const run = github.addRun({
    repository,
    pullRequest: pull.number,
    attempts: [{ conclusion: 'failure', jobs, archive: archiveEntries(jobs, new Date()) }],
  });
  await github.announceRun(run.id, 'completed');
  await healer.ended(run.id);
}

/** An alarm goes off whose reason and description hold secrets, and its log group does. */
async function ringWith(healer: Healer, nextName: () => Canary): Promise<void> {
  const event = healer.world.samples.fireAlarm('checkout') as unknown as {
    detail: { state: object; configuration: object };
  };
  const { detail } = event;
  await healer.runtime.putEvent({
    ...event,
    id: randomUUID(),
    detail: {
      ...detail,
      state: { ...detail.state, reason: `Threshold crossed: ${nextName().lines.join(' ')}` },
      configuration: { ...detail.configuration, description: nextName().lines.join(' ') },
    },
  });
}

/** What it holds and what it sent; then, once it has stopped, what it left on disk. */
async function everythingOf(healer: Healer, folder: string): Promise<[place: string, text: string][]> {
  const all: [string, string][] = [];
  const names = new Set(Object.values(healer.runtime.resources()));
  for (const name of names) {
    const items = await healer.dynamoDb.send(new ScanCommand({ TableName: name })).catch(() => null);
    for (const item of items?.Items ?? []) all.push([`table ${name.replace(/[^A-Za-z].*/, '')}`, JSON.stringify(item)]);
  }
  for (const mail of healer.runtime.mailbox.list()) all.push(['mail', JSON.stringify(mail)]);
  for (const execution of healer.runtime.executions()) all.push(['execution', JSON.stringify(execution)]);
  for (const event of healer.events) all.push(['event', JSON.stringify(event)]);
  for (const call of healer.world.models.calls()) all.push(['request to a model', JSON.stringify(call.request)]);
  for (const { repository, issue, body } of allComments(healer)) all.push([`comment on ${repository}#${issue}`, body]);
  await healer.stop();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const bytes = readFileSync(join(entry.parentPath, entry.name));
    all.push([`file ${entry.name}`, bytes.toString('latin1')], [`file ${entry.name} in UTF-8`, bytes.toString('utf8')]);
  }
  return all;
}

function allComments({ world }: Healer): { repository: string; issue: number; body: string }[] {
  const issues = world.journal.entries().map(({ target }) => /^(acme\/[\w-]+)\/issues\/(\d+)/.exec(target));
  const known = new Map(issues.flatMap((found) => (found === null ? [] : [[found[0], found] as const])));
  return [...known.values()].flatMap(([, repository = '', number = '']) =>
    world.github.comments(repository, Number(number)).map(({ issue, body }) => ({ repository, issue, body })),
  );
}
