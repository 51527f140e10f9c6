import type { SecretRule } from './secret-rule.ts';

/** Keys of hosting platforms, search and payment services, and of accounts that log in themselves. */
export const PLATFORM_RULES: readonly SecretRule[] = [
  {
    kind: 'model-key',
    literals: ['tvly-', 'nvapi-', 'pcsk_', 'sk_'],
    pattern:
      /\b(?:tvly-(?:dev-|prod-)?[A-Za-z0-9]{24,60}|nvapi-[\w-]{50,100}|pcsk_[A-Za-z0-9]{4,8}_[A-Za-z0-9]{50,80}|sk_[a-f0-9]{48})\b/g,
    mixed: true,
  },
  {
    kind: 'infrastructure-token',
    literals: ['rnd_', 'tskey-', 'sb_secret_', 'npg_'],
    pattern:
      /\b(?:rnd_[A-Za-z0-9]{24,40}|tskey-[a-z]{3,10}-[A-Za-z0-9]{8,24}-[A-Za-z0-9]{16,64}|sb_secret_[\w-]{20,60}|npg_[A-Za-z0-9]{12,32})/g,
    mixed: true,
  },
  {
    kind: 'infrastructure-token',
    literals: ['flyv1'],
    pattern: /\bFlyV1 (?<secret>[\w,+/=-]{40,2000})/g,
    mixed: true,
  },
  { kind: 'infrastructure-token', literals: ['vault'], pattern: /\bs\.[A-Za-z0-9]{24}\b/g, mixed: true },
  {
    kind: 'mail-key',
    literals: ['re_'],
    pattern: /\bre_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,32}\b/g,
    mixed: true,
  },
  {
    kind: 'payment-key',
    literals: ['rzp_', 'live_', 'test_'],
    pattern: /\b(?:rzp_(?:live|test)_[A-Za-z0-9]{14,24}|(?:live|test)_[A-Za-z0-9]{30})\b/g,
    mixed: true,
  },
  {
    kind: 'google-key',
    literals: ['1//0', ':apa91b'],
    pattern: /(?:\b1\/\/0[\w-]{40,200}|\b[\w-]{7,20}:APA91b[\w-]{100,200})/g,
    mixed: true,
  },
  {
    kind: 'amazon-key',
    literals: ['amzn.mws.', 'amzn1.oa2-cs.'],
    pattern: /\b(?:amzn\.mws\.[0-9a-f-]{36}|amzn1\.oa2-cs\.v1\.[0-9a-f]{40,80})/g,
  },
  { kind: 'tencent-key', literals: ['akid'], pattern: /\bAKID[A-Za-z0-9]{28,36}\b/g, mixed: true },
  { kind: 'dropbox-token', literals: ['sl.'], pattern: /\bsl\.(?:u\.)?[\w-]{120,1200}/g, mixed: true },
  {
    kind: 'discord-token',
    literals: ['discord', 'bot'],
    pattern: /\b[MNO][\w-]{23,27}\.[\w-]{6,7}\.[\w-]{27,40}\b/g,
    mixed: true,
  },
  {
    // As htpasswd, shadow and databases keep them (crypt(5)): to be guessed offline.
    kind: 'password-hash',
    literals: ['$apr1$', '$2a$', '$2b$', '$2y$', '$5$', '$6$', '$y$'],
    pattern: /\$(?:apr1|2[aby]|[56y])\$(?:\d\d\$|rounds=\d{1,7}\$)?(?<secret>[\w./$=,]{20,200})/g,
    mixed: true,
  },
];
