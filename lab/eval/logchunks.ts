import { dirname } from 'node:path';
import * as z from 'zod';
import { shippedSignatures } from '#apps/workbench/input/shipped-content.ts';
import { readCaseText, readLabels } from '../labels/read-labels.ts';
import { heldOutRankers } from '../training/held-out-rankers.ts';
import { excerptReport, keptShares } from './excerpt-recall.ts';
import { type CauseLocation, causeFigures, locateCause } from './first-cause.ts';
import type { Suite } from './suite.ts';

/** `span` is null if the marked text does not occur in the log. */
const Label = z.object({
  repo: z.string(),
  log: z.string(),
  span: z.tuple([z.number().int().positive(), z.number().int().positive()]).nullable(),
});

export const logchunks: Suite = {
  name: 'logchunks',
  summary: 'excerpts: failing Travis logs with the failing chunk marked by hand',
  async run(dataDir, { progress }) {
    const labels = await readLabels(dataDir, 'labels.jsonl', Label);
    const signatures = await shippedSignatures(progress);
    const ranker = (await heldOutRankers(dirname(dataDir), progress))('logchunks');
    const shares = [];
    const causes: CauseLocation[] = [];
    for (const [at, { repo, log, span }] of labels.entries()) {
      if (span === null) continue;
      const text = await readCaseText(dataDir, log);
      shares.push(...keptShares({ group: repo, text, marked: [span] }, ranker));
      causes.push(locateCause(text, [span], signatures));
      if (at % 100 === 99) progress(`${at + 1} of ${labels.length} logs`);
    }
    const { figures, ...rest } = excerptReport(shares, { recall: { 50: 0.85 }, full: { 100: 0.8 } });
    return { figures: [...figures, ...causeFigures(causes)], ...rest };
  },
};
