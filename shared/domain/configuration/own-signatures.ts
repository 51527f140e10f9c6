import * as z from 'zod';

/** `signatures` of `selfheal.json`: where signatures of the user's own are, beside the shipped ones. */
export const OwnSignatures = z.strictObject({
  /** A folder with `*.yaml`, `*.yml` or `*.json`; a relative path counts from `selfheal.json`. */
  folder: z.string().min(1).max(500),
});
