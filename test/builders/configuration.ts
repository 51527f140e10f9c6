import type * as z from 'zod';
import { Configuration, Service } from '#shared/domain/configuration/configuration.ts';

/** The defaults of `selfheal.json` with the given parts. */
export function aConfiguration(change: Omit<z.input<typeof Configuration>, 'version'> = {}): Configuration {
  return Configuration.parse({ version: 1, ...change });
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
