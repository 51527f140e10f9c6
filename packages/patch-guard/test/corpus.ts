import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Language } from '../src/language.ts';

/** The examples in a YAML file below this folder. */
export const corpus = <T>(file: string): T =>
  parse(readFileSync(join(import.meta.dirname, file), 'utf8'), { maxAliasCount: 0 }) as T;

const LANGUAGES = ['javascript', 'python', 'java', 'kotlin', 'go', 'rust', 'ruby', 'csharp', 'php'] as const;

/** The examples of a folder with one file a language. */
export const corpora = <T>(folder: string): Readonly<Record<Language, T>> =>
  Object.fromEntries(LANGUAGES.map((language) => [language, corpus<T>(`${folder}/${language}.yaml`)])) as Readonly<
    Record<Language, T>
  >;
