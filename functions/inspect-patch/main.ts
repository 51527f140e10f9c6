import { inspectPatch } from '@selfheal/patch-guard/inspect-patch.ts';
import { InspectedFiles, Inspection } from '@selfheal/patch-guard/inspection.ts';
import { makeTreeSitter } from '@selfheal/patch-guard/tree-sitter.ts';
import { lambdaMeter, stepFunction } from '#shared/adapters/aws/lambda-edge.ts';
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
