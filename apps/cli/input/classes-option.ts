import { FailureClass } from '#shared/domain/incident/failure-class.ts';
import { unknownValue } from '#shared/kernel/text/nearest-value.ts';
import { UsageError } from '../command.ts';

/** Parses a list of failure classes and returns a test for membership; without the option it accepts every class. Throws `UsageError`. */
export function classesOf(given: string | undefined, option = 'class'): (failureClass: FailureClass) => boolean {
  if (given === undefined) return () => true;
  const classes = given.split(',').map((name) => {
    const parsed = FailureClass.safeParse(name.trim());
    if (parsed.success) return parsed.data;
    throw new UsageError(unknownValue(option, name.trim(), FailureClass.options));
  });
  return (failureClass) => classes.includes(failureClass);
}
