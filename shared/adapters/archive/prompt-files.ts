import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Maximum length: a prompt is paid for in every turn. */
const LONGEST = 20_000;
const BASE = 'diagnosis';

/** Prompt texts by purpose. */
export interface PromptFiles {
  readonly base: string;
  /** By the failure family they are named after. */
  readonly ofFamily: Readonly<Record<string, string>>;
}

/**
 * Reads `prompts/*.md`: `diagnosis.md`, and one for a failure family where there is one. Both are the user's to replace.
 * Throws naming the file when the first is missing or empty, or any is too long.
 */
export async function loadPrompts(dataDir: string): Promise<PromptFiles> {
  const folder = join(dataDir, 'prompts');
  const ofFamily: Record<string, string> = {};
  let base = '';
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.md')).sort()) {
    const text = (await readFile(join(folder, name), 'utf8')).trim();
    if (text.length > LONGEST) throw new Error(`prompts/${name} has ${text.length} characters, more than ${LONGEST}.`);
    if (name === `${BASE}.md`) base = text;
    else ofFamily[name.replace(/\.md$/, '')] = text;
  }
  if (base === '') throw new Error(`prompts/${BASE}.md is missing or empty.`);
  return { base, ofFamily };
}
