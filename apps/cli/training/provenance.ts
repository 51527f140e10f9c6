import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { dataDirectoryOf } from '#shared/adapters/archive/data-files.ts';

const Metric = z.strictObject({
  name: z.string(),
  value: z.number(),
  cases: z.number().int(),
  interval: z.tuple([z.number(), z.number()]).optional(),
});

/** Where the model's numbers are from: `shared/data/models/failure.provenance.json`. No text of any log. */
export const Provenance = z.strictObject({
  version: z.literal(1),
  /** The model's id. */
  model: z.string(),
  trainedAt: z.iso.datetime(),
  parameters: z.record(z.string(), z.number()),
  sources: z.array(z.strictObject({ source: z.string(), cases: z.number().int(), groups: z.number().int() })),
  /** Digest of all cases, labels and signatures. */
  data: z.string(),
  /** On repositories that were held back. */
  metrics: z.array(Metric),
  /** Digests of the logs that were learned from, each of 16 digits, joined. */
  learned: z.string(),
});
export type Provenance = z.infer<typeof Provenance>;

export const MODEL_FILE = 'failure.json';
export const PROVENANCE_FILE = 'failure.provenance.json';

/** Digests of the logs that the shipped model has learned from; empty when there is no provenance. */
export async function learnedDigests(dataDir = dataDirectoryOf({})): Promise<ReadonlySet<string>> {
  const text = await readFile(join(dataDir, 'models', PROVENANCE_FILE), 'utf8').catch(() => null);
  if (text === null) return new Set();
  const { learned } = Provenance.parse(JSON.parse(text));
  return new Set(learned.match(/.{16}/g) ?? []);
}
