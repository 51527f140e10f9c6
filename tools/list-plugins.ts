import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPORT_FORMATS } from '@selfheal/reports/formats/registry.ts';
import type { ActionImpact } from '#shared/domain/plan/candidates.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import { PLUGINS, type Plugins } from '#shared/plugins/plugins.ts';

/** Page of the user guide that lists every plug-in. `npm run plugins` writes it; a test compares it with the registries. */
export const PLUGINS_PAGE = 'docs/guide/plugins.md';

const ARRIVALS: Readonly<Record<Plugins['sources'][number]['kind'], (id: string) => string>> = {
  webhook: (id) => `webhook ${code(`/webhooks/${id}`)}`,
  alerts: (id) => `webhook ${code(`/webhooks/${id}/CONNECTION`)}`,
  event: () => 'EventBridge',
};

/** The text of the page: one table per kind of plug-in, made from the plug-ins' declarations. */
export function listPlugins({ actions, notifiers, sources, modelProviders }: Plugins): string {
  return [
    '# Plug-ins',
    'The actions, sources, notifiers, model providers and report formats of this version. `npm run plugins` writes this page from the registries; do not edit it. `selfheal plugin list` shows them, too, with triage analyses, prompts, metrics and platforms, and how one of each is added.',
    '## Actions',
    'Actions with "nothing" in the column "allowed by" need no setting. [Actions and remedies](actions.md) describes when each action is used.',
    table(
      ['id', 'what it does', 'family', 'risk', 'effect on the service', 'allowed by', 'can be undone'],
      actions.map((action) => [
        code(action.id),
        action.title,
        action.family,
        action.risk,
        impactOf(action.impact),
        settingOf(action),
        action.undo === undefined ? 'no' : 'yes',
      ]),
    ),
    '## Sources',
    table(
      ['id', 'what it reports', 'arrives by'],
      sources.map((source) => [code(source.id), source.title, ARRIVALS[source.kind](source.id)]),
    ),
    '## Notifiers',
    table(
      ['id', 'where it notifies', 'settings'],
      notifiers.map(({ id, title, settings }) => [
        code(id),
        title,
        settings === undefined ? 'none' : code(`notifiers.${id}`),
      ]),
    ),
    '## Model providers',
    table(
      ['id', 'what it is', 'settings to start with'],
      modelProviders.map(({ id, title, sample }) => [code(id), title, code(JSON.stringify({ model: sample }))]),
    ),
    '## Report formats',
    'Reports are recognised by their content. [Reports](reports.md) says how they are read.',
    table(
      ['id', 'format', 'about', 'written by'],
      REPORT_FORMATS.map(({ id, title, kind, writers }) => [code(id), title, kind, writers]),
    ),
  ]
    .join('\n\n')
    .concat('\n');
}

function impactOf({ changesSettings, interrupts }: ActionImpact): string {
  if (changesSettings && interrupts) return 'any';
  if (changesSettings) return 'changes its settings';
  return interrupts ? 'interrupts parts of it' : 'none';
}

/** The setting with which an owner allows the action. */
function settingOf({ id, switch: name, remedy }: ActionPlugin): string {
  if (name !== undefined) return `${code(`fixes.repositories[].${name}`)}`;
  return remedy === undefined ? 'nothing' : `an entry ${code(id)} in ${code('services[].remedies')}`;
}

const code = (text: string): string => `\`${text}\``;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

if (import.meta.main) writeFileSync(join(import.meta.dirname, '..', PLUGINS_PAGE), listPlugins(PLUGINS));
