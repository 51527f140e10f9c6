import { present } from '@selfheal/kernel/present.ts';
import { instantWords } from '@selfheal/kernel/time-words.ts';
import * as z from 'zod';
import { Mode } from '../policy/policy-settings.ts';
import type { Configuration } from './configuration.ts';
import { effectivePolicy, isMuted } from './effective-policy.ts';
import { type OverlaySettings, Reason } from './overlay.ts';
import { repositoryModeOf } from './scope.ts';

/** Where a repository says how far Selfheal may go in it; only the version on the default branch counts. */
export const REPOSITORY_FILE = '.github/selfheal.yml';
/** Bytes. */
export const MAX_REPOSITORY_FILE = 64 * 1024;
const MAX_PROBLEM = 300;

/** What the file may say. It has no word that allows anything. */
const RepositorySettings = z
  .strictObject({
    /** Selfheal only records what happens. `true`: until the key is removed. */
    mute: z.union([z.literal(true), z.strictObject({ until: z.iso.datetime(), reason: Reason })]),
    mode: Mode,
    /** How strict the gates of a pull request are; they read and check it themselves. */
    gates: z.record(z.string(), z.unknown()),
  })
  .partial();
type RepositorySettings = z.infer<typeof RepositorySettings>;

/** What is known of a repository's file: there is none, it was read, or it cannot be used. */
export type RepositoryFile =
  | { readonly kind: 'none' }
  | { readonly kind: 'read'; readonly settings: RepositorySettings }
  /** `problem`: what is wrong and how to mend it, a clause without a full stop. */
  | { readonly kind: 'unusable'; readonly problem: string };

const HINTS: Readonly<Record<string, string>> = {
  mute: 'write true, or until (a UTC time such as 2026-12-01T06:00:00Z) and reason (3 to 300 characters)',
  mode: `write one of ${Mode.options.join(', ')}`,
  gates: 'write a mapping of settings (docs/guide/gates.md)',
};
const KEYS = Object.keys(HINTS)
  .join(', ')
  .replace(/, (?=\w+$)/, ' and ');

/** Judges the parsed content. A file without content says nothing. */
export function judgeRepositoryFile(content: unknown): RepositoryFile {
  const parsed = RepositorySettings.safeParse(content ?? {});
  if (parsed.success) return { kind: 'read', settings: parsed.data };
  const [issue] = parsed.error.issues;
  return { kind: 'unusable', problem: problemOf(issue).slice(0, MAX_PROBLEM) };
}

function problemOf(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === 'unrecognized_keys') {
    const names = issue.keys.map((key) => JSON.stringify([...issue.path, key].join('.').slice(0, 60))).join(', ');
    return `the key ${names} is unknown; remove it, only ${issue.path.length === 0 ? KEYS : 'until and reason'} are known`;
  }
  const key = String(issue?.path[0] ?? '');
  const hint = Object.hasOwn(HINTS, key) ? HINTS[key] : undefined;
  return hint === undefined
    ? `it must be a mapping with the keys ${KEYS}`
    : `the value of the key "${key}" is not valid; ${hint}`;
}

/**
 * The configuration that holds in the repository at `now`: the given one, narrowed by the repository's file with the rules for the overlay, so
 * never wider. A file that cannot be used lowers the mode to suggest.
 */
export function narrowedByRepository(
  configuration: Configuration,
  repository: string,
  { file, now }: { readonly file: RepositoryFile; readonly now: Date },
): Configuration {
  const place = placeOf(file);
  if (place === null) return configuration;
  return effectivePolicy(configuration, { github: { repositories: { [repository]: place } } }, now);
}

type Place = NonNullable<NonNullable<OverlaySettings['github']>['repositories']>[string];

function placeOf(file: RepositoryFile): Place | null {
  if (file.kind === 'none') return null;
  if (file.kind === 'unusable') return { mode: 'suggest' };
  const { mute, mode } = file.settings;
  return {
    ...present({ mode }),
    ...(mute === undefined ? {} : { mute: mute === true ? { reason: 'muted' } : mute }),
  };
}

/** Why the file allows no change in the repository now, a sentence for people; null when it does not stand in the way. */
export function repositoryDenial(
  configuration: Configuration,
  repository: string,
  { file, now }: { readonly file: RepositoryFile; readonly now: Date },
): string | null {
  if (file.kind === 'none') return null;
  if (file.kind === 'unusable') {
    return `${REPOSITORY_FILE} on the default branch cannot be used, so nothing is changed in this repository: ${file.problem}.`;
  }
  const { mute, mode = 'act' } = file.settings;
  if (mute === true) return `${REPOSITORY_FILE} mutes Selfheal in this repository: this is only recorded.`;
  if (mute !== undefined && isMuted(mute, now)) {
    const until = instantWords(new Date(mute.until), 'UTC');
    return `${REPOSITORY_FILE} mutes Selfheal in this repository until ${until}, so this is only recorded: ${mute.reason}`;
  }
  const lowers = Mode.options.indexOf(mode) < Mode.options.indexOf(repositoryModeOf(configuration, repository));
  return lowers ? `${REPOSITORY_FILE} lowers the mode in this repository to ${mode}.` : null;
}
