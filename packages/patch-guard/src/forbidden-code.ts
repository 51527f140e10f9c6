import { LEAVE } from './forbidden-in-tests.ts';
import { forbiddenPatternsOf, perLanguage } from './forbidden-pattern.ts';

const JVM_INSECURE =
  /\bTrustManager\b|\bHostnameVerifier\b|\bALLOW_ALL\w*|\bNoopHostnameVerifier\b|\bcsrf\s*\(\s*\)\s*\.\s*disable\b|\bpermitAll\b|\bgetInstance\(\s*"(?:MD5|SHA-?1|DES|RC4)"/g;

const INSECURE = perLanguage(
  {
    javascript:
      /\brejectUnauthorized\s*:\s*false|\bNODE_TLS_REJECT_UNAUTHORIZED\b|\bdangerouslySetInnerHTML\b|\.(?:inner|outer)HTML\s*=|\bdocument\.write\b|\bv-html\b|\bbypassSecurityTrust\w+|\bcreateHash\(\s*['"](?:md5|sha1)['"]|\bstrictSSL\s*:\s*false|\bcheckServerIdentity\b|\bcontextIsolation\s*:\s*false|\bnodeIntegration\s*:\s*true/g,
    python:
      /\bverify\s*=\s*False|\b_create_unverified_context\b|\bCERT_NONE\b|\bcheck_hostname\s*=\s*False|\bhashlib\.(?:md5|sha1)\b|\bcsrf_exempt\b|\bmark_safe\b|\bshell\s*=\s*True|\bdebug\s*=\s*True|\bautoescape\s*=\s*False|\bdisable_warnings\b|\bALLOWED_HOSTS\b/g,
    java: JVM_INSECURE,
    kotlin: JVM_INSECURE,
    go: /\bInsecureSkipVerify\b|\btemplate\.HTML\s*\(|\bmd5\.\w+|\bsha1\.\w+|\bInsecureIgnoreHostKey\b|"crypto\/(?:md5|sha1|des|rc4)"/g,
    rust: /\bdanger_accept_invalid_\w+|\bSslVerifyMode::NONE\b/g,
    ruby: /\bVERIFY_NONE\b|\bskip_before_action\b|\bhtml_safe\b|(?<![\w.])raw\s*\(|\bskip_forgery_protection\b|\bDigest::(?:MD5|SHA1)\b|\bpermit!/g,
    csharp:
      /\bServerCertificate(?:Custom)?ValidationCallback\b|\bDangerousAcceptAny\w+|\bAllowAnonymous\b|\bIgnoreAntiforgeryToken\b|\bHtml\.Raw\b|\bMD5\b|\bSHA1\b|\bRequireHttpsMetadata\s*=\s*false/g,
    php: /\bCURLOPT_SSL_VERIFY(?:PEER|HOST)\b|\bverify_peer\w*|\bmd5\s*\(|\bsha1\s*\(|\bwithoutMiddleware\b|\{!!|\bunguard\s*\(/g,
  },
  { rule: 'security-weakened', reason: 'It would remove a protection.', view: 'text' },
);

/** Reaches into what tests run on, from the product. */
const GLOBALS = perLanguage(
  {
    javascript:
      /\b(?:globalThis|global|window|self)\s*(?:\.\s*(?:expect|it|test|describe|assert|jest|vi|Promise|Date|Math|Array|Object|JSON)\b|\[)|\.prototype\s*(?:\.\s*\w+|\[[^\]]*\])\s*=(?!=)|\basymmetricMatch\b|\btoPrimitive\b/g,
    python: /\b(?:unittest|pytest|_pytest|builtins)\b|\bsys\.(?:modules|settrace|setprofile|meta_path|path_hooks)\b/g,
    ruby: /\b(?:class|module)\s+(?:Minitest|RSpec|Test|Object|Kernel|BasicObject|Integer|String|Array|Hash)\b|\bTracePoint\b/g,
    rust: /\bset_hook\b|\bmacro_rules!\s*assert/g,
    go: /\bgo:linkname\b|\breflect\.(?:ValueOf|NewAt)\b.*\bSet\b/g,
    csharp: /\bModuleInitializer\b|\bAppDomain\b/g,
    php: /\bstream_wrapper_(?:register|unregister)\b|\bspl_autoload_register\b|\bnamespace\s+PHPUnit\b/g,
    java: /\bpackage\s+org\.(?:junit|assertj|testng|mockito)\b|\bInstrumentation\b/g,
    kotlin: /\bpackage\s+(?:org\.(?:junit|assertj)|kotlin\.test)\b|\bInstrumentation\b/g,
  },
  { rule: 'runner-patched', reason: 'It would change the test runner or its environment.', view: 'code' },
);

/** What no fix may newly do, approved or not. What its code does besides, a parser tells and a person decides: see `content`. */
export const FORBIDDEN_CODE = forbiddenPatternsOf(
  [LEAVE, GLOBALS, INSECURE],
  [
    {
      rule: 'secret-access',
      reason: 'It would access keys, tokens or the machine that it runs on.',
      view: 'text',
      pattern:
        /\b(?:GITHUB|GH|NPM|AWS|AZURE|GCP|GOOGLE|PYPI|DOCKER|ACTIONS|SLACK|STRIPE|OPENAI|ANTHROPIC|VAULT|SONAR|CODECOV)_\w*(?:TOKEN|SECRET|KEY|PASSWORD|CREDENTIALS?|ID)\b|\.(?:ssh|aws|kube|npmrc|netrc|pypirc|docker|gnupg|git-credentials)\b(?=["'`/\\])|\bid_(?:rsa|ed25519|ecdsa|dsa)\b|\/etc\/(?:passwd|shadow|hosts|sudoers)|\/proc\/|\/var\/run\/|169\.254\.169\.254|metadata\.google|fd00:ec2::254|\/\.git\/|\$HOME\b|\b(?:client_?secret|private_?key|access_?key_?id|secret_?access_?key)\b/gi,
    },
  ],
);
