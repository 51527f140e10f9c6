#!/usr/bin/env node
import process from 'node:process';
import { runCli } from './cli.ts';
import { COMMANDS } from './commands/registry.ts';
import { makeTerminal } from './terminal.ts';

const { stdin, stdout, stderr, env, argv } = process;
const terminal = makeTerminal({ stdin, stdout, stderr, environment: env, now: () => performance.now() });
process.exitCode = await runCli(argv.slice(2), COMMANDS, terminal);
