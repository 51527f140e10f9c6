import { adviceOfClass } from '@selfheal/diagnosis/diagnosis/explanation.ts';
import { FAMILY_OF, FailureClass } from '@selfheal/kernel/failure-class.ts';
import { McpToolError } from './contract.ts';

export const GUIDE_URI = 'selfheal://guides/';
export const INCIDENT_URI = 'selfheal://incidents/';

const words = (failureClass: FailureClass): string => failureClass.replaceAll('_', ' ');

/** The guides: one for each class of failure. */
export const guides = (): { readonly uri: string; readonly name: string; readonly title: string }[] =>
  FailureClass.options.map((failureClass) => ({
    uri: `${GUIDE_URI}${failureClass}`,
    name: failureClass,
    title: `What to do about ${words(failureClass)}`,
  }));

/** A guide as Markdown: for a job of CI and for a service. Throws `McpToolError` for a class that there is not. */
export function guideOf(name: string): string {
  const parsed = FailureClass.safeParse(name);
  if (!parsed.success) throw new McpToolError(`There is no guide ${name.slice(0, 60)}. resources/list names them.`);
  const { data: failureClass } = parsed;
  const advice = (about: 'run' | 'service'): string => adviceOfClass(failureClass, { about, chance: 'unknown' });
  return [
    `# ${words(failureClass)}`,
    '',
    `Family: ${FAMILY_OF[failureClass]}.`,
    '',
    '## In a run of CI',
    '',
    advice('run'),
    '',
    '## In a service',
    '',
    advice('service'),
    '',
  ].join('\n');
}
