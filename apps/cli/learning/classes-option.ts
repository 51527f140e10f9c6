import { FailureClass } from '#shared/domain/incident/failure-class.ts';
import { UsageError } from '../command.ts';

/** Whether a class is among those of an option; all are when it was not given. */
export function classesOf(given: string | undefined): (failureClass: FailureClass) => boolean {
  if (given === undefined) return () => true;
  const classes = given.split(',').map((name) => {
    const parsed = FailureClass.safeParse(name.trim());
    if (parsed.success) return parsed.data;
    throw new UsageError(`--class ${name}: there is no such class: choose of ${FailureClass.options.join(', ')}.`);
  });
  return (failureClass) => classes.includes(failureClass);
}
