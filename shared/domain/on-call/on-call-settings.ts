import * as z from 'zod';
import { Severity } from '../incident/target-context.ts';
import { ChangeWindow } from '../policy/circumstances/circumstance-rules.ts';

const Name = z.string().trim().min(1).max(60);

/** Somebody who may be called, and how. */
const Contact = z
  .strictObject({
    name: Name,
    /** With its country (E.164). */
    phone: z
      .string()
      .regex(/^\+[1-9]\d{6,14}$/, 'a telephone number with its country, such as +491701234567')
      .optional(),
    email: z.email().max(200).optional(),
    /** Id of the user in PagerDuty, for its schedules. */
    pagerduty: z.string().min(1).max(60).optional(),
    /** Atlassian account id, for schedules of Jira Service Management. */
    atlassian: z.string().min(1).max(128).optional(),
  })
  .refine(({ phone, email }) => phone !== undefined || email !== undefined, {
    message: 'needs a phone or an email: otherwise nobody could be called',
  });
export type Contact = z.infer<typeof Contact>;

/** A person of a level; without hours at all times. Takes what it gives: a configuration is parsed again with what the deployment sets. */
const Shift = z
  .union([Name, z.strictObject({ name: Name, hours: z.array(ChangeWindow).max(20).default([]) })])
  .transform((given) => (typeof given === 'string' ? { name: given, hours: [] } : given));

/** Whom another tool names at the moment. */
export const Schedule = z.union([
  z.strictObject({ pagerduty: z.string().regex(/^[A-Z0-9]{1,20}$/, 'the id of a schedule, such as PI7DH85') }),
  z.strictObject({
    jiraServiceManagement: z.string().regex(/^[A-Za-z0-9-]{1,60}$/, 'the id of a schedule'),
    cloudId: z.string().regex(/^[A-Za-z0-9-]{1,60}$/, 'the id of your Atlassian cloud'),
  }),
]);
export type Schedule = z.infer<typeof Schedule>;

const Level = z.strictObject({
  /** Minutes that these people have before the next level is called. */
  minutes: z.number().int().min(1).max(1440),
  people: z.array(Shift).max(20).default([]),
  schedule: Schedule.nullable().default(null),
});
export type Level = z.infer<typeof Level>;

/** Who is called for an incident that needs a person, one level after the other, until somebody acknowledges it. */
export const OnCall = z
  .strictObject({
    /** Incidents for which people are called. */
    severities: z.array(Severity).min(1).default(['high', 'critical']),
    people: z.array(Contact).max(100).default([]),
    /** None: nobody is called. */
    levels: z.array(Level).max(10).default([]),
  })
  .superRefine(({ people, levels }, context) => {
    const refuse = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    const names = people.map(({ name }) => name);
    for (const [at, name] of names.entries())
      if (names.indexOf(name) !== at) refuse(['people', at, 'name'], `${name} is there twice`);
    for (const [at, level] of levels.entries()) {
      if (level.people.length === 0 && level.schedule === null)
        refuse(['levels', at], 'name people or a schedule: otherwise nobody is on this level');
      for (const [index, { name }] of level.people.entries())
        if (!names.includes(name))
          refuse(['levels', at, 'people', index], `there is nobody named ${name} in onCall.people`);
    }
    const last = levels.at(-1);
    if (last !== undefined && !last.people.some(({ hours }) => hours.length === 0))
      refuse(
        ['levels', levels.length - 1, 'people'],
        'the last level needs somebody without hours: a gap of the other levels falls to them',
      );
  })
  .prefault({});
export type OnCall = z.infer<typeof OnCall>;

/** Whether calls need what people store in the secret of the channels: mail passwords, tokens for schedules. */
export const callsNeedSecret = ({ people, levels }: OnCall): boolean =>
  levels.length > 0 &&
  (people.some(({ email }) => email !== undefined) || levels.some(({ schedule }) => schedule !== null));
