import type { Command } from '@selfheal/cli-kit/command.ts';
import { makeTrainCommand } from '#apps/workbench/training/train-command.ts';
import { gatherCases } from '../training/public-cases.ts';
import { checkChannels } from './check-channels.ts';
import { evalCommand } from './eval.ts';
import { mutateRows } from './mutate-rows.ts';
import { simulateCommand } from './simulate.ts';
import { simulateChanges } from './simulate-changes.ts';
import { simulateFlaky } from './simulate-flaky.ts';
import { simulateLogs } from './simulate-logs.ts';
import { simulateSelection } from './simulate-selection.ts';
import { trainRankerCommand } from './train-ranker.ts';
import { trySignaturesCommand } from './try-signatures.ts';

/** `train` on the public data; it makes the shipped model. */
const trainOnPublicData = makeTrainCommand({
  details: 'Reads the public labelled logs in the folder --data: the same folders as "eval".',
  read: gatherCases,
});

/** Every command of the lab. */
export const LAB_COMMANDS: readonly Command[] = [
  evalCommand,
  mutateRows,
  trainOnPublicData,
  trainRankerCommand,
  trySignaturesCommand,
  simulateCommand,
  simulateFlaky,
  simulateChanges,
  simulateLogs,
  simulateSelection,
  checkChannels,
];
