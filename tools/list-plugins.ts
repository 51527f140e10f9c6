import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ActionImpact } from '#shared/domain/plan/impact.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import { PLUGINS, type Plugins } from '#shared/plugins/plugins.ts';

/** The page of the user guide that lists every plug-in. `npm run plugins` writes it; a test compares it with the registries. */
export const PLUGINS_PAGE = 'docs/guide/plugins.md';

/** What the page says: one table for each kind of plug-in, made of what the plug-ins say of themselves. */
export function listPlugins({ actions, notifiers, sources, modelProviders }: Plugins): string {
  return [
    '# Plug-ins',
    'What this version can receive, do, tell and ask. `npm run plugins` writes this page from the registries; do not edit it by hand.',
    '## Actions',
    'An action without a switch and without a remedy needs no setting. [Actions and remedies](actions.md) says when each is used.',
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
      sources.map((source) => [
        code(source.id),
        source.title,
        source.kind === 'webhook' ? `webhook ${code(`/webhooks/${source.id}`)}` : 'EventBridge',
      ]),
    ),
    '## Notifiers',
    table(
      ['id', 'where it tells', 'settings'],
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
  ]
    .join('\n\n')
    .concat('\n');
}

function impactOf({ changesSettings, interrupts }: ActionImpact): string {
  if (changesSettings && interrupts) return 'any';
  if (changesSettings) return 'changes its settings';
  return interrupts ? 'interrupts parts of it' : 'none';
}

/** Where an owner allows it. */
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
