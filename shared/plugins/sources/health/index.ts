import * as z from 'zod';
import { defineAwsEvents } from '../common/aws-events.ts';

/** AWS Health writes `Thu, 20 Nov 2026 09:00:00 GMT` (RFC 1123); newer events may be ISO 8601. */
const Instant = z
  .string()
  .max(60)
  .transform((text) => new Date(text))
  .refine((at) => Number.isFinite(at.getTime()), 'Must be an instant');

/** AWS Health user guide, "Reference: AWS Health events Amazon EventBridge schema". */
export const health = defineAwsEvents({
  id: 'health',
  title: 'AWS Health: trouble of AWS itself that the account is touched by',
  pattern: {
    source: ['aws.health'],
    detailType: ['AWS Health Event'],
    detail: { eventTypeCategory: ['issue'] },
  },
  detail: z.object({
    eventArn: z.string().min(1).max(1600),
    service: z.string().min(1).max(60),
    eventTypeCode: z.string().max(200),
    eventTypeCategory: z.string().max(60),
    statusCode: z.string().max(40).nullish(),
    startTime: Instant.nullish(),
    endTime: Instant.nullish(),
    eventDescription: z.array(z.object({ latestDescription: z.string() })).default([]),
    affectedEntities: z.array(z.object({ entityValue: z.string() })).default([]),
  }),
  read({ detail }) {
    const { service, eventTypeCode, eventTypeCategory, statusCode, startTime, endTime } = detail;
    if (eventTypeCategory !== 'issue') return { ignored: 'no-issue' };
    const isOver = statusCode === 'closed' || Boolean(endTime);
    return {
      state: isOver ? 'resolved' : 'firing',
      severity: 'high',
      resource: `health/${service}`,
      // Two issues of one service are two troubles; both states of one have its ARN.
      trouble: detail.eventArn,
      title: `AWS reports trouble with ${service}: ${eventTypeCode}`,
      text: [
        ...detail.eventDescription.map(({ latestDescription }) => latestDescription),
        detail.affectedEntities.length > 0
          ? `Affected: ${detail.affectedEntities
              .slice(0, 20)
              .map(({ entityValue }) => entityValue)
              .join(', ')}`
          : null,
      ],
      url: `https://health.aws.amazon.com/health/home#/account/event-log?eventID=${encodeURIComponent(detail.eventArn)}`,
      ...(startTime ? { startedAt: startTime } : {}),
    };
  },
});
