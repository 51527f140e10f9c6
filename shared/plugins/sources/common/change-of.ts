import { redactName } from '@selfheal/redaction/redact.ts';
import type { Change } from '#shared/domain/changes/change.ts';
import { sentLink } from '#shared/domain/incident/sent-link.ts';

/** A change as a source tells of it. Texts are raw. */
export interface ToldChange extends Pick<Change, 'id' | 'kind' | 'source' | 'reason'> {
  /** Where it was: `placeOfRepository` or `placeOfResource`. */
  readonly place: string;
  readonly at: Date;
  readonly title: string;
  readonly by: string | null | undefined;
  readonly url: string | null | undefined;
  /** `done` by default. */
  readonly state?: Change['state'] | undefined;
  readonly files?: readonly string[] | undefined;
  readonly edges?: Change['edges'] | undefined;
}

const MAX_FILES = 100;

/** The record of a change: its texts redacted, and everything within the bounds of the record. */
export function changeOf({
  id,
  kind,
  source,
  reason,
  place,
  at,
  title,
  by,
  url,
  state,
  files,
  edges,
}: ToldChange): Change {
  return {
    version: 1,
    id: id.slice(0, 400),
    kind,
    places: [place.slice(0, 400)],
    at: at.toISOString(),
    source,
    title: redactName(title, 300),
    by: by ? redactName(by, 100) : null,
    url: sentLink(url),
    state: state ?? 'done',
    files: [...new Set(files)].slice(0, MAX_FILES).map((file) => redactName(file, 300)),
    reason,
    edges: [...(edges ?? [])],
  };
}
