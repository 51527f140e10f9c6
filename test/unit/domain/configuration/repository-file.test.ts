import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRepositoryFile } from '#shared/app/policy/governed-repository.ts';
import { effectivePolicy } from '#shared/domain/configuration/effective-policy.ts';
import {
  judgeRepositoryFile,
  narrowedByRepository,
  type RepositoryFile,
  repositoryDenial,
} from '#shared/domain/configuration/repository-file.ts';
import { repositoryModeOf } from '#shared/domain/configuration/scope.ts';
import { Mode } from '#shared/domain/policy/policy-settings.ts';
import { aConfiguration } from '#test/builders/index.ts';

const NOW = new Date('2026-11-21T12:00:00Z');
const REPOSITORY = 'acme/shop';
const problemOf = async (text: string): Promise<string> => {
  const file = await parseRepositoryFile(text);
  return file.kind === 'unusable' ? file.problem : `${file.kind}, not unusable`;
};
const deployed = aConfiguration({ github: { ...aConfiguration().github, defaultMode: 'act', repositories: [] } });
const narrowed = (file: RepositoryFile, now = NOW) => {
  const narrowing = { file, now };
  return {
    mode: repositoryModeOf(narrowedByRepository(deployed, 'Acme/Shop', narrowing), REPOSITORY),
    denial: repositoryDenial(deployed, REPOSITORY, narrowing),
  };
};

describe('the text of .github/selfheal.yml', () => {
  it.each<[string, object]>([
    ['', {}],
    ['# nothing yet\n', {}],
    ['mute: true', { mute: true }],
    ['mode: off', { mode: 'off' }],
    [
      'mode: suggest\nmute:\n  until: 2026-12-01T06:00:00Z\n  reason: the release\n',
      { mode: 'suggest', mute: { until: '2026-12-01T06:00:00Z', reason: 'the release' } },
    ],
  ])('%j is understood', async (text, settings) => {
    expect(await parseRepositoryFile(text)).toEqual({ kind: 'read', settings });
  });

  it.each([
    ['muted: true', 'the key "muted" is unknown; remove it, only mute, mode and gates are known'],
    ['mode: fix', 'the value of the key "mode" is not valid; write one of off, observe, suggest, act'],
    ['mute: false', 'the value of the key "mute" is not valid; write true, or until'],
    ['mute: {reason: the release}', 'the value of the key "mute" is not valid'],
    ['mute: {until: 2026-12-01T06:00:00+02:00, reason: the release}', 'a UTC time such as 2026-12-01T06:00:00Z'],
    ['mute: {until: 2026-12-01T06:00:00Z, reason: the release, by: ada}', 'the key "mute.by" is unknown; remove it'],
    ['- mute', 'it must be a mapping with the keys mute, mode and gates'],
    ['true', 'it must be a mapping'],
    ['mode: act\nmode: off', 'line 2 is not valid YAML (DUPLICATE_KEY); correct it'],
    ['mute: [', 'is not valid YAML'],
    ['mode: &m off\nmute: *m', 'aliases (*name) are not supported; write the value out'],
    ['__proto__: {mode: act}', 'the key "__proto__" is unknown'],
  ])('%j is refused, with the key and how to mend it', async (text, problem) => {
    expect(await problemOf(text)).toContain(problem);
  });

  it('is judged whatever it is, in words of bounded length', async () => {
    const lengthOf = (file: RepositoryFile) => (file.kind === 'unusable' ? file.problem.length : 0);
    fc.assert(
      fc.property(fc.anything(), (content) => {
        expect(lengthOf(judgeRepositoryFile(content))).toBeLessThanOrEqual(300);
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        expect(lengthOf(await parseRepositoryFile(text))).toBeLessThanOrEqual(300);
      }),
    );
  });
});

