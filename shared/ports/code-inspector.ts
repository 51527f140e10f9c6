import type { Inspection } from '#shared/domain/patch/inspection.ts';

export interface InspectedFile {
  readonly path: string;
  /** Null for a new file. */
  readonly before: string | null;
  readonly after: string;
}

/** Says what a patch newly does, by its parsed code. Throws when nobody could look. */
export interface CodeInspector {
  inspect(incidentId: string, files: readonly InspectedFile[]): Promise<Inspection>;
}
