import { dirname } from 'node:path';
import * as z from 'zod';
import { readCaseText, readLabels } from '../labels/read-labels.ts';
import { heldOutRankers } from '../training/held-out-rankers.ts';
import { excerptReport, keptShares, namedFigures } from './excerpt-recall.ts';
import type { Suite } from './suite.ts';

const Range = z.tuple([z.number().int().positive(), z.number().int().positive()]);
const Label = z.object({ id: z.string(), fail: z.string(), pass_log: z.string().nullish(), error: z.array(Range) });

/** The workflow of a case: its id without the run. */
function workflowOf(id: string): string {
  return id.split('/').slice(0, -1).join('/');
}

export const cidiff: Suite = {
  name: 'cidiff',
  summary: 'excerpts: failing GitHub Actions runs with their error lines marked by hand',
  async run(dataDir, { progress }) {
    const ranker = (await heldOutRankers(dirname(dataDir), progress))('cidiff');
    const alone = [];
    const compared = [];
    for (const { id, fail, pass_log, error } of await readLabels(dataDir, 'labels.jsonl', Label)) {
      const log = { group: workflowOf(id), text: await readCaseText(dataDir, fail), marked: error };
      alone.push(...keptShares(log, ranker));
      if (pass_log) compared.push(...keptShares({ ...log, passing: await readCaseText(dataDir, pass_log) }, ranker));
    }
    const { figures, ...rest } = excerptReport(alone, { recall: { 100: 0.9 } });
    return { figures: [...figures, ...namedFigures(compared, 'passing run at hand')], ...rest };
  },
};
