/** Kinds of entities. Names in logs are tainted: they are compared and shown, never followed as instructions. */
export const ENTITY_KINDS = [
  'timestamp',
  'url',
  'request-id',
  'ip-address',
  'file',
  'error-code',
  'exception',
  'package',
  'service',
  'host',
] as const;
export type EntityKind = (typeof ENTITY_KINDS)[number];

/**
 * How one kind is written. The entity is the group `it`, or the whole match; `as` is put before the value where the
 * text alone does not say what it is (`exit 137`). Every repeat is bounded and every start is fixed by the preceding
 * text, so that matching is linear.
 */
export interface EntityPattern {
  readonly kind: Exclude<EntityKind, 'timestamp'>;
  readonly pattern: RegExp;
  /** One of these stands in the lower case of every line that it matches. */
  readonly needs: readonly string[];
  readonly as?: string;
}

const EXTENSION =
  '(?:[cm]?[jt]sx?|vue|svelte|py|pyi|ipynb|rb|go|rs|java|kts?|scala|groovy|gradle|php|cs|fs|vb|cc?|cpp|cxx|h|hpp|hh|mm?|swift|exs?|erl|hs|lua|pl|pm|dart|sql|sh|bash|ps1|bat|tf|ya?ml|json|toml|xml|ini|cfg|conf|properties|env|lock|mod|sum|txt|md|rst|html?|s?css|less|log|proto|csproj|sln|pom|jar|war|so|dll|exe|whl|zip|gz|tgz|csv|pem|crt|key|pid|sock|cmake|mk|R|jl|nix|tex)';
const POSITION =
  '(?:(?::(?<line>\\d{1,6})(?:[:.](?<column>\\d{1,5}))?)|\\((?<row>\\d{1,6})(?:, ?(?<place>\\d{1,5}))?\\)|:line (?<atLine>\\d{1,6})|["\']?, line (?<onLine>\\d{1,6}))?';
const SEGMENT = '[\\w@+~$%=.-]{1,120}';
const ERRNO =
  'E(?:2BIG|ACCES|ADDRINUSE|ADDRNOTAVAIL|AGAIN|AI_AGAIN|ALREADY|BADF|BUSY|CONNABORTED|CONNREFUSED|CONNRESET|DQUOT|EXIST|FBIG|HOSTDOWN|HOSTUNREACH|INTR|INVAL|IO|ISDIR|LOOP|MFILE|MSGSIZE|NAMETOOLONG|NETDOWN|NETUNREACH|NFILE|NODEV|NOENT|NOEXEC|NOMEM|NOSPC|NOSYS|NOTCONN|NOTDIR|NOTEMPTY|NOTFOUND|NOTSUP|NXIO|PERM|PIPE|PROTO|ROFS|SHUTDOWN|SPIPE|SRCH|STALE|TIMEDOUT|TIMEOUT|XDEV|RESOLVE|INTEGRITY|USAGE|BADENGINE|BADPLATFORM|LIFECYCLE|PUBLISHCONFLICT|OTP|404|401|403|409)';
const REASON =
  '(?:Bad Request|Unauthorized|Payment Required|Forbidden|Not Found|Method Not Allowed|Request Timeout|Conflict|Gone|Payload Too Large|Unprocessable \\w{6,7}|Too Many Requests|Internal Server Error|Not Implemented|Bad Gateway|Service Unavailable|Gateway Time-?out)';
const DIGITS = [...'0123456789'];
const PACKAGE_WORDS = [
  'distribution',
  'requirement',
  'module',
  'package',
  'gem',
  'artifact',
  'crate',
  'image',
  'dependency',
];
const EXCEPTIONS =
  'error exception failure fault interrupt timeout expired denied refused unavailable violation mismatch errno::'.split(
    ' ',
  );
const SERVICE_WORDS =
  'service svc app container pod deployment set job task unit component function upstream backend cluster'.split(' ');
const DAEMON =
  'postgres(?:ql)?|mysqld?|mariadb|redis(?:-server)?|mongo(?:db?)?|rabbitmq|kafka|zookeeper|cassandra|elasticsearch|opensearch|neo4j|memcached|etcd|consul|vault|minio|localstack|nginx|haproxy|envoy|httpd|sshd|dockerd?|containerd|kubelet|systemd|clickhouse|keycloak|influxdb|prometheus|selenium|chromedriver';

