import { lambdaMeter, stepFunction } from '#shared/adapters/aws/lambda-edge.ts';
import { MemoryChange, MemoryOutcome, makeFunctionWriter } from '#shared/adapters/aws/lambda-function-writer.ts';
import { config } from './config.ts';

const setMemory = makeFunctionWriter();

export const handler = stepFunction({
  config,
  input: MemoryChange,
  output: MemoryOutcome,
  run: async (change) => {
    const outcome = await setMemory(change);
    lambdaMeter.count(outcome === 'changed' ? 'memory-changed' : 'memory-changed-meanwhile');
    return outcome;
  },
});
