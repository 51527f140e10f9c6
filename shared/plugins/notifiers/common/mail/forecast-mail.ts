import { instantWords } from '@selfheal/kernel/time-words.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import { type Capacity, capacityName } from '#shared/domain/capacity/capacity-settings.ts';
import type { AnnouncementOf } from '#shared/ports/announcement.ts';
import { stopLines } from '../briefing-facts.ts';
import { type Mail, messageOf } from './mail.ts';

type Announced = AnnouncementOf<'capacity-forecast'>;

/** The mail about a capacity that runs out: numbers, and names from the configuration; nothing from a log. */
export function renderForecastMail(announced: Announced): Mail {
  const { service, capacity, forecast, actions, stopped, alert } = announced;
  const crossed = alert === undefined ? 'is at its limit' : `is ${capacity.side} ${capacity.limit}`;
  const headline = forecast.kind === 'reached' ? crossed : 'runs out soon';
  const paragraphs = [
    whenOf(capacity, forecast),
    ...stopLines({ stopped, timeZone: 'UTC' }).slice(1),
    actions.length === 0
      ? 'The catalogue allows no action that adds capacity; a person has to act.'
      : `Actions that the catalogue of the service allows before it happens, least disturbing first:\n${actions.map((action) => `- ${action}`).join('\n')}`,
    actorOf(announced),
    alert === undefined
      ? 'You are told once a day while it lasts.'
      : `This is the alert ${alert.name}; it is sent once each time the limit is crossed. "selfheal alert set --off --name ${alert.name}" takes it back.`,
  ];
  return {
    subject: redactOutgoing(`[Selfheal] ${service.id}: ${capacity.kind} ${headline}`),
    message: messageOf(paragraphs),
  };
}

function whenOf(capacity: Capacity, forecast: Announced['forecast']): string {
  const metric = capacityName(capacity);
  if (forecast.kind === 'reached') {
    const value = Number(forecast.value.toPrecision(4));
    return `${metric} is at ${value}; its limit is ${capacity.limit}.`;
  }
  const { perHour, earliest, likely, latest, from } = forecast;
  const direction = perHour > 0 ? 'rises' : 'falls';
  const rate = Math.abs(Number(perHour.toPrecision(3)));
  return `${metric} ${direction} by ${rate} an hour since ${minute(from)}, or longer. At this rate it reaches its limit, ${capacity.limit}, at about ${minute(likely)} (earliest ${minute(earliest)}, latest ${minute(latest)}).`;
}

/** Selfheal acts in advance only through an alarm that the owner assigned to the forecast, with the guards of every incident. */
function actorOf({ service, capacity: { alarm }, actions, alert }: Announced): string {
  if (alert !== undefined && alert.requested !== null)
    return `The alert asked for ${alert.requested}. It is done only after a person approves it; the question comes separately.`;
  if (alarm === null || actions.length === 0) return 'Selfheal does not act on this by itself.';
  return service.mode === 'act'
    ? `The alarm ${alarm} is in ALARM while this is expected. Selfheal acts on it within its policy and reports that separately.`
    : `The alarm ${alarm} is in ALARM while this is expected. The service's mode is ${service.mode}, so Selfheal does not act by itself.`;
}

/** `an unknown time` when the time is beyond what dates can express. */
const minute = (at: number): string => (at > 8.64e15 ? 'an unknown time' : instantWords(new Date(at), 'UTC'));
