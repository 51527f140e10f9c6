import { describe, expect, it } from 'vitest';
import { makeServiceWatch } from '#shared/domain/log-watch/service-watch.ts';
import { digestsOf, HOUR, learned, MINUTE, play } from './made-log.ts';

const REFUSED = (minute: number) => (minute < 20 ? [`ERROR connection to 10.0.0.${minute}:5432 refused`] : []);

/** A service that learned a day and then had an hour with a fault in its first twenty minutes. */
function afterFault() {
  const { watch, now } = learned();
  const incidents = play(watch, digestsOf(now, 60, REFUSED), now, 60);
  return { watch, now, incidents };
}

describe('the report about a watched log', () => {
  it('has the levels of each window of a day beside what is usual, without a gap', () => {
    const { watch, now } = afterFault();
    const { windows } = watch.report();
    expect(windows).toHaveLength(288);
    const steps = windows.slice(1).map(({ window }, at) => window - (windows[at]?.window ?? 0));
    expect(new Set(steps)).toEqual(new Set([5 * MINUTE]));
    const faulty = windows.filter(({ window }) => window >= now && window < now + 20 * MINUTE);
    expect(faulty).toHaveLength(4);
    for (const { lines, levels, usualLines, usualErrors } of faulty) {
      expect(levels.error).toBeGreaterThanOrEqual(5);
      expect(levels.error).toBeGreaterThan(3 * usualErrors);
      expect(lines).toBeGreaterThan(80);
      expect(usualLines).toBeGreaterThan(70);
      expect(usualLines).toBeLessThan(100);
    }
  });

  it('names what is unusual with the window, and the incident that was opened for it, also after a restart', () => {
    const { watch, now, incidents } = afterFault();
    watch.noteIncident(incidents[0]?.window ?? 0, 'rp-1');
    const again = makeServiceWatch('orders', undefined, JSON.parse(JSON.stringify(watch.state())));
    const { findings } = again.report();
    expect(findings.length).toBeGreaterThanOrEqual(4);
    expect(new Set(findings.map(({ incidentId }) => incidentId))).toEqual(new Set(['rp-1']));
    expect(findings.map(({ window }) => window)).toEqual(
      findings.map(({ window }) => window).toSorted((a, b) => b - a),
    );
    const first = findings.filter(({ window }) => window === now);
    expect(first.map(({ kind }) => kind)).toContain('new-message');
    expect(first.find(({ kind }) => kind === 'new-message')?.message).toMatchObject({
      level: 'error',
      sample: expect.stringContaining('refused'),
    });
    // Judged every minute, noted once.
    const places = findings.map(({ window, kind, message }) => `${window} ${kind} ${message?.cluster}`);
    expect(new Set(places).size).toBe(places.length);
  });

  it('lists the messages that came lately, severe ones first, with how often they usually come', () => {
    const { watch, now } = learned();
    const accepts = () => watch.report().patterns.find(({ template }) => template.includes('accepted order'));
    const before = accepts()?.lately ?? 0;
    for (const digest of digestsOf(now, 10, REFUSED)) watch.add(digest, now + 10 * MINUTE);
    const [first, second] = watch.report().patterns;
    expect(first).toMatchObject({ lately: expect.any(Number), usual: expect.any(Number) });
    const found = [first, second].find((one) => one?.template.includes('refused'));
    expect(found).toMatchObject({ level: 'error', lately: 10, usual: 0, firstSeen: null });
    const accepted = accepts();
    expect((accepted?.lately ?? 0) - before).toBe(100);
    expect(accepted?.usual).toBeGreaterThan(45);
    expect(accepted?.usual).toBeLessThan(55);
    expect(accepted?.firstSeen).toBeLessThan(now - 20 * HOUR);
  });

  it('goes on from a state of before it noted anything', () => {
    const { watch, now } = learned();
    const { day: _, noted: __, ...former } = watch.state();
    const again = makeServiceWatch('orders', undefined, JSON.parse(JSON.stringify(former)));
    expect(again.report().windows.length).toBeLessThan(10);
    for (const digest of digestsOf(now, 1, REFUSED)) expect(again.add(digest, now)).toBe(true);
    expect(again.report().windows.at(-1)?.levels.error).toBeGreaterThan(0);
  });
});
