import { type Capacity, capacityName } from '#shared/domain/capacity/capacity-settings.ts';
import type { Forecast } from '#shared/domain/capacity/forecast.ts';
import type { Service } from '#shared/domain/configuration/configuration.ts';
import { COLUMNS, wrapText } from '#shared/plugins/notifiers/wrap.ts';

export interface ForecastStory {
  readonly service: Service;
  readonly capacity: Capacity;
  readonly forecast: Exclude<Forecast, { kind: 'none' }>;
  readonly actions: readonly string[];
}

/** The mail about something that runs out: numbers and names of the configuration, nothing that was read from a log. */
export function renderForecastMail(story: ForecastStory): { subject: string; message: string } {
  const { service, capacity, forecast, actions } = story;
  const headline = forecast.kind === 'reached' ? 'is at its limit' : 'runs out soon';
  const paragraphs = [
    whenOf(capacity, forecast),
    actions.length === 0
      ? 'The catalogue allows no action that makes room; somebody has to look.'
      : `What the catalogue of the service allows before it happens, least disturbing first:\n${actions.map((action) => `- ${action}`).join('\n')}`,
    actorOf(story),
    'This mail comes once a day as long as it is so.',
  ];
  return {
    subject: `[Selfheal] ${service.id}: ${capacity.kind} ${headline}`,
    message: paragraphs.map((one) => wrapText(one, COLUMNS)).join('\n\n'),
  };
}

function whenOf(capacity: Capacity, forecast: ForecastStory['forecast']): string {
  const metric = capacityName(capacity);
  if (forecast.kind === 'reached') {
    const value = Number(forecast.value.toPrecision(4));
    return `${metric} is at ${value}; its limit is ${capacity.limit}.`;
  }
  const { perHour, earliest, likely, latest, from } = forecast;
  const direction = perHour > 0 ? 'rises' : 'falls';
  const rate = Math.abs(Number(perHour.toPrecision(3)));
  return `${metric} ${direction} by ${rate} an hour since ${minute(from)}, or longer. If that goes on it reaches its limit, ${capacity.limit}, at about ${minute(likely)}: at ${minute(earliest)} at the earliest, ${minute(latest)} at the latest.`;
}

/** Selfheal acts before only through an alarm that the owner gave the forecast, with the guards of every incident. */
function actorOf({ service, capacity: { alarm }, actions }: ForecastStory): string {
  if (alarm === null || actions.length === 0) return 'Selfheal does nothing about it by itself.';
  return service.mode === 'act'
    ? `The alarm ${alarm} rings as long as this is expected; what Selfheal does about it, within its policy, is told in a mail of its own.`
    : `The alarm ${alarm} rings as long as this is expected; the service's mode is ${service.mode}, so nothing is done by itself.`;
}

/** Beyond what a calendar knows there is no latest time. */
const minute = (at: number): string =>
  at > 8.64e15 ? 'an unknown time' : `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
