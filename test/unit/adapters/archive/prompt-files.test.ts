import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { dataDirectoryOf } from '#shared/adapters/archive/data-files.ts';
import { loadPrompts } from '#shared/adapters/archive/prompt-files.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function dataWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'selfheal-prompts-'));
  folders.push(folder);
  mkdirSync(join(folder, 'prompts'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'prompts', name), text);
  return folder;
}

describe('the prompt files', () => {
  it('that ship are complete: one for every diagnosis and one for each family but unknown', async () => {
    const { base, ofFamily } = await loadPrompts(dataDirectoryOf({}));
    expect(base.length).toBeGreaterThan(200);
    expect(Object.keys(ofFamily)).toEqual(['application', 'code', 'infrastructure', 'security', 'testing']);
  });

  it('[A32]are what somebody put in their place', async () => {
    const prompts = await loadPrompts(
      dataWith({ 'diagnosis.md': ' Mine. \n', 'code.md': 'FastAPI.', 'notes.txt': 'x' }),
    );
    expect(prompts).toEqual({ base: 'Mine.', ofFamily: { code: 'FastAPI.' } });
  });

  it.each([
    ['prompts/diagnosis.md is missing or empty', { 'code.md': 'x' }],
    ['prompts/diagnosis.md is missing or empty', { 'diagnosis.md': ' \n' }],
    ['prompts/code.md has 20001 characters', { 'diagnosis.md': 'x', 'code.md': 'x'.repeat(20_001) }],
  ])('say what is wrong: %s', async (words, files) => {
    await expect(loadPrompts(dataWith(files))).rejects.toThrow(words);
  });
});
