#!/usr/bin/env node
import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { runProcess } from './cli.ts';
import { loadCommands } from './load-commands.ts';

// Chunks of files become garbage quickly; by default V8 would grow the heap by a hundred megabytes for them.
setFlagsFromString('--semi-space-growth-factor=1');
setFlagsFromString('--heap-growing-percent=40');

await runProcess(await loadCommands(process.argv.slice(2)));
