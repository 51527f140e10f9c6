import process from 'node:process';
import { runCli } from './cli.ts';
import type { Command } from './command.ts';
import { makeTerminal } from './terminal.ts';

/** Runs the command line of this process with its arguments and streams, and sets its exit code. */
export async function runProcess(commands: readonly Command[]): Promise<void> {
  const { stdin, stdout, stderr, env, argv } = process;
  /** Milliseconds since the epoch, monotonic. */
  const now = (): number => performance.timeOrigin + performance.now();
  const terminal = makeTerminal({ stdin, stdout, stderr, environment: env, now });
  process.exitCode = await runCli(argv.slice(2), commands, terminal);
}
