import type { Change, ChangeKind } from './change.ts';

/** What failed, as far as changes before it are compared with it. */
export interface FailedThing {
  readonly at: Date;
  /** Places of the failed thing itself, and of what it is made of. */
  readonly places: ReadonlySet<string>;
  /** Places that it is connected with, such as the repository of a service. */
  readonly near: ReadonlySet<string>;
  /** Paths in the failing lines. */
  readonly files: readonly string[];
  /** Id of the commit that failed; null where it is no run. */
  readonly commit: string | null;
}

export interface RankedChange {
  readonly change: Change;
  /** Greater than 0; only compared with others of the same failure. */
  readonly score: number;
  /** Paths of the change that the failing lines name. */
  readonly files: readonly string[];
}

/** Days before a failure in which changes are looked at. */
export const CHANGE_DAYS = 7;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** Clocks of two senders differ. */
const CLOCK_DIFFERENCE = MINUTE;
/** After so long a change is half as likely to be the cause as right after it. */
const HALF_AFTER = 30 * MINUTE;

/** How likely a change of a kind breaks a service: what is not deployed cannot. */
const OF_SERVICES: Readonly<Record<ChangeKind, number>> = {
  deployment: 1,
  'configuration-change': 0.9,
  release: 0.6,
  'workflow-run': 0.4,
  commit: 0.4,
  'pull-request': 0.4,
};
/** How likely one breaks a run, which builds the commit and not what is deployed. */
const OF_RUNS: Readonly<Record<ChangeKind, number>> = {
  commit: 1,
  'pull-request': 0.8,
  'configuration-change': 0.4,
  release: 0.3,
  'workflow-run': 0.3,
  deployment: 0.3,
};

/**
 * Changes before a failure, the likeliest cause first: by how shortly before it they were made, how close to what failed, of what kind, whether they touch
 * files in the failing lines, and how often such a change is made there without anything failing. Later ones are left out. Pure.
 */
export function rankChanges(changes: readonly Change[], failed: FailedThing): readonly RankedChange[] {
  const end = failed.at.getTime() + CLOCK_DIFFERENCE;
  const before = changes.filter(({ at }) => {
    const made = Date.parse(at);
    return made <= end && made >= failed.at.getTime() - CHANGE_DAYS * DAY;
  });
  return before
    .map((change) => {
      const files = touched(change, failed.files);
      return { change, files, score: scoreOf(change, files, before, failed) };
    })
    .sort(
      (a, b) => b.score - a.score || b.change.at.localeCompare(a.change.at) || a.change.id.localeCompare(b.change.id),
    );
}

function scoreOf(
  change: Change,
  files: readonly string[],
  all: readonly Change[],
  { at, places, commit }: FailedThing,
): number {
  const since = Math.max(0, at.getTime() - Date.parse(change.at));
  const recency = HALF_AFTER / (HALF_AFTER + since);
  const closeness = change.places.some((place) => places.has(place)) ? 1 : 0.5;
  const kind = (commit === null ? OF_SERVICES : OF_RUNS)[change.kind];
  const overlap = files.length > 0 ? 6 : 1;
  const own = commit !== null && change.id === commit ? 8 : 1;
  return recency * closeness * kind * overlap * own * rarity(change, all);
}

/** What is done many times a day has mostly been harmless: less surprise, less weight. */
function rarity(change: Change, all: readonly Change[]): number {
  const place = change.places[0];
  const alike = all.filter((other) => other.kind === change.kind && other.places[0] === place).length;
  return 1 / Math.sqrt(1 + alike / CHANGE_DAYS);
}

/** Paths of a change that end the same way as a path in the failing lines does, with the file's name at least. */
function touched({ files }: Change, failing: readonly string[]): readonly string[] {
  return files.filter((file) => failing.some((one) => isSamePath(file, one)));
}

function isSamePath(file: string, named: string): boolean {
  const [long, short] = file.length >= named.length ? [file, named] : [named, file];
  return long === short || long.endsWith(`/${short}`);
}

const PATH = /(?:[\w.@-]+\/)*[\w.@-]+\.[a-z][a-z0-9]{0,9}(?=[:(),'"\s\]]|$)/gi;
const MAX_FAILING_FILES = 50;

/** Paths of files in lines of a log, each once. What is in a folder of dependencies is of nobody here. */
export function pathsIn(lines: readonly string[]): readonly string[] {
  const found = lines
    .flatMap((line) => line.slice(0, 2000).match(PATH) ?? [])
    .filter((path) => !/(?:^|\/)(?:node_modules|site-packages|vendor|dist-packages)\//.test(path))
    .map((path) => path.replace(/^\.\//, ''));
  return [...new Set(found)].slice(0, MAX_FAILING_FILES);
}
