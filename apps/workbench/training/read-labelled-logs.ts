import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { InvalidInput } from '@selfheal/kernel/errors.ts';
import { FailureClass } from '@selfheal/kernel/failure-class.ts';
import { present } from '@selfheal/kernel/present.ts';
import * as z from 'zod';
import { parseJsonLines } from '../input/json-lines.ts';
import { type LabelledCase, labelledCase } from './labelled-case.ts';

/** File of a folder that lists its labelled logs, one JSON object per line. */
const LABELS_FILE = 'labels.jsonl';

const Label = z.strictObject({
  /** Path of the log, relative to the folder; may be gzipped. */
  log: z.string().min(1),
  class: FailureClass,
  /** Other classes that are right answers, too. */
  accepted: z.array(FailureClass).default([]),
  /** Whether a re-run passed; absent when unknown. */
  transient: z.boolean().optional(),
  /** Logs of one repository are held out together. By default each log counts as a repository of its own. */
  repository: z.string().min(1).optional(),
  job: z.string().min(1).optional(),
  /** When the run failed, ISO 8601. */
  at: z.string().optional(),
});

async function readText(path: string, why: string): Promise<string> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new InvalidInput(`${path}: cannot be read: ${why}.`, { cause });
  });
  return (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString('utf8');
}

/** Reads the labelled logs of a folder, each log once. Throws `InvalidInput` with file, line and reason when the list or a log cannot be read. */
export async function readLabelledLogs(folder: string): Promise<LabelledCase[]> {
  const file = join(folder, LABELS_FILE);
  const text = await readText(
    file,
    `put one JSON object per log into it, such as {"log":"a.log","class":"test_failure"}`,
  );
  const source = basename(resolve(folder));
  const byDigest = new Map<string, LabelledCase>();
  for (const { log, repository, transient, at, job, ...label } of parseJsonLines(text, Label, {
    file,
    what: 'label',
  })) {
    const one = labelledCase(await readText(join(folder, log), `${file} lists it`), {
      ...label,
      source,
      group: repository ?? log,
      ...present({ transient, at, job }),
    });
    if (!byDigest.has(one.digest)) byDigest.set(one.digest, one);
  }
  return [...byDigest.values()];
}
