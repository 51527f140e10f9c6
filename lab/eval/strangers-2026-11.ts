import { shippedRanker } from '@selfheal/log-reading/logs/line-ranker.ts';
import * as z from 'zod';
import { shippedModel, shippedSignatures } from '#apps/workbench/input/shipped-content.ts';
import { readCaseText, readLabels } from '../labels/read-labels.ts';
import { SourceLabel } from '../training/marked-logs.ts';
import { figuresOf, MIN_LINES, readLog } from './labelled-logs.ts';
import type { Suite } from './suite.ts';

const Label = SourceLabel.omit({ log: true }).extend({ source: z.string() });
/** Two people agree on so many verdicts of the logs of `sources-2026-11`. */
const AGREED_VERDICTS = 0.72;

/**
 * Reads logs of repositories that nothing here was made with: no rule was written, no model trained, and no log of them was opened. Each repository
 * counts the same. There are no figures by repository, because who reads them would learn from these logs.
 */
export const strangers202611: Suite = {
  name: 'strangers-2026-11',
  summary: 'excerpts, causes, classes and verdicts on logs of repositories that nobody here has read',
  async run(dataDir, { progress }) {
    const signatures = await shippedSignatures(progress);
    const model = await shippedModel(progress);
    const labels = await readLabels(dataDir, 'labels.jsonl', Label);
    const logs = await Promise.all(
      labels
        .filter(({ lines }) => lines > MIN_LINES)
        .map(async (label) => {
          const text = await readCaseText(dataDir, label.file);
          const log = { source: label.source, label: { ...label, log: label.file }, text };
          return readLog(log, label.source, { signatures, model }, shippedRanker());
        }),
    );
    return { figures: figuresOf(logs, { agreedVerdicts: AGREED_VERDICTS }) };
  },
};
