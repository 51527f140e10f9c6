import type { SecretRule } from './secret-rule.ts';

/** Tokens of code hosts, package and image registries, and infrastructure tools. */
export const DEVELOPMENT_RULES: readonly SecretRule[] = [
  {
    kind: 'github-token',
    literals: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'],
    pattern: /\bgh[pousr]_[A-Za-z0-9]{20,255}/g,
  },
  { kind: 'github-token', literals: ['github_pat_'], pattern: /\bgithub_pat_\w{22,255}/g },
  {
    kind: 'gitlab-token',
    literals: [
      'glpat-',
      'gldt-',
      'glptt-',
      'glrt-',
      'glcbt-',
      'glft-',
      'glsoat-',
      'glimt-',
      'glagent-',
      'gloas-',
      'glffct-',
      'gr1348941',
    ],
    pattern: /\b(?:gl(?:pat|dt|ptt|rt|cbt|ft|soat|imt|agent|oas|ffct)-|GR1348941)[\w.-]{20,200}/g,
  },
  { kind: 'npm-token', literals: ['npm_'], pattern: /\bnpm_[A-Za-z0-9]{36,64}\b/gi, mixed: true },
  {
    kind: 'npm-token',
    literals: ['_authtoken', '_auth', '_password'],
    pattern: /:_(?:authToken|auth|password)\s{0,3}=\s{0,3}"?(?<secret>[\w.+/=-]{8,400})/g,
  },
  { kind: 'pypi-token', literals: ['pypi-ag'], pattern: /\bpypi-Ag[\w-]{40,1000}/g },
  {
    kind: 'atlassian-token',
    literals: ['atatt3', 'atctt3', 'atbb'],
    pattern: /\b(?:AT[AC]TT3[\w=-]{60,400}|ATBB[A-Za-z0-9]{24,60})/g,
  },
  {
    kind: 'registry-token',
    literals: ['dckr_pat_', 'dckr_oat_', 'rubygems_', 'clojars_', 'akcp', 'cmvmd', 'oy2', 'cio'],
    pattern:
      /\b(?:dckr_[po]at_[\w-]{20,60}|rubygems_[a-f0-9]{48}|CLOJARS_[a-z0-9]{60}|AKCp[A-Za-z0-9]{60,80}|cmVmd[A-Za-z0-9+/=]{55,70}|oy2[a-z0-9]{43}\b|cio[A-Za-z0-9]{32}\b)/gi,
    mixed: true,
  },
  {
    kind: 'infrastructure-token',
    literals: [
      'pul-',
      '.atlasv1.',
      'hvs.',
      'hvb.',
      'hvr.',
      'pscale_',
      'dp.',
      'hrku-',
      'fo1_',
      'fm1',
      'fm2_',
      'sha256~',
      'sbp_',
      'nfp_',
      'ops-',
      'tk-us-',
      'ltai',
    ],
    pattern:
      /\b(?:pul-[a-f0-9]{40}|[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{60,70}|hv[sbr]\.[\w-]{24,300}|pscale_(?:tkn|pw|oauth)_[\w=.-]{32,64}|dp\.(?:pt|st|ct|sa|scim|audit)\.[\w.-]{40,60}|HRKU-[\w-]{36,80}|fo1_[\w-]{43}|fm[12][ar]?_[A-Za-z0-9+/=]{60,800}|sha256~[\w-]{43}|sbp_[a-f0-9]{40}|nfp_[A-Za-z0-9]{36}|tk-us-[\w-]{48}|LTAI[A-Za-z0-9]{16,20})\b/gi,
    mixed: true,
  },
];
