import { lambdaMeter, stepFunction } from '#shared/adapters/aws/lambda-edge.ts';
import { makeTreeSitter } from '#shared/adapters/parsers/tree-sitter.ts';
import { inspectPatch } from '#shared/app/plan/inspect-patch.ts';
import { InspectedFiles, Inspection } from '#shared/domain/patch/inspection.ts';
import { config } from './config.ts';

const parser = makeTreeSitter();

export const handler = stepFunction({
  config,
  input: InspectedFiles,
  output: Inspection,
  run: async ({ files }) => {
    const reasons = await inspectPatch(files, parser);
    lambdaMeter.count(reasons.length === 0 ? 'patch-does-nothing-new' : 'patch-needs-approval');
    return { reasons };
  },
});
