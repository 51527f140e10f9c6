import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FailureModel, parseModelFile } from '@selfheal/diagnosis/failure/model/failure-model.ts';
import {
  type DataFile,
  parseOwnSignatures,
  parseSignatures,
  type SignatureSet,
} from '@selfheal/diagnosis/failure/signatures.ts';
import type { LinearEngine } from '@selfheal/log-reading/logs/text-pattern.ts';
import * as z from 'zod';
import type { KnowledgeEntry } from '#shared/domain/knowledge/knowledge-entry.ts';
import { parsePlaybooks } from '#shared/domain/knowledge/playbooks.ts';
import { type ModelVersion, versionOf } from '#shared/domain/learning/model-registry.ts';
import { Provenance } from '#shared/domain/learning/provenance.ts';

export const MODEL_FILE = 'failure.json';
/** The user's own signatures as the build packs them: their files with names and lines. */
export const OWN_SIGNATURES_FILE = 'own-signatures.json';
const OwnFiles = z.array(z.strictObject({ name: z.string(), content: z.unknown(), lines: z.array(z.number()) }));

/** Parses YAML. The parser is loaded only where it is needed, because it costs a cold start 100 ms and more. */
async function parseYaml(text: string): Promise<unknown> {
  const { parse } = await import('yaml');
  return parse(text, { maxAliasCount: 0 });
}

/**
 * The files of a folder to read, in name order: JSON written by a build takes precedence over YAML of the same name.
 */
function chooseFiles(names: readonly string[]): string[] {
  const all = new Set(names);
  const isRead = (name: string): boolean =>
    name.endsWith('.json') || (name.endsWith('.yaml') && !all.has(name.replace(/\.yaml$/, '.json')));
  return names.filter(isRead).sort();
}

/** The data files of a folder in name order; a file that cannot be parsed becomes a problem, the others are still read. */
async function readFolder(folder: string): Promise<{ files: DataFile[]; problems: string[] }> {
  const files: DataFile[] = [];
  const problems: string[] = [];
  for (const name of chooseFiles(await readdir(folder))) {
    try {
      const text = await readFile(join(folder, name), 'utf8');
      files.push({ name, content: name.endsWith('.json') ? JSON.parse(text) : await parseYaml(text) });
    } catch (error) {
      problems.push(`${name}: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'not readable'}`);
    }
  }
  return { files, problems };
}

/** Where the data files are: next to the bundle in Lambda, in the source tree otherwise. */
export function dataDirectoryOf(environment: Readonly<Record<string, string | undefined>>): string {
  const root = environment.LAMBDA_TASK_ROOT;
  return root === undefined ? join(import.meta.dirname, '../../data') : join(root, 'data');
}

/**
 * Reads `signatures/*` and, with the engine for their patterns, the user's own where they were packed. Problems name the file and the
 * signature; a missing folder throws.
 */
export async function loadSignatures(
  dataDir: string,
  loadEngine?: () => Promise<LinearEngine>,
): Promise<{ signatures: SignatureSet; problems: string[] }> {
  const { files, problems } = await readFolder(join(dataDir, 'signatures'));
  const shipped = parseSignatures(files);
  const all = [...problems, ...shipped.problems];
  const own = loadEngine === undefined ? null : await readOwnFiles(dataDir);
  if (loadEngine === undefined || own === null) return { signatures: shipped.signatures, problems: all };
  const both = parseOwnSignatures(own, shipped.signatures.all, await loadEngine());
  return { signatures: both.signatures, problems: [...all, ...both.problems] };
}

/** Null when none were packed. */
async function readOwnFiles(dataDir: string): Promise<DataFile[] | null> {
  const path = join(dataDir, OWN_SIGNATURES_FILE);
  return existsSync(path) ? OwnFiles.parse(JSON.parse(await readFile(path, 'utf8'))) : null;
}

/** Reads `playbooks/*`. Problems name the file and the playbook; a missing folder throws. */
export async function loadPlaybooks(dataDir: string): Promise<{ entries: KnowledgeEntry[]; problems: string[] }> {
  const { files, problems } = await readFolder(join(dataDir, 'playbooks'));
  const parsed = parsePlaybooks(files);
  return { entries: parsed.entries, problems: [...problems, ...parsed.problems] };
}

/** Reads `models/failure.json`, what was learned from labelled failures. A problem names the file; then there is no model. */
export async function loadFailureModel(
  dataDir: string,
): Promise<{ model: FailureModel | undefined; problems: string[] }> {
  const path = join(dataDir, 'models', MODEL_FILE);
  try {
    return { model: parseModelFile(JSON.parse(await readFile(path, 'utf8'))), problems: [] };
  } catch (error) {
    return {
      model: undefined,
      problems: [`${path}: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'not readable'}`],
    };
  }
}

export const PROVENANCE_FILE = 'failure.provenance.json';

/** The version of the model that comes with the code. A problem names the folder; then there is no version. */
export async function loadShippedVersion(
  dataDir: string,
): Promise<{ version: ModelVersion | null; problems: string[] }> {
  const folder = join(dataDir, 'models');
  try {
    const [file = '', provenance = ''] = await Promise.all(
      [MODEL_FILE, PROVENANCE_FILE].map((name) => readFile(join(folder, name), 'utf8')),
    );
    return { version: versionOf(Provenance.parse(JSON.parse(provenance)), file), problems: [] };
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'not readable';
    return { version: null, problems: [`${folder}: ${why}`] };
  }
}
