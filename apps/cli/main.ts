#!/usr/bin/env node
import process from 'node:process';
import { runProcess } from '#apps/workbench/cli.ts';
import { loadCommands } from './load-commands.ts';

await runProcess(await loadCommands(process.argv.slice(2)));
