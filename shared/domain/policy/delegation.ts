import * as z from 'zod';

/** Somebody who may approve lets another person do it for a while. It passes on the groups of the one who gives it, and nothing delegated. */
export const Delegation = z.strictObject({
  version: z.literal(1),
  /** Who gives it: the user pool's own name, and their GitHub login. */
  from: z.string().min(1).max(128),
  fromGithub: z.string().min(1).max(60),
  groups: z.array(z.string().min(1).max(128)).min(1).max(50),
  /** E-mail address of who gets it, in lower case: by which people know each other. */
  to: z.email().max(200),
  createdAt: z.iso.datetime(),
  until: z.iso.datetime(),
});
export type Delegation = z.infer<typeof Delegation>;