const DAEMONS = DAEMON.replace(/\(.*?\)\?|d\?|\?/g, '').split('|');

/**
 * In the order in which they claim a piece of a line; a claimed piece is not claimed again, except for the host in a
 * URL.
 */
export const ENTITY_PATTERNS: readonly EntityPattern[] = [
  { kind: 'url', needs: ['://'], pattern: /(?<![\w.+-])(?:[a-z][a-z0-9+-]{1,14}:){1,2}\/\/[^\s"'<>`|\\^{}]{1,500}/gi },
  {
    kind: 'request-id',
    needs: ['id', 'traceparent', 'root'],
    pattern:
      /(?<![\w-])(?:[\w.-]{0,24}(?:request|req|trace|span|correlation|transaction|txn|session|execution|invocation|event)[ _.-]?id|traceparent|root)["']?\s?[=:]\s?["']?(?<it>(?=[\w:.-]{0,60}\d)[\w:.-]{4,128})/gi,
  },
  {
    kind: 'request-id',
    needs: ['-'],
    pattern:
      /(?<![\w-])(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|1-[0-9a-f]{8}-[0-9a-f]{24})(?![\w-])/gi,
  },
  {
    kind: 'service',
    needs: ['/aws/'],
    pattern: /\/aws\/(?:lambda|ecs|rds|codebuild|apigateway)\/(?<it>[\w./-]{1,100})/g,
  },
  { kind: 'file', needs: ['file "'], pattern: /\bFile "(?<it>[^"\n]{1,300})", line (?<line>\d{1,6})/g },
  {
    kind: 'error-code',
    as: 'SQLSTATE',
    needs: ['sql'],
    pattern: /\bSQL ?STATE(?: code)?["']?[:=( [']{1,3}(?<it>[0-9A-Z]{5})\b/gi,
  },
  { kind: 'error-code', as: 'HTTP', needs: ['http/'], pattern: /\bHTTP\/\d(?:\.\d)?"?\s{1,2}(?<it>[1-5]\d\d)\b/g },
  {
    kind: 'error-code',
    as: 'HTTP',
    needs: ['4', '5'],
    pattern: new RegExp(`(?<![\\w.:])(?<it>[45]\\d\\d)(?=:? ${REASON}\\b)`, 'gi'),
  },
  {
    kind: 'error-code',
    as: 'HTTP',
    needs: ['status', 'response', 'http', 'returned error'],
    pattern:
      /\b(?:status(?: ?code)?(?: of)?|statusCode|response(?: code)?|HTTP(?: error| status)?|status_code|returned error)["']?[:= (]{1,3}(?<it>[45]\d\d)(?!\.?\w)/gi,
  },
  {
    kind: 'error-code',
    as: 'exit',
    needs: ['exit', 'return', 'status', 'finished'],
    pattern:
      /\b(?:exit(?:ed)?|returned|return|status|finished)(?: with)?(?: (?:a )?(?:non-zero )?(?:exit )?(?:code|status))?["']?[:= (]{1,3}(?<it>\d{1,3})(?!\.?\w)/gi,
  },
  {
    kind: 'error-code',
    as: 'errno',
    needs: ['errno', 'os error'],
    pattern: /\b(?:errno|os error)[ \]:=(]{1,3}(?<it>-?\d{1,5})\b/gi,
  },
  { kind: 'error-code', needs: ['e'], pattern: new RegExp(`\\b${ERRNO}\\b`, 'g') },
  {
    kind: 'error-code',
    needs: ['sig'],
    pattern: /\bSIG(?:ABRT|ALRM|BUS|FPE|HUP|ILL|INT|KILL|PIPE|QUIT|SEGV|SYS|TERM|TRAP|XCPU)\b/g,
  },
  {
    kind: 'error-code',
    needs: [...DIGITS, 'ghsa', 'err'],
    pattern:
      /(?<![\w-])(?:ORA|TNS|PLS|CVE-\d{4}|DPY|JDBC|TS|CS|FS|BC|NU|MSB|LNK|NETSDK|MC|RZ|SC|SQL|DB2|IDE|CA|SA|AVT|YN|PGRST|CWE|AADSTS|KB)-?\d{3,7}(?![\w-])|\bGHSA(?:-[a-z0-9]{4}){3}\b|\b(?:ERR|ERROR)_[A-Z][A-Z0-9_]{2,60}\b|\b0x[89a-f][0-9a-f]{7}\b/gi,
  },
  {
    kind: 'error-code',
    needs: ['error', 'fatal', 'warning'],
    pattern: /\b(?:error|fatal|warning)[ [(]{1,2}(?<it>[A-Z]{1,6}-?\d{2,6})\b/g,
  },
  {
    kind: 'error-code',
    needs: ['  ', ': '],
    pattern:
      /(?<=:\d{1,6}(?::\d{1,5})?: )(?<it>[A-Z]{1,4}\d{2,5})\b|(?<=\S {2,8})(?<rule>@?[a-z][\w-]{1,30}(?:\/[\w-]{2,40}){0,2})$/g,
  },
  { kind: 'error-code', as: 'gRPC', needs: ['code = '], pattern: /\bcode = (?<it>[A-Z][A-Za-z]{3,30})\b/g },
  {
    kind: 'package',
    needs: ['@', '='],
    pattern:
      /(?<![\w@/.-])(?<it>(?:@[\w.-]{1,60}\/)?[a-z][\w.-]{0,80}(?:@[~^]?v?\d[\w.+-]{0,40}|(?:==|~=|>=|<=|!=)\d[\w.*+!-]{0,40}))(?![\w/@])/gi,
  },
  {
    kind: 'package',
    needs: [':'],
    pattern:
      // Maven's trees draw `+-` and `\-` before it. Without a dot in the group, `a:b:1` may be anything.
      /(?<![\w.:/]|[^+\\]-)(?<it>(?:[a-z][\w-]{0,40}(?:\.[\w-]{1,40}){1,8}:[\w.-]{1,80}(?::(?:jar|war|pom|aar|zip)(?::[a-z][\w-]{0,30})?)?:\d|[a-z][\w-]{0,40}:[a-z][\w.-]{0,80}(?::(?:jar|war|pom|aar|zip))?:\d{1,5}\.\d)[\w.+-]{0,50})(?::(?:compile|runtime|test|provided))?(?!\w)/gi,
  },
  {
    kind: 'package',
    needs: PACKAGE_WORDS,
    pattern:
      /\b(?:No matching distribution found for|satisfies the requirement|No module named|Cannot find (?:module|package)|Could not find (?:gem|artifact)|package|crate|module|gem|requirement|image|Unable to locate package|dependency)\s{1,2}[`'"‘“](?<it>@?[A-Za-z][\w./@:+~-]{1,120})/gi,
  },
  {
    kind: 'package',
    needs: ['.com/', '.org/', '.in/', '.io/'],
    pattern:
      /(?<![\w./-])(?<it>(?:github\.com|gitlab\.com|golang\.org|gopkg\.in|go\.uber\.org|google\.golang\.org|k8s\.io)\/[\w./~-]{2,120}(?:@v\d[\w.+-]{0,60})?)/g,
  },
  {
    kind: 'file',
    needs: ['/', '\\'],
    pattern: new RegExp(
      `(?<![\\w@~.\\\\/:-])(?<it>(?:~|\\.{1,2}|[A-Za-z]:)?(?:[\\\\/]${SEGMENT}){1,30}[\\\\/]?)${POSITION}`,
      'g',
    ),
  },
  {
    kind: 'file',
    needs: ['/', '\\'],
    pattern: new RegExp(
      `(?<![\\w@~.\\\\/:-])(?<it>(?:[\\w@+~.-]{1,120}[\\\\/]){1,30}[\\w@+~$.-]{0,119}[\\w@+$-]\\.${EXTENSION})(?![\\w-])${POSITION}`,
      'g',
    ),
  },
  {
    kind: 'file',
    needs: ['.'],
    pattern: new RegExp(`(?<![\\w@.\\\\/:-])(?<it>[\\w+$-][\\w.+$-]{0,119}\\.${EXTENSION})(?![\\w-])${POSITION}`, 'g'),
  },
  {
    kind: 'file',
    needs: ['file', 'cmakelists'],
    pattern:
      /(?<![\w.\\/:-])(?<it>(?:Dockerfile|Makefile|Jenkinsfile|Gemfile|Rakefile|Vagrantfile|CMakeLists\.txt)(?:\.[\w-]{1,30})?)(?![\w.-])(?::(?<line>\d{1,6}))?/g,
  },
  {
    kind: 'exception',
    needs: EXCEPTIONS,
    pattern:
      /(?<![\w.$:/-])(?:[A-Za-z_][\w$]{0,60}(?:\.|::)){0,12}(?:Errno::[A-Z0-9]{2,20}|[A-Z][\w$]{0,80}(?:Error|Exception|Failure|Fault|Interrupt|Timeout|Expired|Denied|Refused|Unavailable|Violation|Mismatch))(?![\w$(/-])/g,
  },
  {
    kind: 'service',
    needs: ['arn:aws'],
    pattern: /\barn:aws[\w-]{0,10}:[a-z0-9-]{2,30}:[\w-]{0,20}:\d{0,12}:[\w/:.+=@-]{1,160}/g,
  },
  {
    kind: 'service',
    needs: ['-'],
    pattern: /(?<![\w/-])(?<it>[a-z0-9][a-z0-9-]{0,60}-[a-f0-9]{8,10}-[bcdfghjklmnpqrstvwxz2456789]{5})(?![\w-])/g,
  },
  {
    kind: 'service',
    needs: SERVICE_WORDS,
    pattern:
      /(?<![\w-])(?:service|svc|app|application|container|pod|deployment|statefulset|daemonset|job|task|unit|component|microservice|function|service\.name|upstream|backend|cluster)(?:\.apps)?(?:["']?\s?[=:]\s?["']?|\/|\s{1,2}["'`“])(?<it>[A-Za-z][\w.-]{1,80}(?:\/[\w.-]{1,80})?)/gi,
  },
  {
    kind: 'service',
    needs: ['container ', '.service'],
    pattern: /(?<=(?:^|\s)Container )(?<it>[\w.-]{2,80})(?=\s{1,2}[A-Z])|(?<![\w./-])(?<unit>[\w@-]{1,60})\.service\b/g,
  },
  { kind: 'service', needs: [' | '], pattern: /^(?<it>[A-Za-z][\w.-]{1,50})\s{0,20} \| /g },
  {
    kind: 'service',
    needs: [']: '],
    pattern: /(?<=\s)(?<it>[A-Za-z][\w./-]{1,40}(?:\([\w-]{1,30}\))?)\[\d{1,8}\](?=: )/g,
  },
  { kind: 'service', needs: DAEMONS, pattern: new RegExp(`(?<![\\w./@-])(?:${DAEMON})(?![\\w./@-]|:\\d)`, 'gi') },
  {
    kind: 'host',
    needs: [':'],
    pattern:
      /(?:\b(?:to|from|at|host|hostname|upstream|server|tcp|lookup|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|peer|broker|node|address)["']?[:= (]{1,3}["'`]?|@)(?<it>(?=[\w-]{0,62}[a-z])[a-z0-9][\w-]{0,62}:\d{2,5})(?![\w.:/])/gi,
  },
  {
    kind: 'host',
    needs: ['host', 'enotfound', 'eai_again', 'lookup'],
    pattern:
      /\b(?:resolve host(?:name)?:?|ENOTFOUND|EAI_AGAIN|UnknownHostException:|host name|lookup|unknown host|hostname)\s{1,2}["'`]?(?<it>(?=[\w.-]{0,120}[a-z])[a-z0-9][\w.-]{1,120})(?<![.-])/gi,
  },
  { kind: 'host', needs: ['localhost'], pattern: /(?<![\w.@/-])localhost(?::\d{2,5})?(?![\w.-])/gi },
  {
    kind: 'host',
    needs: ['.'],
    pattern: /(?<![\w@/.-])(?<it>[a-z0-9][\w-]{0,62}(?:\.[a-z0-9][\w-]{0,62}){1,8})(?::\d{2,5})?(?![\w@(])/gi,
  },
];

/** IPv4 with port or prefix length; IPv6, bracketed or not, checked by its groups. */
export const IP_V4 =
  /(?<![\w.-])(?<it>(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d))(?::\d{1,5}|\/\d{1,2})?(?![\w]|\.\d|-\w)/g;
export const IP_V6 =
  /(?<![\w:.])(?:\[(?<bracketed>[0-9a-f:.]{2,45})(?:%\w{1,16})?\](?::\d{1,5})?|(?<bare>(?:[0-9a-f]{0,4}:){2,8}[0-9a-f]{0,4}(?:(?:\.\d{1,3}){3})?)(?![\w:]))/gi;
/** A number with three dots after one of these is a version. */
export const VERSION_BEFORE = /(?:version|ver|v|release|build|Chrome|assembly)[=:/\s"']{0,3}$/i;
