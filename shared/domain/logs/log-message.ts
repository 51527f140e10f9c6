/** One part of what a logger or a runner puts before its message: time, level, thread, file and line, process, priority. */
const HEADER =
  /^(?:\[[^\]\n]{1,80}\]:?|\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d\S{0,30}|\d\d:\d\d:\d\d\S{0,30}|(?:TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|SEVERE|FATAL|CRITICAL|ERR)\b:?(?=\s)|[\w.-]{1,40}\.(?:py|go|js|java|rb|cc?):\d{1,6}:|<\d{1,3}>|[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d\S{0,30}|[FEWI]\d{4} [\d:.]{8,20}|[\w.-]{1,40}\[\d{1,7}\]:|[-|](?=\s)) ?/;
const MAX_PARTS = 8;

/** The message of a cleaned log line, without its header. Keeps the indentation of the message. */
export function messageOf(line: string): string {
  let message = line;
  for (let part = 0; part < MAX_PARTS; part++) {
    const found = HEADER.exec(message);
    if (found === null) break;
    message = message.slice(found[0].length);
  }
  return message;
}
