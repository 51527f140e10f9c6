#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { COMMANDS } from './commands/registry.ts';
import { runProcess } from './run-process.ts';

// Files are read piece by piece and most pieces are soon garbage: V8 would give them a hundred megabytes of room for nothing.
setFlagsFromString('--semi-space-growth-factor=1');
setFlagsFromString('--heap-growing-percent=40');

await runProcess(COMMANDS);
