import type { Command } from '../command.ts';
import { evalCommand } from './eval.ts';
import { knowledgeSearch } from './knowledge-search.ts';
import { logClassify } from './log-classify.ts';
import { logExcerpt } from './log-excerpt.ts';
import { logTemplates } from './log-templates.ts';
import { metricAnomalies } from './metric-anomalies.ts';
import { redactCommand } from './redact.ts';
import { trainCommand } from './train.ts';

/** Every command, in the order of the help text. One file `<noun>-<verb>.ts` and one line here add one. */
export const COMMANDS: readonly Command[] = [
  logExcerpt,
  logClassify,
  logTemplates,
  redactCommand,
  knowledgeSearch,
  metricAnomalies,
  evalCommand,
  trainCommand,
];
