import * as z from 'zod';
import { excerptReport, keptShares } from './excerpt-recall.ts';
import { readCaseText, readLabels } from './labels.ts';
import type { Suite } from './suite.ts';

const Range = z.tuple([z.number().int().positive(), z.number().int().positive()]);
const Label = z.object({ id: z.string(), fail: z.string(), error: z.array(Range) });

/** The workflow that a case is of: its identifier without the run. */
function workflowOf(id: string): string {
  return id.split('/').slice(0, -1).join('/');
}

export const cidiff: Suite = {
  name: 'cidiff',
  summary: 'excerpts: failing GitHub Actions runs with their error lines marked by hand',
  async run(dataDir) {
    const shares = [];
    for (const { id, fail, error } of await readLabels(dataDir, 'labels.jsonl', Label)) {
      shares.push(...keptShares({ group: workflowOf(id), text: await readCaseText(dataDir, fail), marked: error }));
    }
    return excerptReport(shares, { recall: { 100: 0.9 } });
  },
};
