import { type JsonObject, textsOf } from '../template/json.ts';

/** The headers an HTTP API with this `CorsConfiguration` adds for an origin; none when it is not allowed. */
export function corsHeaders(configuration: JsonObject, origin: string | undefined): Record<string, string> {
  const origins = textsOf(configuration.AllowOrigins);
  if (origin === undefined || !(origins.includes('*') || origins.includes(origin))) return {};
  const list = (name: string, header: string): Record<string, string> => {
    const values = textsOf(configuration[name]);
    return values.length === 0 ? {} : { [header]: values.join(',') };
  };
  return {
    'access-control-allow-origin': origins.includes('*') ? '*' : origin,
    ...list('AllowMethods', 'access-control-allow-methods'),
    ...list('AllowHeaders', 'access-control-allow-headers'),
    ...list('ExposeHeaders', 'access-control-expose-headers'),
    ...list('MaxAge', 'access-control-max-age'),
    ...(configuration.AllowCredentials === true ? { 'access-control-allow-credentials': 'true' } : {}),
  };
}
