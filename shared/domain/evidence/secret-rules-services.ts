import type { SecretRule } from './secret-rule.ts';

/** Tokens of chat, mail, payment and other services. */
export const SERVICE_RULES: readonly SecretRule[] = [
  {
    kind: 'slack-token',
    literals: ['xox', 'xapp-'],
    pattern: /\b(?:xox[a-z](?:\.xox[a-z])?-|xapp-)[A-Za-z0-9-]{10,400}/gi,
  },
  {
    kind: 'webhook-url',
    literals: ['hooks.slack.com'],
    pattern: /hooks\.slack\.com\/(?:services|workflows|triggers)\/(?<secret>[\w/+-]{20,200})/gi,
  },
  {
    kind: 'webhook-url',
    literals: ['/api/webhooks/'],
    pattern: /\/api\/webhooks\/(?<secret>\d{10,25}\/[\w-]{40,120})/g,
  },
  {
    kind: 'webhook-url',
    literals: ['webhook.office.com'],
    pattern: /webhook\.office\.com\/webhookb2\/(?<secret>[\w@/-]{40,400})/g,
  },
  {
    kind: 'stripe-key',
    literals: ['k_live_', 'k_test_', 'k_prod_', 'whsec_'],
    pattern: /\b(?:[sr]k_(?:live|test|prod)_|whsec_)[A-Za-z0-9]{10,200}/g,
  },
  { kind: 'onepassword-token', literals: ['ops_eyj'], pattern: /\bops_eyJ[\w+/-]{100,4000}={0,3}/g },
  {
    kind: 'onepassword-key',
    literals: ['a3-'],
    pattern: /\bA3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}/g,
  },
  { kind: 'sendgrid-key', literals: ['sg.'], pattern: /\bSG\.[\w-]{16,32}[.=][\w.=-]{20,64}/gi, mixed: true },
  {
    kind: 'mail-key',
    literals: ['key-', 'xkeysib-', 'pubkey-'],
    pattern: /\b(?:(?:pub)?key-[0-9a-f]{32}|xkeysib-[0-9a-f]{64}-\w{16})\b/g,
  },
  { kind: 'telephony-key', literals: ['twilio', 'account_sid', 'accountsid'], pattern: /\b(?:SK|AC)[0-9a-f]{32}\b/g },
  {
    kind: 'shop-token',
    literals: ['shpat_', 'shpca_', 'shppa_', 'shpss_'],
    pattern: /\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}/g,
  },
  {
    kind: 'payment-key',
    literals: ['sq0', 'eaaa', 'flwseck', 'flwpubk', 'ezak', 'eztk', 'shippo_'],
    pattern:
      /\b(?:sq0[a-z]{3}-[\w-]{22,43}|EAAA[\w+=-]{22,60}\b|FLW(?:PUB|SEC)K(?:_TEST)?-[\w-]{12,40}|EZ[AT]K[A-Za-z0-9]{54}|shippo_(?:live|test)_[a-f0-9]{40})/g,
    mixed: true,
  },
  {
    kind: 'service-token',
    literals: [
      'pmak-',
      'figd_',
      'ntn_',
      'secret_',
      'rdme_',
      'pnu_',
      'sgp_',
      'tfp_',
      'duffel_',
      '_mmk',
      'ico-',
      'sm_aat_',
      'sm_pat_',
      'fio-u-',
      'p8e-',
      's-s4t2',
      'cfpat-',
      'duo_',
      'aqvn',
      't1.',
      'pat-na',
      'pat-eu',
      'ccipat_',
      'bkua_',
      'sqp_',
      'squ_',
      'sqa_',
      'apify_api_',
    ],
    pattern:
      /\b(?:PMAK-[a-f0-9]{24}-[a-f0-9]{34}|figd_[\w-]{38,60}|ntn_\d{11}[A-Za-z0-9]{35}|secret_[A-Za-z0-9]{43}|rdme_[a-z0-9]{70}|pnu_[a-zA-Z0-9]{36}|sgp_(?:[a-f0-9]{16}_|local_)?[a-f0-9]{40}|tfp_[\w.=-]{59}|duffel_(?:test|live)_[\w=-]{43}|[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk|ico-[a-zA-Z0-9]{32}|sm_[ap]at_[\w-]{16,60}|fio-u-[\w=-]{64}|p8e-[a-z0-9]{32}|s-s4t2(?:ud|af)-[a-f0-9]{64}|CFPAT-[\w-]{43}|AQVN[\w-]{35,38}|t1\.[\w-]{20,400}\.[\w=-]{60,100}|pat-(?:na|eu)\d-[a-f0-9-]{36}|CCIPAT_[\w]{22}_[a-f0-9]{40}|bkua_[a-f0-9]{40}|sq[pua]_[a-f0-9]{40}|apify_api_[A-Za-z0-9]{36})/gi,
    mixed: true,
  },
  { kind: 'airtable-token', literals: ['pat'], pattern: /\bpat[A-Za-z0-9]{14}\.[a-f0-9]{64}\b/g },
  { kind: 'telegram-token', literals: [':aa'], pattern: /\b\d{8,10}:AA[\w-]{33}\b/g },
  { kind: 'facebook-token', literals: ['eaam', 'eaac', 'eaab', 'eaad'], pattern: /\bEAA[MCBD][A-Za-z0-9]{80,300}/g },
];
