import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MODEL_PROVIDERS } from '#shared/plugins/llm/registry.ts';
import { NOTIFIERS } from '#shared/plugins/notifiers/registry.ts';
import { EVENT_SOURCES, SOURCES, WEBHOOK_SOURCES } from '#shared/plugins/sources/registry.ts';

const PLUGINS = join(import.meta.dirname, '../../../shared/plugins');
/** Files of a plug-in folder that are no plug-ins. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  sources: ['first-problem', 'github-comment'],
  notifiers: [
    'approval-briefing',
    'approval-mail',
    'asked-words',
    'consulted-quotes',
    'cut-line',
    'findings',
    'mail',
    'markdown',
    'quotes',
    'seen-before-words',
    'status-words',
    'story-words',
    'wrap',
  ],
  llm: ['ask-for-diagnosis', 'clean-code', 'conversation', 'look-up', 'openai-api', 'prompt', 'reply', 'wire'],
};

async function pluginFiles(kind: string): Promise<string[]> {
  const rest = new Set(['contract', 'registry', ...(PARTS[kind] ?? [])]);
  const names = (await readdir(join(PLUGINS, kind))).map((name) => name.replace(/\.ts$/, ''));
  return names.filter((name) => !rest.has(name)).sort();
}

describe('every plug-in file is in its registry, under the id its file is named after', () => {
  it.each([
    ['sources', SOURCES],
    ['notifiers', NOTIFIERS],
    ['llm', MODEL_PROVIDERS],
  ] as const)('%s', async (kind, registry) => {
    expect(registry.map(({ id }) => id).sort()).toEqual(await pluginFiles(kind));
  });

  it('splits the sources by the way they come in', () => {
    expect(WEBHOOK_SOURCES.map(({ id }) => id)).toEqual(['github']);
    expect(EVENT_SOURCES.map(({ id }) => id)).toEqual(['cloudwatch']);
  });
});
