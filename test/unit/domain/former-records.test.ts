import { readFileSync } from 'node:fs';
import { Telemetry } from '@selfheal/log-reading/logs/telemetry.ts';
import { describe, expect, it } from 'vitest';
import { Prediction } from '#shared/domain/answers/prediction.ts';
import { identify } from '#shared/domain/incident/identity.ts';
import { Incident } from '#shared/domain/incident/incident.ts';
import { isSameTarget, Signal } from '#shared/domain/incident/signal.ts';
import { formerTargetOf } from '#shared/domain/incident/target-context.ts';
import { isIntact } from '#shared/domain/plan/bind-action.ts';
import { BoundAction } from '#shared/domain/plan/bound-action.ts';
import { aGithubTarget, anAlarmTarget, aSignal, somePeople } from '#test/builders/index.ts';

/** Records as format 4 wrote them, with its own seals. */
const FORMER = JSON.parse(readFileSync(new URL('former-records.json', import.meta.url), 'utf8')) as Record<
  'incidents' | 'signals' | 'sealed' | 'telemetry' | 'predictions',
  Record<string, unknown>[]
>;
const RUN = aGithubTarget();
const ALARM = anAlarmTarget();

describe('records of the format before hosts and providers', () => {
  it('incidents and signals are read as runs on GitHub and alarms of CloudWatch', () => {
    expect(FORMER.incidents.map((one) => Incident.parse(one).target)).toEqual([RUN, ALARM]);
    expect(FORMER.signals.map((one) => Signal.parse(one).target)).toEqual([RUN, ALARM]);
  });

  it('a signal of today belongs to the incident that was opened then', () => {
    const ids = FORMER.signals.map((one) => identify(Signal.parse(one)));
    expect(ids).toEqual([identify(aSignal()), identify(aSignal({ target: ALARM }))]);
    // As format 4 named them.
    expect(ids.map(({ incidentId }) => incidentId)).toMatchInlineSnapshot(`
      [
        "gh-bc9eeb30f3ec0fd1c6bd2cf8",
        "cw-371162507d4950920c6e9d63",
      ]
    `);
  });

  it('facts and predictions are read', () => {
    expect(FORMER.telemetry.map((one) => Telemetry.parse(one).facts.kind)).toEqual(['run', 'alarm']);
    expect(FORMER.predictions.map((one) => Prediction.parse(one).kind)).toEqual(['run', 'alarm']);
  });

  it('what is read is written in the new format and read again unchanged', () => {
    for (const [schema, records] of [
      [Incident, FORMER.incidents],
      [Signal, FORMER.signals],
      [BoundAction, FORMER.sealed],
      [Telemetry, FORMER.telemetry],
      [Prediction, FORMER.predictions],
    ] as const)
      for (const record of records) {
        const once = schema.parse(record);
        expect(schema.parse(JSON.parse(JSON.stringify(once)))).toEqual(once);
      }
  });

  it('an action that was sealed then is still intact, also after it was stored again', () => {
    const sealed = FORMER.sealed.map((one) => BoundAction.parse(one));
    expect(sealed.map(isIntact)).toEqual([true, true]);
    expect(sealed.map((one) => isIntact(BoundAction.parse(JSON.parse(JSON.stringify(one)))))).toEqual([true, true]);
    expect(isSameTarget(sealed[0]?.target ?? ALARM, { ...RUN, people: somePeople() })).toBe(true);
  });

  it.each([
    ['another run', { runId: 1002 }],
    ['another repository', { repository: 'acme/till' }],
    ['another host', { host: 'elsewhere' }],
    ['another commit', { headSha: 'b'.repeat(40) }],
  ])('its seal is broken by %s', (_what, change) => {
    const [run] = FORMER.sealed.map((one) => BoundAction.parse(one));
    expect(isIntact({ ...run, target: { ...run?.target, ...change } } as BoundAction)).toBe(false);
  });

  it('a run on another host has no former form', () => {
    const elsewhere = { ...RUN, host: 'elsewhere' };
    expect(formerTargetOf(elsewhere)).toEqual(elsewhere);
  });

  it.each([
    ['a run without a host', { ...RUN, host: undefined }],
    ['a former run that names a host', { ...RUN, kind: 'github-run' }],
    ['a host that is no id', { ...RUN, host: 'GitHub.com' }],
    ['an alarm of an unknown provider', { ...ALARM, provider: 'elsewhere' }],
    ['an unknown kind', { ...RUN, kind: 'pipeline' }],
  ])('%s is refused', (_what, target) => {
    expect(Incident.safeParse({ ...FORMER.incidents[0], target }).success).toBe(false);
  });
});
