import * as z from 'zod';
import { Scalar } from './parameter.ts';
import { Playbook, PlaybookId } from './playbook.ts';

/** The playbooks that a service allows: an id, or an id with the values that are this service's own. */
export const AllowedPlaybooks = z
  .array(
    z.union([
      PlaybookId.transform((id) => ({ id, with: {} })),
      z.strictObject({ id: PlaybookId, with: z.record(z.string(), Scalar).default({}) }),
    ]),
  )
  .max(30)
  .refine((all) => new Set(all.map(({ id }) => id)).size === all.length, 'a playbook is listed twice')
  .default([]);

/** The sound playbooks that some service allows. People write them as files; the build puts them here. */
export const Playbooks = z.array(Playbook).max(200).default([]);
