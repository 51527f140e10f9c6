import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkBoundaries } from '../../../tools/check-boundaries.ts';

const FINE: Record<string, string> = {
  'shared/domain/incident/incident.ts': 'export const incident = 1;',
  'packages/kernel/src/text/brand.ts': 'export const markRedacted = 1;',
  'packages/kernel/src/text/record-text.ts': 'export const recordText = 1;',
  'packages/kernel/src/text/raw-name.ts': 'export const rawNameOf = 1;',
  'packages/kernel/src/text/raw-text-read.ts': 'export const readRawText = 1;',
  'shared/domain/plan/plan.ts': 'export const plan = 1;',
  'shared/ports/store.ts': 'export interface Store {}',
  'shared/adapters/aws/store.ts': "import { SNSClient } from '@aws-sdk/client-sns'; export const store = SNSClient;",
  'shared/app/heal.ts': 'export const heal = 1;',
  'shared/plugins/actions/contract.ts': 'export interface Action {}',
  'shared/plugins/actions/rerun/index.ts': 'export const rerun = 1;',
  'shared/plugins/actions/registry.ts': "import { rerun } from './rerun/index.ts'; export const ACTIONS = [rerun];",
  'functions/plan/config.ts': 'export const config = 1;',
  'functions/api/app.ts': 'export const app = 1;',
  'functions/plan/handler.ts': 'export const makeHandler = 1;',
  'functions/notify/main.ts': "import { store } from '#shared/adapters/aws/store.ts'; export const handler = store;",
  'infra/app.ts': "import { config } from '#functions/plan/config.ts'; export const app = config;",
  'shared/ports/audit-reader.ts': 'export interface AuditReader { auditTrail(): void }',
  'statemachines/heal.ts': 'export const definition = 1;',
  'apps/local/main.ts': "import { heal } from '#shared/app/heal.ts'; export const main = heal;",
  'apps/dashboard/page.ts':
    "import { incident } from '#shared/domain/incident/incident.ts'; import type { app } from '#functions/api/app.ts'; export type App = typeof app; export const page = incident;",
  'apps/cli/signing.ts': 'export const command = 1;',
  'packages/local-cloud/src/runtime.ts': 'export const runtime = 1;',
  'packages/patch-guard/src/tree-sitter.ts': "import fs from 'node:fs'; export const parse = fs;",
  'lab/bench.ts': "import { heal } from '#shared/app/heal.ts'; export const bench = heal;",
  'tools/build.ts': 'export const build = 1;',
  'test/fakes/store.ts': 'export const fake = 1;',
};

