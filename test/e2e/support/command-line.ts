import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Healer } from './healer.ts';

/** The command line as an operator runs it, against the stage's tables. The runtime is in this process: it must not wait. */
export async function runSelfheal(
  { runtime, adminKey }: Healer,
  ...args: readonly string[]
): Promise<{ code: number | null; stdout: string }> {
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL: runtime.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: adminKey,
    AWS_SECRET_ACCESS_KEY: 'local',
  };
  const child = spawn(process.execPath, ['apps/cli/main.ts', ...args], { env });
  const pieces: Buffer[] = [];
  child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout: Buffer.concat(pieces).toString() };
}
