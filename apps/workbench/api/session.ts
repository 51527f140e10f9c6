import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import * as z from 'zod';
import { makeFolder } from '#shared/adapters/system/output-files.ts';

/** What `selfheal login` stores for the commands that follow. Only its owner may read the file. */
const Session = z.strictObject({
  version: z.literal(1),
  url: z.string(),
  token: z.string(),
  refreshToken: z.string().nullable(),
  /** ISO 8601: when `token` expires. */
  expiresAt: z.iso.datetime(),
});
export type Session = z.infer<typeof Session>;

/** Whose session: each profile has its own, of one deployment. */
export interface Place extends Pick<Terminal, 'environment'> {
  /** SELFHEAL_PROFILE by default, or else the one without a name. */
  readonly profile?: string | undefined;
}

/**
 * `session.json`, or `session-<profile>.json`, in SELFHEAL_CONFIG_DIR, in `selfheal` of XDG_CONFIG_HOME, or in `~/.config/selfheal`. Throws
 * `UsageError` for a profile that cannot be in the name of a file.
 */
export function sessionFile({ environment, profile = environment.SELFHEAL_PROFILE }: Place): string {
  const { SELFHEAL_CONFIG_DIR, XDG_CONFIG_HOME } = environment;
  const folder = SELFHEAL_CONFIG_DIR || join(XDG_CONFIG_HOME || join(homedir(), '.config'), 'selfheal');
  if (!profile) return join(folder, 'session.json');
  if (/^[a-z0-9][a-z0-9-]{0,39}$/.test(profile)) return join(folder, `session-${profile}.json`);
  throw new UsageError(`--profile ${profile}: use 1 to 40 lower-case letters, digits and hyphens.`);
}

/** Null when nobody signed in. Throws `UsageError` for a file that cannot be read. */
export async function readSession(place: Place): Promise<Session | null> {
  const file = sessionFile(place);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw new UsageError(`${file}: ${error.message}.`);
  });
  if (text === null) return null;
  try {
    return Session.parse(JSON.parse(text));
  } catch {
    throw new UsageError(`${file} is not a session of this version: run "selfheal login" again.`);
  }
}

export async function writeSession(session: Session, place: Place): Promise<void> {
  const file = sessionFile(place);
  try {
    await makeFolder(join(file, '..'), 0o700);
    // Renamed into place, so that a command beside this one never reads half of it.
    const draft = `${file}.${process.pid}`;
    await writeFile(draft, `${JSON.stringify(session)}\n`, { mode: 0o600 });
    await rename(draft, file);
  } catch (error) {
    throw new UsageError(`${file}: the sign-in cannot be kept (${(error as Error).message}). Set SELFHEAL_CONFIG_DIR.`);
  }
}

/** Whether there was one, readable or not. */
export async function removeSession(place: Place): Promise<boolean> {
  return await rm(sessionFile(place)).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw new UsageError(`${sessionFile(place)}: ${error.message}.`);
    },
  );
}
