import { makeDatabaseSizeWriter } from '#shared/adapters/aws/database-size-writer.ts';
import { DatabaseSize, DatabaseSizeOutcome } from '#shared/adapters/aws/database-sizer.ts';
import { lambdaMeter, stepFunction } from '#shared/adapters/aws/lambda-edge.ts';
import { config } from './config.ts';

const setSize = makeDatabaseSizeWriter();

export const handler = stepFunction({
  config,
  input: DatabaseSize,
  output: DatabaseSizeOutcome,
  run: async (size) => {
    const outcome = await setSize(size);
    lambdaMeter.count('database-size-changed');
    return outcome;
  },
});
