import { type LineRanker, shippedRanker } from '@selfheal/log-reading/logs/line-ranker.ts';
import { readMarkedLogs } from './marked-logs.ts';
import { trainRanker } from './train-ranker.ts';

/** Gives a ranker that learned nothing from the named source. */
export type RankerWithout = (source: string) => LineRanker;

/** The many small sources are left out in so many parts, several at a time. */
const PARTS = 5;
/** Whole suites are left out alone. */
const SUITES: ReadonlySet<string> = new Set(['logchunks', 'cidiff']);

const read = new Map<string, Promise<RankerWithout>>();

/** Reads all marked logs below `root` once; each ranker is trained when it is first asked for, in some ten seconds. */
export function heldOutRankers(root: string, progress: (message: string) => void): Promise<RankerWithout> {
  const known = read.get(root) ?? makeRankers(root, progress);
  read.set(root, known);
  return known;
}

async function makeRankers(root: string, progress: (message: string) => void): Promise<RankerWithout> {
  const logs = await readMarkedLogs(root, progress);
  const names = [...new Set(logs.map(({ source }) => source))].filter((name) => !SUITES.has(name)).sort();
  const partOf = (source: string): string => (SUITES.has(source) ? source : `part ${names.indexOf(source) % PARTS}`);
  const trained = new Map<string, LineRanker>();
  return (source) => {
    const part = partOf(source);
    const known = trained.get(part);
    if (known !== undefined) return known;
    const kept = logs.filter((log) => partOf(log.source) !== part);
    progress(
      kept.length === 0
        ? 'there are no other marked logs: the shipped ranker is used'
        : `training a ranker without ${source} (${kept.length} of ${logs.length} logs)`,
    );
    const ranker = kept.length === 0 ? shippedRanker() : trainRanker(kept);
    trained.set(part, ranker);
    return ranker;
  };
}
