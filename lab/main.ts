import { runProcess } from '#apps/workbench/cli.ts';
import { LAB_COMMANDS } from './commands/registry.ts';

await runProcess(LAB_COMMANDS);
