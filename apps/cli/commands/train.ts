import { readLabelledLogs } from '#apps/workbench/training/read-labelled-logs.ts';
import { makeTrainCommand } from '#apps/workbench/training/train-command.ts';

export const trainCommand = makeTrainCommand({
  details:
    'Reads labels.jsonl in the folder --data, one JSON object per log: "log" (its path) and "class" (a failure class); optionally\n' +
    '"accepted" (other right classes), "transient" (true when a re-run passed), "repository", "job" and "at" (when it failed).',
  read: readLabelledLogs,
});
