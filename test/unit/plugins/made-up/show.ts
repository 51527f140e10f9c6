import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FUNCTIONS } from '#infra/functions.ts';
import { makeSelfhealApp } from '#infra/selfheal-app.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';
import { announce } from '#shared/app/notify/announce.ts';
import { Configuration } from '#shared/domain/configuration/configuration.ts';
import { notifiersOf } from '#shared/plugins/notifiers/registry.ts';
import { configurationWith, PLUGINS } from '#shared/plugins/plugins.ts';
import type { Announcement } from '#shared/ports/announcement.ts';
import { listPlugins } from '../../../../tools/list-plugins.ts';

/** Prints what the system makes of its registered plug-ins: what the schema says of a configuration, the template, and the guide's page. */
const given = JSON.parse(process.argv[2] ?? '') as { readonly fine: unknown; readonly wrong: unknown };
const problemsOf = (configuration: unknown) =>
  configurationWith(PLUGINS)
    .safeParse(configuration)
    .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];

/** Where an announcement of any kind arrives that every notifier of this deployment is given. */
async function reachedBy(configuration: unknown): Promise<string[]> {
  const reached: string[] = [];
  const parsed = Configuration.parse(configuration);
  const notifiers = notifiersOf(parsed).filter(({ needs }) => needs.length === 0);
  await announce(
    { kind: 'escalation' } as Announcement,
    {
      notifiers,
      configuration: parsed,
      clock: systemClock,
      meter: { count: () => undefined, time: () => undefined },
      log: console,
    },
    { onNotified: async (_notifier, where) => void reached.push(where) },
  );
  return reached;
}

const folder = mkdtempSync(join(tmpdir(), 'made-up-'));
for (const { name } of FUNCTIONS) {
  mkdirSync(join(folder, 'bundles', name), { recursive: true });
  writeFileSync(join(folder, 'bundles', name, 'index.mjs'), 'export const handler = () => null;');
  writeFileSync(join(folder, 'bundles', name, 'selfheal.json'), JSON.stringify(given.fine));
}
const [config, dashboard] = [join(folder, 'selfheal.json'), join(folder, 'dashboard')];
mkdirSync(dashboard);
writeFileSync(join(dashboard, 'index.html'), '<!doctype html><title>Dashboard</title>');
writeFileSync(config, JSON.stringify(given.fine));
process.env.CDK_VALIDATION = 'false';
const app = makeSelfhealApp(
  { functions: FUNCTIONS, ...PLUGINS },
  {
    outdir: join(folder, 'cdk.out'),
    context: { '@aws-cdk/core:validateAgainstDefaultRules': true, config, dashboard, bundles: join(folder, 'bundles') },
  },
);
const { Resources } = app.synth().getStackByName('Selfheal').template as { Resources: object };
console.log(
  JSON.stringify({
    folder,
    fine: problemsOf(given.fine),
    wrong: problemsOf(given.wrong),
    resources: Resources,
    reached: await reachedBy(given.fine),
    reachedWithout: await reachedBy({ ...Object(given.fine), notifiers: {} }),
    page: listPlugins(PLUGINS),
  }),
);
