import process from 'node:process';
import { runCli } from '#apps/cli/cli.ts';
import { makeTerminal } from '#apps/cli/terminal.ts';
import { LAB_COMMANDS } from './commands/registry.ts';

const { stdin, stdout, stderr, env, argv } = process;
/** Milliseconds since the epoch that never run backwards. */
const now = (): number => performance.timeOrigin + performance.now();
const terminal = makeTerminal({ stdin, stdout, stderr, environment: env, now });
process.exitCode = await runCli(argv.slice(2), LAB_COMMANDS, terminal);
