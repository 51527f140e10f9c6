import { FailureClass } from '@selfheal/kernel/failure-class.ts';
import { nearestValue, unknownValue } from '@selfheal/kernel/text/nearest-value.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IncidentStatus } from '#shared/domain/incident/incident.ts';

const NAMES = [...IncidentStatus.options, ...FailureClass.options].filter((name) => name.length > 4);

describe('a value that is none of a list', () => {
  it.each([
    ['status', 'opne', IncidentStatus.options, 'There is no status "opne"; did you mean open?'],
    ['status', 'Resolved ', IncidentStatus.options, 'There is no status "Resolved "; did you mean resolved?'],
    ['class', 'test failure', FailureClass.options, 'There is no class "test failure"; did you mean test_failure?'],
    ['order', 'sideways', ['newest', 'oldest'], 'There is no order "sideways". Use one of: newest, oldest.'],
    ['order', '', ['newest', 'oldest'], 'There is no order "". Use one of: newest, oldest.'],
  ] as const)('of %s, "%s", is answered in the words of who gave it', (noun, given, options, words) => {
    expect(unknownValue(noun, given, options)).toBe(words);
  });

  it('with one slip of the finger is always recognised, or another that is as near', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...NAMES),
        fc.nat(),
        fc.constantFrom('drop', 'swap', 'double', 'other'),
        (name, at, slip) => {
          const place = at % (name.length - 1);
          const [a = '', b = ''] = [name[place], name[place + 1]];
          const middle = { drop: b, swap: b + a, double: a + a + b, other: `q${b}` }[slip];
          const given = name.slice(0, place) + middle + name.slice(place + 2);
          expect(nearestValue(given, NAMES)).not.toBeNull();
          expect(nearestValue(given, [name])).toBe(name);
        },
      ),
    );
  });

  it('is found in a time that does not depend on its length', () => {
    expect(unknownValue('status', 'x'.repeat(1_000_000), IncidentStatus.options).length).toBeLessThan(250);
  });
});
