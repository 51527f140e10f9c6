import { runProcess } from '#apps/cli/run-process.ts';
import { LAB_COMMANDS } from './commands/registry.ts';

await runProcess(LAB_COMMANDS);
