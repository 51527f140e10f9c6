import { writeFile } from 'node:fs/promises';
import { defineCommand, JSON_OPTION, UsageError } from '@selfheal/cli-kit/command.ts';
import { base64Of, packTrees } from '@selfheal/kernel/numbers/tree-ensemble.ts';
import type { LineRanker, PackedRanker, PackedWords } from '@selfheal/log-reading/logs/line-ranker.ts';
import { readMarkedLogs } from '../training/marked-logs.ts';
import { trainRanker } from '../training/train-ranker.ts';

const RANKER_FILE = 'packages/log-reading/src/logs/line-ranker.json';
const FULL_STEP = 127;

function packWords(words: LineRanker['words']): PackedWords {
  const most = words.reduce((max, weight) => Math.max(max, Math.abs(weight)), 1e-6);
  const step = Number((most / FULL_STEP).toPrecision(6));
  const known = Array.from(words.keys()).filter((bucket) => Math.round((words[bucket] ?? 0) / step) !== 0);
  return {
    buckets: base64Of(Uint16Array.from(known)),
    weights: base64Of(Int8Array.from(known, (bucket) => Math.round((words[bucket] ?? 0) / step))),
    step,
  };
}

function packRanker({ words, needed, cause }: LineRanker): PackedRanker {
  return { words: packWords(words), needed: packTrees(needed), cause: packTrees(cause) };
}

export const trainRankerCommand = defineCommand({
  name: 'train-ranker',
  summary: `learns from marked logs which lines explain a failure, and writes ${RANKER_FILE}`,
  details:
    'Reads the folders "sources-2026-11", "logchunks" and "cidiff" in --data. "eval" measures with each source left out.',
  options: {
    data: { type: 'string', value: 'DIR', about: 'the folder that contains the folders of marked logs' },
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    if (options.data === undefined) throw new UsageError('"train-ranker" needs --data DIR, the folder of marked logs.');
    const logs = await readMarkedLogs(options.data, (message) => terminal.say(message));
    const packed = packRanker(trainRanker(logs));
    await writeFile(RANKER_FILE, `${JSON.stringify(packed)}\n`);
    const summary = { file: RANKER_FILE, logs: logs.length, sources: new Set(logs.map(({ source }) => source)).size };
    await terminal.write(
      options.json === true
        ? `${JSON.stringify(summary)}\n`
        : `Learned from ${summary.logs} logs of ${summary.sources} sources; wrote ${RANKER_FILE}.\n`,
    );
    return 0;
  },
});
