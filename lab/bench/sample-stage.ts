import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { prepareAssembly } from '#apps/local/assembly.ts';
import { openStage, type Stage } from '#apps/local/stage.ts';

export const SAMPLE_CONFIGURATION = join(import.meta.dirname, '../../apps/local/sample/selfheal.json');
const VIEWER = 'bench@example.com';
const PASSWORD = ['Correct', 'horse', 'battery', '1!'].join('-');

/** Gives `use` the sample configuration, or another one, on a local runtime of its own, with a person who may read, and stops it afterwards. */
export async function withSampleStage<T>(
  folder: string,
  use: (stage: Stage) => Promise<T>,
  configurationFile = SAMPLE_CONFIGURATION,
): Promise<T> {
  const { assemblyDir } = await prepareAssembly({
    configurationFile,
    outDir: join(folder, 'assembly'),
    context: { emails: 'on-call@example.com' },
  });
  const stage = await openStage({ assemblyDir, dataDir: join(folder, 'state'), user: VIEWER });
  try {
    await stage.runtime.createUser('bench', VIEWER, PASSWORD, ['viewer']);
    return await use(stage);
  } finally {
    await stage.stop();
    rmSync(join(folder, 'state'), { recursive: true, force: true });
  }
}

/** The token of the person who may read. */
export async function viewerToken({ runtime }: Stage): Promise<string> {
  const answer = await fetch(`${runtime.endpoint}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user: VIEWER, password: PASSWORD }),
  });
  const { token } = (await answer.json()) as { token: string };
  return token;
}
