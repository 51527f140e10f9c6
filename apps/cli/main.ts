#!/usr/bin/env node
import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { runCli } from './cli.ts';
import { COMMANDS } from './commands/registry.ts';
import { makeTerminal } from './terminal.ts';

// Files are read piece by piece and most pieces are soon garbage: V8 would give them a hundred megabytes of room for nothing.
setFlagsFromString('--semi-space-growth-factor=1');
setFlagsFromString('--heap-growing-percent=40');

const { stdin, stdout, stderr, env, argv } = process;
/** Milliseconds since the epoch that never run backwards. */
const now = (): number => performance.timeOrigin + performance.now();
const terminal = makeTerminal({ stdin, stdout, stderr, environment: env, now });
process.exitCode = await runCli(argv.slice(2), COMMANDS, terminal);
