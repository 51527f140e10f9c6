import type { Command } from '#apps/cli/command.ts';
import { makeTrainCommand } from '#apps/cli/commands/train.ts';
import { gatherCases } from '../labels/public-cases.ts';
import { evalCommand } from './eval.ts';

/** `selfheal train` on the public data: how the shipped model is made. */
export const trainOnPublicData = makeTrainCommand({
  details: 'Reads the folders of public labelled logs below --data that "eval" reads.',
  read: gatherCases,
});

/** Every command of the laboratory. */
export const LAB_COMMANDS: readonly Command[] = [evalCommand, trainOnPublicData];
