import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '#apps/cli/commands/registry.ts';
import { loadCommands } from '#apps/cli/load-commands.ts';
import { comingFromPage, findForeignWords, foreignDocuments } from '#apps/workbench/coming-from.ts';
import { ACTIONS } from '#shared/plugins/actions/registry.ts';
import { HOSTS } from '#shared/plugins/hosts/registry.ts';
import { MODEL_PROVIDERS } from '#shared/plugins/llm/registry.ts';
import { NOTIFIERS } from '#shared/plugins/notifiers/registry.ts';
import { SOURCES } from '#shared/plugins/sources/registry.ts';
import { listVariables, VARIABLE_LIST } from '../../../tools/list-variables.ts';
import { runCommand } from './run-command.ts';

const GUIDE = join(import.meta.dirname, '../../../docs/guide');
const documents = await foreignDocuments();
const words = documents.flatMap((document) => document.words);
const help = async (...asked: string[]) => runCommand(['help', ...asked], '', await loadCommands(['help', ...asked]));

describe('words of other documents', () => {
  it('are a page with a section for each document', async () => {
    expect(documents.map(({ document }) => document)).toEqual(['A', 'B', 'C', 'D', 'E']);
    await expect(comingFromPage(documents)).toMatchFileSnapshot(join(GUIDE, 'coming-from.md'));
  });

  it('lead to pages that exist and name commands that exist', () => {
    const names = COMMANDS.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
    for (const { word, here, page } of words) {
      const [file = '', heading] = page.split('#');
      expect(existsSync(join(GUIDE, file)), word).toBe(true);
      const headings = readFileSync(join(GUIDE, file), 'utf8').match(/^#+ .*$/gm) ?? [];
      const anchors = headings.map((line) =>
        line
          .replace(/^#+ /, '')
          .toLowerCase()
          .replaceAll(/[^\w\s-]/g, '')
          .replaceAll(' ', '-'),
      );
      if (heading !== undefined) expect(anchors, word).toContain(heading);
      for (const [, named = ''] of here.matchAll(/`selfheal ([a-z][a-z -]*)/g)) {
        const known = names.some(
          (name) => named === name || named.startsWith(`${name} `) || name.startsWith(`${named.trim()} `),
        );
        expect(known, `${word}: ${named}`).toBe(true);
      }
    }
  });

  it('are found by selfheal help, in every spelling, and each says what it is here or why it is not', async () => {
    for (const { word, also, here } of words) {
      expect(here).toMatch(/\.$/);
      for (const spelling of [word, word.toUpperCase(), ...also])
        expect(
          findForeignWords(spelling, documents).map(({ here: found }) => found),
          spelling,
        ).toContain(here);
    }
    const { code, stdout } = await help('faiss');
    expect({ code, text: stdout.toString() }).toMatchObject({
      code: 0,
      text: expect.stringContaining('Not here, because BM25'),
    });
    expect((await help('federated', 'learning')).stdout.toString()).toContain('no second party takes part');
  });

  it('are missing here only where no plug-in and no environment variable has the name', () => {
    const plugins = [...NOTIFIERS, ...SOURCES, ...HOSTS, ...ACTIONS, ...MODEL_PROVIDERS].map(({ id }) => id);
    const pages = ['environment', 'channels'].map((page) => readFileSync(join(GUIDE, `${page}.md`), 'utf8')).join('\n');
    const variables = [...pages.matchAll(/`([A-Z][A-Z0-9_]+)`/g)].map(([, name = '']) => name);
    for (const name of [...plugins, ...variables])
      for (const { word, here, also } of findForeignWords(name, documents)) {
        const isNamed = [word, ...also].some((one) => one.toLowerCase() === name.toLowerCase());
        if (isNamed) expect(here, `${word}, because there is ${name}`).not.toMatch(/^Not here|There is no\b/);
      }
  });

  it('are not the names of commands: help shows those, also by an old name', async () => {
    expect((await help('analyze')).stdout.toString()).toContain('Usage: selfheal analyze');
    expect((await help('gate')).stdout.toString()).toContain('gate check');
    const alias = COMMANDS.find(({ aliases = [] }) => aliases.length > 0);
    const [old = ''] = alias?.aliases ?? [];
    expect((await help(old)).stdout.toString()).toContain(`Usage: selfheal ${alias?.name}`);
  });

  it('are answered for environment variables, too, in the words of the guide', async () => {
    expect(JSON.parse(readFileSync(VARIABLE_LIST, 'utf8'))).toEqual(JSON.parse(listVariables()));
    for (const [name, meaning] of Object.entries(JSON.parse(listVariables()) as Record<string, string>)) {
      const { code, stdout } = await help(name);
      expect([code, stdout.toString()]).toEqual([
        0,
        expect.stringContaining(`${name}: an environment variable: ${meaning}.`),
      ]);
    }
    expect((await help('dry_run=true')).stdout.toString()).toContain('DRY_RUN: an environment variable');
  });

  it('are found in what somebody copies with more around them, under the spelling that was meant', async () => {
    expect((await help('send_to_ollama(prompt, context)')).stdout.toString()).toMatch(/^send_to_ollama: /);
    expect((await help('alembic upgrade head')).stdout.toString()).toMatch(/^alembic: Not here/);
    expect((await help('log size limit')).stdout.toString()).toMatch(/^log size limit: Not here/);
  });

  it('offers the nearest for a slip, and says so when nothing is like it', async () => {
    expect((await help('fais')).stdout.toString()).toContain('FAISS');
    const { code, stderr } = await help('zzzzqqqq');
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('"zzzzqqqq"') });
  });
});
