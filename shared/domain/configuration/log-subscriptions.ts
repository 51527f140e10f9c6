import * as z from 'zod';

/** What a Lambda function lets others call it is limited to 20 KB of policy, some 400 bytes a group. */
const MAX_SUBSCRIPTIONS = 40;

/** Log groups of the deployment's account and region whose lines are watched as the log of a service; none by default. */
export const LogSubscriptions = z
  .array(
    z.strictObject({
      /** Name of the group, without its ARN. */
      logGroup: z
        .string()
        .regex(/^[\w.\-/#]{1,512}$/, 'Must be the name of a log group, such as /aws/lambda/checkout-api'),
      /** The service whose log it is, as senders name it. Several groups may be one service's. */
      service: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,59}$/, 'Must be the id of a service in small letters'),
      /** Through a stream, for a group with thousands of lines a second; straight to the function otherwise. */
      stream: z.boolean().default(false),
    }),
  )
  .max(MAX_SUBSCRIPTIONS)
  .superRefine((subscriptions, context) => {
    const groups = subscriptions.map(({ logGroup }) => logGroup);
    for (const [index, group] of groups.entries())
      if (groups.indexOf(group) < index)
        context.addIssue({ code: 'custom', path: [index, 'logGroup'], message: `${group} is subscribed already` });
  });
export type LogSubscriptions = z.infer<typeof LogSubscriptions>;

/** The stream between log groups with `stream` and the function; it exists where there is one. */
export const LogStream = z
  .strictObject({
    /** Each shard is read by one call at a time. */
    shards: z.number().int().min(1).max(50).default(1),
  })
  .prefault({});

/** Whether any of the subscribed log groups goes through the stream. */
export const hasLogStream = (subscriptions: LogSubscriptions): boolean => subscriptions.some(({ stream }) => stream);