/** One planted violation for every rule: the file, its text, and the rule that has to fire on it. */
const PLANTED: readonly [rule: string, file: string, text: string][] = [
  ['domain-is-pure', 'shared/domain/incident/reads.ts', "import fs from 'node:fs'; export const a = fs;"],
  [
    'libraries-in-order',
    'packages/kernel/src/knows.ts',
    "import { incident } from '../../../shared/domain/incident/incident.ts'; export const a = incident;",
  ],
  ['libraries-are-pure', 'packages/redaction/src/reads.ts', "import fs from 'node:fs'; export const a = fs;"],
  [
    'only-entry-points-load-adapters-of-libraries',
    'shared/app/parses.ts',
    "import { parse } from '../../packages/patch-guard/src/tree-sitter.ts'; export const a = parse;",
  ],
  [
    'domain-in-order',
    'shared/domain/incident/ahead.ts',
    "import type { plan } from '#shared/domain/plan/plan.ts'; export type A = typeof plan;",
  ],
  [
    'only-people-read-the-audit-trail',
    'shared/app/steers.ts',
    "import type { AuditReader } from '#shared/ports/audit-reader.ts'; export type A = AuditReader;",
  ],
  ['domain-has-no-other-parts', 'shared/domain/attic/box.ts', "import * as z from 'zod'; export const a = z;"],
  [
    'ports-know-only-domain',
    'shared/ports/leaks.ts',
    "import { store } from '#shared/adapters/aws/store.ts'; export const a = store;",
  ],
  [
    'plugins-know-domain-and-ports',
    'shared/plugins/actions/leaks.ts',
    "import { heal } from '#shared/app/heal.ts'; export const a = heal;",
  ],
  [
    'report-formats-use-parsers',
    'packages/reports/src/formats/common/loads.ts',
    "import { readFileSync } from 'node:fs'; export const a = readFileSync;",
  ],
  [
    'no-plugin-sees-its-siblings',
    'shared/plugins/actions/nosy.ts',
    "import type { ACTIONS } from './registry.ts'; export type A = typeof ACTIONS;",
  ],
  [
    'no-plugin-sees-another',
    'shared/plugins/actions/nosy/index.ts',
    "import { rerun } from '../rerun/index.ts'; export const a = rerun;",
  ],
  [
    'app-knows-no-adapters',
    'shared/app/leaks.ts',
    "import { store } from '#shared/adapters/aws/store.ts'; export const a = store;",
  ],
  [
    'adapters-know-no-app',
    'shared/adapters/aws/leaks.ts',
    "import { heal } from '#shared/app/heal.ts'; export const a = heal;",
  ],
  [
    'shared-knows-no-entry-point',
    'shared/app/outward.ts',
    "import { config } from '#functions/plan/config.ts'; export const a = config;",
  ],
  [
    'sdk-only-in-adapters',
    'apps/local/sdk.ts',
    "import { SNSClient } from '@aws-sdk/client-sns'; export const a = SNSClient;",
  ],
  [
    'functions-are-islands',
    'functions/notify/nosy.ts',
    "import { config } from '../plan/config.ts'; export const a = config;",
  ],
  [
    'only-main-composes',
    'functions/notify/handler.ts',
    "import { store } from '#shared/adapters/aws/store.ts'; export const a = store;",
  ],
  [
    'infra-reads-data-not-code',
    'infra/leaks.ts',
    "import { makeHandler } from '#functions/plan/handler.ts'; export const a = makeHandler;",
  ],
  [
    'the-workflow-is-data',
    'statemachines/leaks.ts',
    "import { heal } from '#shared/app/heal.ts'; export const a = heal;",
  ],
  [
    'dashboard-takes-types-of-the-api',
    'apps/dashboard/calls.ts',
    "import { app } from '#functions/api/app.ts'; export const a = app;",
  ],
  [
    'no-app-imports-an-app',
    'apps/action/shortcut.ts',
    "import { command } from '#apps/cli/signing.ts'; export const a = command;",
  ],
  [
    'the-workbench-knows-no-app',
    'apps/workbench/leaks.ts',
    "import { config } from '#functions/plan/config.ts'; export const a = config;",
  ],
  [
    'only-the-laboratory-starts-the-local-deployment',
    'apps/cli/starts.ts',
    "import { main } from '#apps/local/main.ts'; export const a = main;",
  ],
  [
    'dashboard-is-a-browser',
    'apps/dashboard/leaks.ts',
    "import { heal } from '#shared/app/heal.ts'; export const a = heal;",
  ],
  [
    'only-the-redactor-makes-redacted-text',
    'packages/log-reading/src/logs/sure.ts',
    "import { markRedacted } from '../../../kernel/src/text/brand.ts'; export const a = markRedacted;",
  ],
  [
    'records-alone-read-redacted-text-back',
    'shared/plugins/actions/reads.ts',
    "import { recordText } from '../../../packages/kernel/src/text/record-text.ts'; export const a = recordText;",
  ],
  [
    'only-the-code-host-unwraps-names',
    'shared/app/unwraps.ts',
    "import { rawNameOf } from '../../packages/kernel/src/text/raw-name.ts'; export const a = rawNameOf;",
  ],
  [
    'only-the-redactor-reads-raw-text',
    'shared/app/reads-raw.ts',
    "import { readRawText } from '../../packages/kernel/src/text/raw-text-read.ts'; export const a = readRawText;",
  ],
  [
    'the-local-cloud-knows-nothing-of-selfheal',
    'packages/local-cloud/src/leaks.ts',
    "import { heal } from '../../../shared/app/heal.ts'; export const a = heal;",
  ],
  [
    'product-knows-no-packages',
    'infra/cloud.ts',
    "import { runtime } from '../packages/local-cloud/src/runtime.ts'; export const a = runtime;",
  ],
  ['product-knows-no-lab', 'shared/app/measures.ts', "import { bench } from '#lab/bench.ts'; export const a = bench;"],
  [
    'no-product-import-of-test',
    'infra/tests.ts',
    "import { fake } from '#test/fakes/store.ts'; export const a = fake;",
  ],
  ['no-unresolved', 'apps/local/missing.ts', "import { a } from './nowhere.ts'; export const b = a;"],
  ['no-circular', 'shared/app/ring-a.ts', "import type { b } from './ring-b.ts'; export type A = typeof b;"],
];

const ROOT = join(import.meta.dirname, '../../..');
let tree: string;

beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), 'boundaries-'));
  symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'));
  for (const file of ['package.json', 'tsconfig.json']) cpSync(join(ROOT, file), join(tree, file));
  for (const [file, text] of Object.entries(FINE)) write(file, text);
});

afterAll(() => rmSync(tree, { recursive: true, force: true }));

function write(file: string, text: string): void {
  mkdirSync(dirname(join(tree, file)), { recursive: true });
  writeFileSync(join(tree, file), `${text}\n`);
}

describe('the import map', () => {
  it('accepts a tree that keeps to it', async () => {
    expect((await checkBoundaries(tree)).violations).toEqual([]);
  });

  it('fires every one of its rules on a planted violation', async () => {
    for (const [, file, text] of PLANTED) write(file, text);
    write('shared/app/ring-b.ts', "import type { A } from './ring-a.ts'; export const b: A | number = 1;");
    const { violations } = await checkBoundaries(tree);
    const fired = PLANTED.map(([rule, file]) => [
      rule,
      violations.some(
        (v) =>
          (v.rule === rule && v.from.startsWith(file.replace('ring-a', 'ring-'))) ||
          (v.rule === rule && v.from === file),
      ),
    ]);
    expect(fired).toEqual(PLANTED.map(([rule]) => [rule, true]));
  });

  it('has a planted violation for each of its rules', () => {
    const { forbidden } = createRequire(import.meta.url)('../../../.dependency-cruiser.cjs') as {
      forbidden: { name: string }[];
    };
    expect([...new Set(forbidden.map((r) => r.name))].sort()).toEqual(PLANTED.map(([rule]) => rule).sort());
  });

  it('refuses to give a verdict when it does not see the modules', async () => {
    await expect(checkBoundaries(tree, ['shared', 'empty'])).rejects.toThrow();
  });
});
