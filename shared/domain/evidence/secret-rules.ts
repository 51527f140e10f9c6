import type { SecretRule } from './secret-rule.ts';
import { CLOUD_RULES } from './secret-rules-cloud.ts';
import { DEVELOPMENT_RULES } from './secret-rules-development.ts';
import { PLATFORM_RULES } from './secret-rules-platforms.ts';
import { SERVICE_RULES } from './secret-rules-services.ts';
import { SHAPE_RULES } from './secret-rules-shapes.ts';
import { VENDOR_RULES } from './secret-rules-vendors.ts';

/**
 * Token shapes that providers document or that their tokens show. Kinds are what a reader of the log needs to know of the
 * secret, so several shapes share one.
 */
export const SECRET_RULES: readonly SecretRule[] = [
  ...DEVELOPMENT_RULES,
  ...CLOUD_RULES,
  ...SERVICE_RULES,
  ...PLATFORM_RULES,
  ...SHAPE_RULES,
  ...VENDOR_RULES,
];
