import { redactName } from '@selfheal/redaction/redact.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Change, commitId, joinChanges } from '#shared/domain/changes/change.ts';
import { pathsIn, rankChanges } from '#shared/domain/changes/rank-changes.ts';

const FAILED_AT = new Date('2026-11-20T12:00:00.000Z');
const SERVICE = 'aws:123456789012/eu-west-1/ecs/shop/orders';
const REPOSITORY = 'repository:acme/orders';
const minutesBefore = (minutes: number) => new Date(FAILED_AT.getTime() - minutes * 60_000).toISOString();

function aChange(
  change: Omit<Partial<Change>, 'files'> & { readonly minutes?: number; readonly files?: readonly string[] } = {},
): Change {
  const { minutes = 10, files = [], ...rest } = change;
  return Change.parse({
    version: 1,
    id: `deployment:${minutes}`,
    kind: 'deployment',
    places: [SERVICE],
    at: minutesBefore(minutes),
    source: 'ecs',
    title: 'Deployment of orders',
    by: null,
    url: null,
    state: 'done',
    reason: 'AWS sent an event of ecs',
    edges: [],
    ...rest,
    files: files.map((file) => redactName(file, 300)),
  });
}
const failed = (about: Partial<Parameters<typeof rankChanges>[1]> = {}) => ({
  at: FAILED_AT,
  places: new Set([SERVICE]),
  near: new Set([REPOSITORY]),
  files: [],
  commit: null,
  ...about,
});
const ids = (changes: readonly Change[], about = failed()) =>
  rankChanges(changes, about).map(({ change }) => change.id);

describe('changes before a failure', () => {
  it('come by how shortly before it they were made', () => {
    expect(ids([aChange({ minutes: 300 }), aChange({ minutes: 5 }), aChange({ minutes: 60 })])).toEqual([
      'deployment:5',
      'deployment:60',
      'deployment:300',
    ]);
  });

  it('are none after it, but for what clocks differ, and none of more than a week before', () => {
    expect(ids([aChange({ minutes: -0.5 }), aChange({ minutes: -5 }), aChange({ minutes: 8 * 24 * 60 })])).toEqual([
      'deployment:-0.5',
    ]);
  });

  it('of the service itself come before those of what it is connected with', () => {
    const near = aChange({ id: 'release:1', kind: 'deployment', places: [REPOSITORY] });
    expect(ids([near, aChange()])).toEqual(['deployment:10', 'release:1']);
  });

  it('that were deployed come before a push that was not', () => {
    const push = aChange({ id: 'commit:1', kind: 'commit', minutes: 8 });
    expect(ids([push, aChange({ minutes: 12 })])).toEqual(['deployment:12', 'commit:1']);
  });

  it('that touch a file in the failing lines come first, and the file is named', () => {
    const touching = aChange({ id: 'deployment:old', minutes: 60, files: ['packages/api/src/cart.ts', 'README.md'] });
    const ranked = rankChanges([aChange({ minutes: 20 }), touching], failed({ files: ['src/cart.ts'] }));
    expect(ranked[0]).toMatchObject({ change: { id: 'deployment:old' }, files: ['packages/api/src/cart.ts'] });
    // A file that only ends alike is another file.
    const alike = aChange({ id: 'deployment:alike', minutes: 60, files: ['src/shopping-cart.ts'] });
    expect(rankChanges([alike], failed({ files: ['cart.ts'] }))[0]?.files).toEqual([]);
  });

  it('of a kind that is made there all the time weigh less', () => {
    const often = Array.from({ length: 30 }, (_, index) => aChange({ minutes: 15 + index * 200 }));
    const rare = aChange({ id: 'stack', kind: 'configuration-change', places: ['aws:stack', SERVICE], minutes: 20 });
    expect(ids([...often, rare])[0]).toBe('stack');
  });

  it('of a run begin with its own commit', () => {
    const commit = commitId('acme/orders', 'a'.repeat(40));
    const own = aChange({ id: commit, kind: 'commit', minutes: 30, places: [REPOSITORY] });
    const other = aChange({ id: 'commit:b', kind: 'commit', minutes: 5, places: [REPOSITORY] });
    expect(ids([other, own], failed({ places: new Set([REPOSITORY]), commit }))[0]).toBe(commit);
  });

  it('are in the same order whatever order they were told in', () => {
    const changes = [aChange({ minutes: 5 }), aChange({ minutes: 60 }), aChange({ id: 'x', minutes: 5 })];
    fc.assert(
      fc.property(fc.shuffledSubarray(changes, { minLength: 3 }), (shuffled) => {
        expect(ids(shuffled)).toEqual(ids(changes));
      }),
    );
  });
});

describe('several facts about one change', () => {
  it('are one change that began with the first and ended as the last', () => {
    const began = aChange({ id: 'one', minutes: 10, state: 'started' });
    const ended = aChange({ id: 'one', minutes: 4, state: 'failed' });
    expect(joinChanges([ended, began])).toEqual([{ ...began, state: 'failed' }]);
  });

  it('put the files of a commit into the deployment that was built from it', () => {
    const commit = aChange({ id: 'commit:1', kind: 'commit', minutes: 30, files: ['src/cart.ts'] });
    const edges = [{ kind: 'built-from' as const, to: 'commit:1', reason: 'GitHub names it' }];
    const joined = joinChanges([aChange({ id: 'd', edges }), commit]);
    expect(joined.map(({ id, files }) => [id, files])).toEqual([['d', ['src/cart.ts']]]);
  });

  it('are one where a code host and a job that built it tell of the same commit', () => {
    const sha = '0a1b'.repeat(10);
    const pushed = aChange({ id: commitId('acme/orders', sha), kind: 'commit', places: [REPOSITORY], minutes: 20 });
    const built = { ...pushed, id: `commit:job#ci/orders@${sha}`, places: ['job#ci/orders'], at: minutesBefore(10) };
    const other = { ...pushed, id: `commit:job#ci/orders@${'2c3d'.repeat(10)}` };
    const joined = joinChanges([built, pushed, other]);
    expect(joined.map(({ id, places }) => [id, places])).toEqual([
      [pushed.id, [REPOSITORY, 'job#ci/orders']],
      [other.id, [REPOSITORY]],
    ]);
    const edges = [{ kind: 'built-from' as const, to: built.id, reason: 'the job names it' }];
    expect(joinChanges([built, pushed, aChange({ id: 'd', edges })]).map(({ id }) => id)).toEqual(['d']);
  });
});

describe('paths in failing lines', () => {
  it('are read from stack traces of several languages, without dependencies', () => {
    expect(
      pathsIn([
        '    at totalOf (/app/src/cart.ts:22:7)',
        '  File "app/orders/models.py", line 41, in save',
        '    at next (/app/node_modules/express/index.js:3:1)',
        './internal/cart.go:12: undefined: total',
      ]),
    ).toEqual(['app/src/cart.ts', 'app/orders/models.py', 'internal/cart.go']);
  });
});
