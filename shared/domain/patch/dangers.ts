import { LEAVE } from './test-tricks.ts';
import { perLanguage, tricksOf } from './trick.ts';

const JVM = {
  network:
    /\bnew\s+(?:URL|Socket|ServerSocket|DatagramSocket|InetSocketAddress)\s*\(|(?<!\w)(?:URL|Socket|ServerSocket)\s*\(|\bHttpClient\b|\bHttpURLConnection\b|\bopenConnection\b|\bOkHttpClient\b|\bRestTemplate\b|\bWebClient\b|\bInetAddress\b/g,
  process: /\bRuntime\s*\.\s*getRuntime\b|\bProcessBuilder\b|\bProcessHandle\b/g,
  dynamic:
    /\bScriptEngine\w*|\bClass\s*\.\s*forName\b|\bURLClassLoader\b|\bdefineClass\b|\bObjectInputStream\b|\breadObject\s*\(|\bgetDeclared(?:Method|Field|Constructor)\b|\bMethodHandles\b|\bSystem\.load(?:Library)?\b|\bGroovyShell\b|\bSpelExpressionParser\b|\bInitialContext\b|\bUnsafe\b/g,
  environment: /\bSystem\s*\.\s*(?:getenv|getProperties|getProperty|setProperty)\b/g,
  files:
    /\bFiles\s*\.\s*(?:delete\w*|write\w*|move|copy|newOutputStream|newBufferedWriter|setPosix\w*)\b|\bFileOutputStream\b|\bFileWriter\b|\.delete(?:OnExit|Recursively)?\s*\(\s*\)|\.setExecutable\b/g,
  insecure:
    /\bTrustManager\b|\bHostnameVerifier\b|\bALLOW_ALL\w*|\bNoopHostnameVerifier\b|\bcsrf\s*\(\s*\)\s*\.\s*disable\b|\bpermitAll\b|\bgetInstance\(\s*"(?:MD5|SHA-?1|DES|RC4)"/g,
} as const;

const NETWORK = perLanguage(
  {
    javascript:
      /(?<![\w$.])fetch\s*\(|\bXMLHttpRequest\b|\bWebSocket\b|\bEventSource\b|\bsendBeacon\b|\baxios\b|\bgot\s*\(|\bundici\b|['"](?:node:)?(?:https?|http2|net|tls|dgram|dns(?:\/promises)?|inspector)['"]|['"](?:axios|got|undici|node-fetch|superagent|request|ws)['"]/g,
    python:
      /\brequests\b|\burllib\d?\b|\bhttpx?\.\w|\bhttp\.client\b|\baiohttp\b|\bsocket\b|\bftplib\b|\bsmtplib\b|\btelnetlib\b|\bparamiko\b|\bxmlrpc\b|\bwebsockets?\b|\bpycurl\b/g,
    java: JVM.network,
    kotlin: JVM.network,
    go: /\bhttp\.(?:Get|Post\w*|Head|NewRequest\w*|Client|DefaultClient|ListenAndServe\w*|Transport)\b|\bnet\.(?:Dial\w*|Listen\w*|Lookup\w*)\b|^\s*(?:\w+\s+)?"(?:net|net\/\w+(?:\/\w+)?|golang\.org\/x\/net\/\w+)"|\brpc\.Dial/g,
    rust: /\breqwest\b|\bhyper\b|\bureq\b|\b(?:Tcp|Udp|Unix)(?:Stream|Listener|Socket)\b|\bstd::net\b|\bToSocketAddrs\b/g,
    ruby: /\bNet::\w+|\b(?:TCP|UDP|UNIX)(?:Socket|Server)\b|\bSocket\b|\bURI\.open\b|\bopen-uri\b|\bFaraday\b|\bHTTParty\b|\bRestClient\b|\bTyphoeus\b|['"](?:net\/\w+|socket|open-uri)['"]/g,
    csharp:
      /\b(?:Http|Web|Tcp|Udp|Smtp|Ftp)(?:Client|Request|Listener)\b|\bWebRequest\b|\bClientWebSocket\b|\bSystem\.Net\b|\bDns\s*\.\s*Get|\bSocket\s*\(/g,
    php: /\bcurl_\w+|\bfsockopen\b|\bpfsockopen\b|\bstream_socket_\w+|\bsocket_\w+\s*\(|\bSoapClient\b|\bGuzzle\w*|\bget_headers\s*\(|\bdns_get_record\b|(?<![\w>$:])mail\s*\(|\bfile_get_contents\s*\(\s*['"]https?:/gi,
  },
  { rule: 'network', reason: 'It would talk to the network, where the file did not before.', view: 'text' },
);

const PROCESS = perLanguage(
  {
    javascript:
      /\bchild_process\b|\bworker_threads\b|['"](?:node:)?cluster['"]|(?<![\w$.])(?:exec|execSync|execFile|execFileSync|spawn|spawnSync|fork)\s*\(|\bexeca\b|\bshelljs\b|\bBun\.(?:spawn|\$)|\bDeno\.(?:run|Command)\b|\bprocess\.(?:binding|dlopen)\b/g,
    python:
      /\bsubprocess\b|\bos\.(?:system|popen|exec\w*|spawn\w*|fork\w*|posix_spawn\w*)\b|\bpty\b|\bmultiprocessing\b|\bcommands\.get|\bcreate_subprocess_\w+|\bpexpect\b|\bsh\.\w+\(/g,
    java: JVM.process,
    kotlin: JVM.process,
    go: /\bexec\.Command\w*|"os\/exec"|\bsyscall\.(?:Exec|ForkExec|StartProcess)\b|\bos\.StartProcess\b/g,
    rust: /\bprocess::Command\b|\bCommand::new\b|\blibc::(?:system|exec\w*|fork)\b/g,
    ruby: /(?<![\w.:])(?:system|exec|spawn|fork|popen)\s*[( ]|\bKernel\.(?:system|exec|spawn)\b|\bIO\.popen\b|\bOpen3\b|\bProcess\.(?:spawn|exec)\b|`[^`]*`|%x[({[]|\bPTY\b/g,
    csharp: /\bProcess\s*\.\s*Start\b|\bProcessStartInfo\b|\bnew\s+Process\s*\(/g,
    php: /(?<![\w>$:])(?:exec|shell_exec|system|passthru|popen|proc_open|pcntl_\w+)\s*\(|`[^`]*`|\bSymfony\\Component\\Process\b/gi,
  },
  { rule: 'process', reason: 'It would start another program.', view: 'text' },
);

const DYNAMIC = perLanguage(
  {
    javascript:
      /(?<![\w$.])eval\b|\bnew\s+Function\b|(?<![\w$.])Function\s*\(|\bsetTimeout\s*\(\s*["'`]|['"](?:node:)?vm['"]|\bvm\.run\w*|\.constructor\s*\(|\[["']constructor["']\]|(?<![\w$.])(?:require|import)\s*\(\s*[^'")\s]|\b__proto__\b|\bnew\s+Proxy\b|\bReflect\.\w+|\bWebAssembly\b|\bunserialize\b/g,
    python:
      /(?<![\w.])(?:eval|exec|compile|__import__)\s*\(|\bimportlib\b|\bpickle\b|\bmarshal\b|\bshelve\b|\byaml\.(?:load|unsafe_load)\b|\bctypes\b|\bcffi\b|\brunpy\b|\b__(?:subclasses|globals|builtins|code|reduce)__\b|(?<!\w)getattr\s*\(\s*(?:__builtins__|os|sys)\b|\bcode\.Interactive|\bjsonpickle\b|\bdill\b/g,
    java: JVM.dynamic,
    kotlin: JVM.dynamic,
    go: /"plugin"|\bplugin\.Open\b|\bimport\s+"C"|^\s*"C"|\bunsafe\b|\breflect\.NewAt\b|\bgo:linkname\b/g,
    rust: /\bunsafe\b|\btransmute\b|\blibloading\b|\bdlopen\b|\basm!|\bextern\s+"C"|\binclude!\s*\(|\benv!\s*\(|\binclude_(?:str|bytes)!/g,
    ruby: /(?<![\w.])(?:eval|binding)\b|\b(?:instance|class|module)_(?:eval|exec)\b|\bMarshal\.load\b|\bYAML\.(?:load|unsafe_load)\b|\b(?:public_)?send\s*\(?\s*[^:\s(]|\bconst_get\b|\bObjectSpace\b|\bFiddle\b|(?<![\w.])load\s*[( ]/g,
    csharp:
      /\bAssembly\s*\.\s*Load\w*|\bActivator\s*\.\s*CreateInstance\b|\bBinaryFormatter\b|\bDllImport\b|\bLibraryImport\b|\bunsafe\b|\bCSharpScript\b|\bReflection\.Emit\b|\bTypeNameHandling\b|\bMarshal\s*\.\s*\w+/g,
    php: /(?<![\w>$:])(?:eval|assert|create_function|unserialize|extract|dl|call_user_func(?:_array)?|preg_replace_callback_array)\s*\(|\bFFI::|\$\$\w+|(?:include|require)(?:_once)?\s*\(?\s*\$/gi,
  },
  {
    rule: 'dynamic-code',
    reason: 'It would run text as code, load code, or leave what the language keeps safe.',
    view: 'text',
  },
);

const ENVIRONMENT = perLanguage(
  {
    javascript:
      /\bprocess\s*(?:\.\s*env|\[\s*['"]env['"]\s*\])|\bimport\.meta\.env\b|\bDeno\.env\b|\bBun\.env\b|\bdotenv\b/g,
    python: /\bos\.(?:environ\w*|getenv\w*|putenv)\b|\bdotenv\b|^\s*from\s+os\s+import\s.*\b(?:environ|getenv)\b/g,
    java: JVM.environment,
    kotlin: JVM.environment,
    go: /\bos\.(?:Getenv|LookupEnv|Environ|Setenv|ExpandEnv)\b|\bsyscall\.Getenv\b/g,
    rust: /\benv::(?:vars?\w*|set_var)\b|\bdotenv\w*/g,
    ruby: /\bENV\b|\bDotenv\b/g,
    csharp: /\bEnvironment\s*\.\s*(?:GetEnvironmentVariables?|ExpandEnvironmentVariables|SetEnvironmentVariable)\b/g,
    php: /\$_(?:ENV|SERVER|COOKIE|SESSION)\b|(?<![\w>$:])(?:getenv|putenv|phpinfo)\s*\(|(?<![\w>$:])env\s*\(/g,
  },
  { rule: 'environment', reason: 'It would read the environment, where keys and tokens are.', view: 'code' },
);

const FILES = perLanguage(
  {
    javascript:
      /(?<![\w$])(?:fs|fsp|fsPromises)\s*\.\s*(?:promises\s*\.\s*)?(?:rm\w*|unlink\w*|write\w*|append\w*|chmod\w*|chown\w*|rename\w*|symlink\w*|link\w*|copyFile\w*|createWriteStream|truncate\w*)\b|['"](?:node:)?fs(?:\/promises)?['"]|\brimraf\b/g,
    python:
      /\bos\.(?:remove|unlink|rmdir|removedirs|rename\w*|replace|chmod|chown|symlink|link|truncate)\b|\bshutil\b|\.(?:unlink|rmdir|write_text|write_bytes|chmod|symlink_to)\s*\(|(?<![\w.])open\s*\([^)]*,\s*['"][wax+]/g,
    java: JVM.files,
    kotlin: JVM.files,
    go: /\bos\.(?:Remove\w*|WriteFile|Create\w*|OpenFile|Rename|Chmod|Chown|Symlink|Link|Truncate|MkdirAll)\b|\bioutil\.WriteFile\b/g,
    rust: /\bfs::(?:remove_\w+|write|rename|copy|set_permissions|hard_link)\b|\bFile::create\b|\bOpenOptions\b/g,
    ruby: /\bFile\.(?:delete|unlink|write|rename|chmod|symlink|binwrite)\b|\bFileUtils\b|\bDir\.(?:rmdir|unlink|delete)\b|\bFile\.open\s*\([^)]*['"][wa]/g,
    csharp:
      /\bFile\s*\.\s*(?:Delete|Write\w*|Append\w*|Move|Copy|Create\w*|Replace|SetAttributes)\b|\bDirectory\s*\.\s*(?:Delete|Move|CreateDirectory)\b|\bFileStream\s*\(|\bStreamWriter\s*\(/g,
    php: /(?<![\w>$:])(?:unlink|rmdir|file_put_contents|rename|chmod|chown|symlink|copy|move_uploaded_file|fwrite|ftruncate)\s*\(/g,
  },
  { rule: 'file-system', reason: 'It would write or delete files.', view: 'text' },
);

const INSECURE = perLanguage(
  {
    javascript:
      /\brejectUnauthorized\s*:\s*false|\bNODE_TLS_REJECT_UNAUTHORIZED\b|\bdangerouslySetInnerHTML\b|\.(?:inner|outer)HTML\s*=|\bdocument\.write\b|\bv-html\b|\bbypassSecurityTrust\w+|\bcreateHash\(\s*['"](?:md5|sha1)['"]|\bstrictSSL\s*:\s*false|\bcheckServerIdentity\b|\bcontextIsolation\s*:\s*false|\bnodeIntegration\s*:\s*true/g,
    python:
      /\bverify\s*=\s*False|\b_create_unverified_context\b|\bCERT_NONE\b|\bcheck_hostname\s*=\s*False|\bhashlib\.(?:md5|sha1)\b|\bcsrf_exempt\b|\bmark_safe\b|\bshell\s*=\s*True|\bdebug\s*=\s*True|\bautoescape\s*=\s*False|\bdisable_warnings\b|\bALLOWED_HOSTS\b/g,
    java: JVM.insecure,
    kotlin: JVM.insecure,
    go: /\bInsecureSkipVerify\b|\btemplate\.HTML\s*\(|\bmd5\.\w+|\bsha1\.\w+|\bInsecureIgnoreHostKey\b|"crypto\/(?:md5|sha1|des|rc4)"/g,
    rust: /\bdanger_accept_invalid_\w+|\bSslVerifyMode::NONE\b/g,
    ruby: /\bVERIFY_NONE\b|\bskip_before_action\b|\bhtml_safe\b|(?<![\w.])raw\s*\(|\bskip_forgery_protection\b|\bDigest::(?:MD5|SHA1)\b|\bpermit!/g,
    csharp:
      /\bServerCertificate(?:Custom)?ValidationCallback\b|\bDangerousAcceptAny\w+|\bAllowAnonymous\b|\bIgnoreAntiforgeryToken\b|\bHtml\.Raw\b|\bMD5\b|\bSHA1\b|\bRequireHttpsMetadata\s*=\s*false/g,
    php: /\bCURLOPT_SSL_VERIFY(?:PEER|HOST)\b|\bverify_peer\w*|\bmd5\s*\(|\bsha1\s*\(|\bwithoutMiddleware\b|\{!!|\bunguard\s*\(/g,
  },
  { rule: 'security-weakened', reason: 'It would take away a protection.', view: 'text' },
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
  { rule: 'runner-patched', reason: 'It would reach into what tests run on.', view: 'code' },
);

/** What a fix may newly do that a person would have to answer for. */
export const DANGERS = tricksOf(
  [LEAVE, GLOBALS, NETWORK, PROCESS, DYNAMIC, ENVIRONMENT, FILES, INSECURE],
  [
    {
      rule: 'secret-access',
      reason: 'It would come near keys, tokens or the machine it runs on.',
      view: 'text',
      pattern:
        /\b(?:GITHUB|GH|NPM|AWS|AZURE|GCP|GOOGLE|PYPI|DOCKER|ACTIONS|SLACK|STRIPE|OPENAI|ANTHROPIC|VAULT|SONAR|CODECOV)_\w*(?:TOKEN|SECRET|KEY|PASSWORD|CREDENTIALS?|ID)\b|\.(?:ssh|aws|kube|npmrc|netrc|pypirc|docker|gnupg|git-credentials)\b(?=["'`/\\])|\bid_(?:rsa|ed25519|ecdsa|dsa)\b|\/etc\/(?:passwd|shadow|hosts|sudoers)|\/proc\/|\/var\/run\/|169\.254\.169\.254|metadata\.google|fd00:ec2::254|\/\.git\/|\$HOME\b|\b(?:client_?secret|private_?key|access_?key_?id|secret_?access_?key)\b/gi,
    },
  ],
);
