import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { candidatesFor } from '#shared/app/plan/context.ts';
import { Capacity } from '#shared/domain/capacity/capacity-settings.ts';
import { preEmptiveActions } from '#shared/domain/capacity/pre-emptive-action.ts';
import { isChangeable } from '#shared/domain/plan/target-key.ts';
import { ACTIONS } from '#shared/plugins/actions/registry.ts';
import {
  aClassification,
  aConfiguration,
  anAlarmTarget,
  anEcsDeployment,
  aService,
  aTelemetry,
  someAlarmFacts,
} from '#test/builders/index.ts';
import { checkPlugins } from '../../../../tools/check-plugins.ts';
import { someResources } from '../actions/remedy-world.ts';
import { stopEcsTasks } from './stop-ecs-tasks.ts';

const ROOT = join(import.meta.dirname, '../../../..');
/** What whoever adds them writes: a folder each, and a line in the registry of its kind. */
const MADE_UP = [
  { kind: 'actions', id: 'stop-ecs-tasks', name: 'stopEcsTasks', list: "registered('actions', [" },
  { kind: 'notifiers', id: 'pager', name: 'pager', list: "registered('notifiers', [" },
  { kind: 'sources', id: 'backup', name: 'backup', list: "registered('sources', [" },
] as const;

const deployment = {
  kind: 'ecs-service',
  cluster: 'shop',
  service: 'checkout',
  taskDefinitionFamily: 'checkout',
} as const;
const remedy = { action: 'stop-ecs-tasks', alarms: ['checkout-errors'], share: 0.25 };
const configured = (share: number, team: string) => ({
  version: 1,
  services: [{ id: 'checkout', alarms: ['checkout-errors'], deployment, remedies: [{ ...remedy, share }] }],
  notifiers: { pager: { team } },
});

interface Shown {
  readonly folder: string;
  readonly fine: readonly string[];
  readonly wrong: readonly string[];
  readonly resources: Readonly<Record<string, { Type: string; Properties: Record<string, unknown> }>>;
  readonly page: string;
  readonly reached: readonly string[];
  readonly reachedWithout: readonly string[];
}

let tree: string;
let shown: Shown;

/** A copy of the product with three plug-ins more. */
beforeAll(async () => {
  tree = mkdtempSync(join(tmpdir(), 'made-up-plugins-'));
  for (const name of [
    'package.json',
    'tsconfig.json',
    'shared',
    'infra',
    'functions',
    'statemachines',
    'config',
    'tools',
    'packages/reports',
  ])
    cpSync(join(ROOT, name), join(tree, name), { recursive: true });
  const here = join('test/unit/plugins/made-up');
  mkdirSync(join(tree, here), { recursive: true });
  cpSync(join(ROOT, here, 'show.ts'), join(tree, here, 'show.ts'));
  symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'));
  for (const { kind, id, name, list } of MADE_UP) {
    const folder = join(tree, 'shared/plugins', kind);
    mkdirSync(join(folder, id));
    cpSync(join(ROOT, here, `${id}.ts`), join(folder, id, 'index.ts'));
    const registry = readFileSync(join(folder, 'registry.ts'), 'utf8').replace(list, `${list}${name}, `);
    writeFileSync(join(folder, 'registry.ts'), `import { ${name} } from './${id}/index.ts';\n${registry}`);
  }
  const given = { fine: configured(0.25, 'web'), wrong: configured(0.9, '') };
  const { stdout } = await promisify(execFile)('node', [join(here, 'show.ts'), JSON.stringify(given)], {
    cwd: tree,
    maxBuffer: 64 * 1024 * 1024,
  });
  shown = JSON.parse(stdout) as Shown;
});
afterAll(() => {
  rmSync(tree, { recursive: true, force: true });
  if (shown !== undefined) rmSync(shown.folder, { recursive: true, force: true });
});

const statementsOf = (role: string): string =>
  Object.entries(shown.resources)
    .filter(([id, { Type }]) => Type === 'AWS::IAM::Role' && id.startsWith(role))
    .map(([, { Properties }]) => JSON.stringify(Properties))
    .join();

describe('an action, a notifier and a source in one folder and one registry line each', () => {
  it('are in step with their registries', async () => {
    expect(await checkPlugins(tree)).toEqual([]);
  });

  it('have their settings in selfheal.json, and say what is wrong with them', () => {
    expect(shown.fine).toEqual([]);
    expect(shown.wrong).toEqual([
      expect.stringMatching(/^services\.0\.remedies\.0\.share: Too big/),
      expect.stringMatching(/^notifiers\.pager\.team: Too small/),
    ]);
  });

  it('have their rights in the roles of the template, and nobody else has', () => {
    expect(statementsOf('FunctionsActEcs')).toContain('"ecs:StopTask"');
    expect(statementsOf('FunctionsActEcs')).toContain(':task/shop/*');
    expect(statementsOf('FunctionsActLambda')).not.toContain('ecs:StopTask');
    for (const role of ['Notify', 'Escalate', 'RequestApproval', 'Reconciler', 'Forecast', 'Answers'])
      expect(statementsOf(`Functions${role}`)).toContain('"execute-api:Invoke"');
    expect(statementsOf('FunctionsClassify')).not.toContain('execute-api:Invoke');
  });

  it('[B106] announce with their settings, and not at all while settings without a default are missing', () => {
    expect(shown.reached).toEqual(['the pager of web']);
    expect(shown.reachedWithout).toEqual([]);
  });

  it('bring the rule that an event source needs', () => {
    const rules = Object.values(shown.resources).filter(({ Type }) => Type === 'AWS::Events::Rule');
    expect(rules.map(({ Properties }) => JSON.stringify(Properties.EventPattern))).toContainEqual(
      expect.stringContaining('"aws.backup"'),
    );
  });

  it('stand in the page of the user guide', () => {
    for (const { id } of MADE_UP) expect(shown.page).toContain(`\n| \`${id}\` | `);
    expect(shown.page).toContain('an entry `stop-ecs-tasks` in `services[].remedies`');
    expect(shown.page).toContain('`notifiers.pager`');
  });
});

describe('an action that is added', () => {
  const service = aService({ deployment, remedies: [remedy] });
  const [added] = candidatesFor(
    {
      target: anAlarmTarget(),
      telemetry: aTelemetry({
        facts: someAlarmFacts({ deployment: anEcsDeployment({ deployedAt: null }), resources: someResources() }),
      }),
      classification: aClassification(),
      configuration: aConfiguration({ services: [service] }),
      past: [],
      now: new Date('2026-11-21T12:00:00Z'),
    },
    [...ACTIONS, stopEcsTasks],
  );

  it('is proposed for the alarm that its remedy names, with its impact, on what the incident may change', () => {
    expect(added).toMatchObject({ label: 'stop-ecs-tasks', impact: { interrupts: true }, parameters: { share: 0.25 } });
    expect(isChangeable(added?.targetKey ?? '', anAlarmTarget(), service)).toBe(true);
  });

  it('is told as what may be done before something runs out', () => {
    const capacity = Capacity.parse({ kind: 'memory', metric: { namespace: 'CWAgent', name: 'used' }, limit: 85 });
    const makers = [...ACTIONS, stopEcsTasks].flatMap((action) => action.remedy ?? []);
    expect(preEmptiveActions(capacity, service, makers)).toEqual(['stop 25 % of its tasks']);
  });
});