describe('what the file does', () => {
  it.each<[string, RepositoryFile, Mode, string | null]>([
    ['none', { kind: 'none' }, 'act', null],
    ['an empty one', { kind: 'read', settings: {} }, 'act', null],
    ['the mode that holds anyway', { kind: 'read', settings: { mode: 'act' } }, 'act', null],
    ['a lower mode', { kind: 'read', settings: { mode: 'suggest' } }, 'suggest', 'lowers the mode in this repository'],
    ['a mute', { kind: 'read', settings: { mute: true } }, 'observe', 'mutes Selfheal in this repository'],
    ['a mute below the mode off', { kind: 'read', settings: { mute: true, mode: 'off' } }, 'off', 'mutes Selfheal'],
    [
      'a mute that lasts',
      { kind: 'read', settings: { mute: { until: '2026-11-21T12:00:01Z', reason: 'a sale' } } },
      'observe',
      'until 21 Nov 2026, 12:00 UTC, so this is only recorded: a sale',
    ],
    [
      'a mute that is over',
      { kind: 'read', settings: { mute: { until: '2026-11-21T12:00:00Z', reason: 'a sale' } } },
      'act',
      null,
    ],
    [
      'one that cannot be used',
      { kind: 'unusable', problem: 'it is no text' },
      'suggest',
      'cannot be used, so nothing is changed in this repository: it is no text.',
    ],
  ])('%s', (_what, file, mode, denial) => {
    const given = narrowed(file);
    expect(given.mode).toBe(mode);
    if (denial === null) expect(given.denial).toBeNull();
    else expect(given.denial).toContain(denial);
  });

  it('never gives more than the layers above it, and changes nothing but its own repository', () => {
    const mode = fc.constantFrom(...Mode.options);
    const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
    const until = fc
      .integer({ min: -48, max: 48 })
      .map((hours) => new Date(NOW.getTime() + hours * 3_600_000).toISOString());
    const mute = fc.oneof(fc.constant(true as const), fc.record({ until, reason: fc.constant('a test') }));
    const file: fc.Arbitrary<RepositoryFile> = fc.oneof(
      fc.constant({ kind: 'none' } as const),
      fc.constant({ kind: 'unusable', problem: 'x' } as const),
      fc
        .record({ mute: optional(mute), mode: optional(mode) })
        .map((settings) => ({ kind: 'read', settings: JSON.parse(JSON.stringify(settings)) }) as const),
    );
    const above = fc.record({
      deployed: fc.record({ listed: mode, others: mode, automation: fc.boolean() }),
      overlay: fc.record({ listed: optional(mode), others: optional(mode), automation: fc.boolean() }),
    });
    const rank = (one: Mode) => Mode.options.indexOf(one);
    fc.assert(
      fc.property(above, file, fc.constantFrom('acme/shop', 'ACME/Shop', 'acme/other'), (layers, given, repository) => {
        const { deployed: own, overlay } = layers;
        const base = aConfiguration();
        const configuration = effectivePolicy(
          {
            ...base,
            features: { ...base.features, automation: own.automation },
            github: { ...base.github, defaultMode: own.others, repositories: [{ name: REPOSITORY, mode: own.listed }] },
          },
          {
            features: { automation: overlay.automation },
            github: {
              ...(overlay.others === undefined ? {} : { defaultMode: overlay.others }),
              repositories: overlay.listed === undefined ? {} : { [REPOSITORY]: { mode: overlay.listed } },
            },
          },
          NOW,
        );
        const after = narrowedByRepository(configuration, repository, { file: given, now: NOW });
        const modes = (name: string) => [repositoryModeOf(configuration, name), repositoryModeOf(after, name)] as const;
        const [before, now] = modes(repository);
        expect(rank(now)).toBeLessThanOrEqual(rank(before));
        const [elsewhere, unchanged] = modes('acme/website');
        expect(unchanged).toBe(elsewhere);
        const rest = ({ github, ...others }: typeof after) => ({ ...others, defaultMode: github.defaultMode });
        expect(rest(after)).toEqual(rest(configuration));
        // Whatever lowers the mode says so.
        if (rank(now) < rank(before)) {
          expect(repositoryDenial(configuration, repository, { file: given, now: NOW })).not.toBeNull();
        }
      }),
    );
  });
});
