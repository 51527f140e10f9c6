import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import type { Command } from '@selfheal/cli-kit/command.ts';
import { makeTerminal, type Terminal } from '@selfheal/cli-kit/terminal.ts';
import { onTestFinished } from 'vitest';
import { COMMANDS } from '#apps/cli/commands/registry.ts';
import { runCli } from '#apps/workbench/cli.ts';
import { LAB_COMMANDS } from '#lab/commands/registry.ts';

export interface CommandResult {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs one command line on streams of its own. */
export async function runCommand(
  args: readonly string[],
  stdin: Uint8Array | string = '',
  commands: readonly Command[] = COMMANDS,
  environment: Readonly<Record<string, string | undefined>> = {},
  time: Partial<Pick<Terminal, 'now' | 'pause'>> = {},
): Promise<CommandResult> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  const out = new PassThrough().on('data', (piece: Buffer) => stdout.push(piece));
  const err = new PassThrough().on('data', (piece: Buffer) => stderr.push(piece));
  const input = Readable.from([Buffer.from(stdin)]);
  const terminal = makeTerminal({ stdin: input, stdout: out, stderr: err, environment, now: () => 0 });
  const code = await runCli(args, commands, { ...terminal, ...time });
  await Promise.all([out, err].map((stream) => new Promise((done) => stream.end(done))));
  await new Promise(setImmediate);
  return { code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() };
}

/** The same with the commands of the laboratory. */
export const runLab = (args: readonly string[]): Promise<CommandResult> => runCommand(args, '', LAB_COMMANDS);

/** A folder that is gone when the test is over. */
export function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'selfheal-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A file with this content in a folder of its own. */
export function aFile(content: Uint8Array | string, name = 'job.log'): string {
  const path = join(aFolder(), name);
  writeFileSync(path, content);
  return path;
}
