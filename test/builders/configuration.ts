import type * as z from 'zod';
import { Configuration, Service } from '#shared/domain/configuration/configuration.ts';
import type { Home } from '#shared/domain/incident/home.ts';

/** Account and region of the alarms that the builders make. */
export const HOME: Home = { partition: 'aws', region: 'eu-west-1', account: '123456789012' };

/** The defaults of `selfheal.json` with the given parts, deployed in `HOME`. */
export function aConfiguration(change: Omit<z.input<typeof Configuration>, 'version'> = {}): Configuration {
  return { ...Configuration.parse({ version: 1, ...change }), home: HOME };
}

/** The service `checkout`, a Lambda alias, allowed to be acted upon. */
export function aService(change: Partial<z.input<typeof Service>> = {}): Service {
  return Service.parse({
    id: 'checkout',
    mode: 'act',
    alarms: ['checkout-errors'],
    deployment: { kind: 'lambda-alias', functionName: 'checkout', alias: 'live' },
    logGroup: '/aws/lambda/checkout',
    ...change,
  });
}
