import type { HostApi } from '#shared/ports/host-api.ts';
import type { ConnectedHost } from '../contract.ts';
import { accountOf } from './accounts.ts';
import { codeReader, directory, files, jobDefinitions } from './code.ts';
import { mergeRequests } from './merge-requests.ts';
import { people } from './people.ts';
import { pipelines } from './pipelines.ts';

/** GitLab's REST API v4 behind the ports of a code host. */
export const connect = (api: HostApi): ConnectedHost => ({
  codeHost: { ...pipelines(api), ...mergeRequests(api), ...files(api), ...jobDefinitions(api) },
  directory: directory(api),
  codeReader: codeReader(api),
  people: people(api),
  accountOf: accountOf(api),
});
