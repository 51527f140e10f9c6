import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { dataDirectoryOf } from '#shared/adapters/archive/data-files.ts';

interface Extension {
  readonly id: string;
  readonly title: string;
}

/** One kind of thing that extends the product, and what is there of it. */
export interface ExtensionPoint {
  readonly kind: string;
  /** What one of it does. */
  readonly does: string;
  /** How one is added. */
  readonly add: string;
  readonly entries: readonly Extension[];
}

const folderAndLine = (folder: string): string => `a folder in ${folder}, and a line in its registry.ts`;
const named = (all: readonly { readonly id: string; readonly title: string }[]): Extension[] =>
  all.map(({ id, title }) => ({ id, title }));

/** The `*.ending` files of a folder of the data, by the name without it. */
async function filesIn(folder: string, ending: string): Promise<string[]> {
  const names = await readdir(join(dataDirectoryOf({}), folder));
  return names
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length))
    .sort();
}

/** Everything that extends the product, read from the registries and folders themselves. */
export async function extensionPoints(): Promise<readonly ExtensionPoint[]> {
  const [
    { HOSTS },
    { PLUGINS },
    { REPORT_FORMATS },
    { CI_METRICS },
    { METRIC_PLATFORMS },
    { MAPPED_SOURCES },
    signatures,
    prompts,
  ] = await Promise.all([
    import('#shared/plugins/hosts/registry.ts'),
    import('#shared/plugins/plugins.ts'),
    import('@selfheal/reports/formats/registry.ts'),
    import('@selfheal/pull-request-quality/domain/ci-metrics/samples.ts'),
    import('#apps/workbench/ci-metrics/metric-platforms.ts'),
    import('#shared/plugins/sources/common/mapped-source.ts'),
    filesIn('signatures', '.yaml'),
    filesIn('prompts', '.md'),
  ]);
  const kinds: ExtensionPoint[] = [
    {
      kind: 'triage',
      does: 'recognises what failed, by wordings of logs',
      add: 'a file in the folder that signatures.folder of selfheal.json names, or in shared/data/signatures',
      entries: signatures.map((id) => ({ id, title: `signatures of ${id.replaceAll('-', ' ')}` })),
    },
    {
      kind: 'prompt',
      does: 'tells a language model how to diagnose, for all failures or for a family',
      add: 'a file in shared/data/prompts, named after the family',
      entries: prompts.map((id) => ({
        id,
        title: id === 'diagnosis' ? 'every diagnosis' : `failures of the family ${id}`,
      })),
    },
    {
      kind: 'metric',
      does: 'measures a workflow run',
      add: 'an entry in CI_METRICS (packages/pull-request-quality/src/domain/ci-metrics/samples.ts)',
      entries: Object.values(CI_METRICS).map(({ name, help }) => ({ id: name, title: help.replace(/\.$/, '') })),
    },
    {
      kind: 'metric platform',
      does: 'receives the metrics of a run',
      add: 'an entry in METRIC_PLATFORMS (apps/workbench/ci-metrics/metric-platforms.ts)',
      entries: METRIC_PLATFORMS.map(({ id, title, variable }) => ({ id, title: `${title}, by ${variable}` })),
    },
    {
      kind: 'code host',
      does: 'is heard of failed runs, and healed',
      add: folderAndLine('shared/plugins/hosts'),
      entries: named(HOSTS),
    },
    {
      kind: 'source',
      does: 'reports failures and alerts',
      add: `${folderAndLine('shared/plugins/sources')}; or a mapping in selfheal.json`,
      entries: named([...PLUGINS.sources, ...MAPPED_SOURCES]),
    },
    {
      kind: 'action',
      does: 'heals, within the guardrails',
      add: `${folderAndLine('shared/plugins/actions')}; or a playbook of your own`,
      entries: named(PLUGINS.actions),
    },
    {
      kind: 'channel',
      does: 'tells people',
      add: folderAndLine('shared/plugins/notifiers'),
      entries: named(PLUGINS.notifiers),
    },
    {
      kind: 'model provider',
      does: 'asks a language model',
      add: folderAndLine('shared/plugins/llm'),
      entries: named(PLUGINS.modelProviders),
    },
    {
      kind: 'report format',
      does: 'reads reports of tests, coverage and findings',
      add: folderAndLine('packages/reports/src/formats'),
      entries: named(REPORT_FORMATS),
    },
  ];
  return kinds;
}
