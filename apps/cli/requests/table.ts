import { ACCESS } from './access.ts';
import { CONNECTIONS } from './connection.ts';
import { DATA } from './data.ts';
import { INCIDENTS } from './incident.ts';
import { LEARNING } from './learning.ts';
import { OPERATION } from './operation.ts';
import { RECEIVED } from './received.ts';

/** Every command that is options -> one request -> text. */
export const REQUESTS = [...INCIDENTS, ...OPERATION, ...ACCESS, ...CONNECTIONS, ...RECEIVED, ...LEARNING, ...DATA];
