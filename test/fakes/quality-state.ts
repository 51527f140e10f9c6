import {
  documentPath,
  type QualityDocument,
  type QualityState,
  requireDocumentSize,
} from '@selfheal/pull-request-quality/ports/quality-state.ts';

/** The documents of a repository in memory. */
export function makeMemoryQualityState(): QualityState & { readonly documents: ReadonlyMap<string, QualityDocument> } {
  const documents = new Map<string, QualityDocument>();
  let writes = 0;
  return {
    documents,
    async read(name) {
      documentPath(name);
      return documents.get(name) ?? null;
    },
    async write(name, text, replaces) {
      documentPath(name);
      requireDocumentSize(name, text);
      if ((documents.get(name)?.revision ?? null) !== replaces) return 'changed-meanwhile';
      writes += 1;
      documents.set(name, { text, revision: `revision-${writes}` });
      return 'written';
    },
  };
}
