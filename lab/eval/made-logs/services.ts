/**
 * Made-up systems whose logs test template mining: services and programs of a server. One template a line, in the order of their frequency; a
 * slot in braces is a value (`makeLog`). Slots with bars list the words that a program prints there.
 */
export const SERVICES: Readonly<Record<string, string>> = {
  'mail server': `
connect from {host}[{ip}]
disconnect from {host}[{ip}] ehlo={n} mail={n} rcpt={n} data={n} commands={n}
{hex}: from=<{user}@{domain}>, size={n}, nrcpt={n} (queue active)
{hex}: to=<{user}@{domain}>, relay={host}[{ip}]:{port}, delay={float}, delays={float}/{float}/{float}/{float}, dsn={ver}, status=sent ({text})
{hex}: removed
{hex}: client={host}[{ip}], sasl_method={LOGIN|PLAIN}, sasl_username={user}
warning: {host}[{ip}]: SASL {LOGIN|PLAIN} authentication failed: {text}
{hex}: message-id=<{hex}@{domain}>
NOQUEUE: reject: RCPT from {host}[{ip}]: {n} {ver} <{user}@{domain}>: Relay access denied; from=<{user}@{domain}> to=<{user}@{domain}> proto=ESMTP helo=<{host}>
lost connection after {AUTH|CONNECT|DATA|EHLO|RCPT} from {host}[{ip}]
{hex}: to=<{user}@{domain}>, relay=none, delay={n}, status=deferred (connect to {host}[{ip}]:{port}: Connection timed out)
statistics: max connection rate {n}/60s for (smtp:{ip}) at {date}
statistics: max cache size {n} at {date}
timeout after {AUTH|END-OF-MESSAGE|RCPT} from {host}[{ip}]
refreshing the access map
table {path} has changed -- restarting
warning: hostname {host} does not resolve to address {ip}
daemon started -- version {ver}, configuration {path}
Queue run of {n} messages finished
virus scanner at {path} not reachable, will retry in {dur}
bounce notice {hex} generated for {user}
mailbox of {user} is over quota by {size}
reload -- version {ver}, configuration {path}
fatal: no SASL authentication mechanisms`,
  'message broker': `
[Partition {topic}-{n} broker={n}] Log loaded for partition {topic}-{n} with initial high watermark {n}
[GroupCoordinator {n}]: Member {clientid} in group {group} has failed, removing it from the group
[GroupCoordinator {n}]: Preparing to rebalance group {group} in state {PreparingRebalance|CompletingRebalance|Stable} with old generation {n} (reason: {removing member on heartbeat expiration|adding new member|leader rejoined})
[GroupCoordinator {n}]: Stabilized group {group} generation {n} with {n} members
Accepted connection <{ptr}> ({ip}:{port} -> {ip}:{port})
closing connection <{ptr}> ({ip}:{port} -> {ip}:{port}, vhost: '{path}', user: '{user}')
connection <{ptr}> ({ip}:{port} -> {ip}:{port}): user '{user}' authenticated and granted access to vhost '{path}'
[ReplicaFetcher replicaId={n}, leaderId={n}, fetcherId={n}] Truncating partition {topic}-{n} to local high watermark {n}
Deleted log {path}.{n}.
Created log for partition {topic}-{n} in {path} with properties {words}
queue '{topic}' in vhost '{path}': adding mirror on node {nodename}
Deleting segment files LogSegment(baseOffset={n}, size={n}, lastModifiedTime={n}, largestRecordTimestamp={n})
Mirrored queue '{topic}' in vhost '{path}': Slave <{ptr}> saw deaths of mirrors <{ptr}>
rabbit on node {nodename} {!up|down}
node {nodename} {!down|up}: {connection_closed|net_tick_timeout}
disk free space {!sufficient|insufficient}. Free bytes: {n}. Limit: {n}
memory resource limit alarm {!set|cleared} on node {nodename}.
Rolled new log segment at offset {n} in {n} ms.
Expanding ISR from {list} to {list}
Shrinking ISR from {list} to {list}. Leader: (highWatermark: {n}, endOffset: {n}). Out of sync replicas: {words}.
Starting the log cleaner
supervisor: {caughtName} terminated
Client '{clientid}' missed heartbeats for {dur}, closing
Unexpected error from {ip}; closing connection`,
  'java shop': `
Order {n} placed by customer {user}, total {float} {EUR|USD|GBP}
Payment {uuid} for order {n} {!authorised|captured|declined|refunded} by {provider}
Adding item {sku} to cart of customer {user}
Removing item {sku} from cart of customer {user}
Cache '{cacheName}' hit ratio is {float}%
Slow query ({dur}): {sql}
Sent mail '{Welcome aboard|Your order has shipped|Reset your password|Your invoice}' to {user}@{domain}
Stock of {sku} is {n}, reordering {n} from supplier {supplier}
HTTP {GET|POST|PUT|DELETE} {path} -> {n} in {dur}
Refreshed prices for {n} products in {dur}
Session {hex} of customer {user} expired
Session {hex} of customer {nulluser} opened from {ip}
Loaded configuration from {path}
Connection to {hostport} refused, attempt {n} of {n}
{Class}: circuit breaker {open|closed|half-open} for {supplier}
Job {jobName} finished, processed {n} of {n} rows
Job {jobName} started by scheduler
Job {jobName} failed: {exception}: {text}
Bean {Class} initialised in {dur}
Feature flag {flag} is {on|off} for tenant {supplier}
Shipping label printed for order {n} via {DHL|UPS|Hermes|GLS}
User {user} has roles {roles}
Invalid token for {nulluser}
Shutting down thread pool {poolName}
Coupon {sku} rejected: {expired|not found|already used|minimum not reached}
Index {cacheName} rebuilt with {n} documents`,
  'sql database': `
connection received: host={ip} port={port}
connection authorized: user={user} database={dbname} application_name={app}
disconnection: session time: {clock} user={user} database={dbname} host={ip} port={port}
duration: {float} ms  statement: {sql}
checkpoint starting: {time|xlog|immediate force wait|shutdown immediate}
checkpoint complete: wrote {n} buffers ({float}%); {n} WAL file(s) added, {n} removed, {n} recycled; write={float} s, sync={float} s, total={float} s
automatic vacuum of table "{dbname}.public.{table}": index scans: {n}
automatic analyze of table "{dbname}.public.{table}" system usage: CPU: user: {float} s, system: {float} s, elapsed: {float} s
could not receive data from client: Connection reset by peer
duplicate key value violates unique constraint "{table}_pkey"
relation "{table}" does not exist at character {n}
password authentication failed for user "{user}"
no pg_hba.conf entry for host "{ip}", user "{user}", database "{dbname}", SSL {on|off}
deadlock detected
process {n} still waiting for {ShareLock|ExclusiveLock|AccessShareLock} on {transaction|relation|tuple} {n} after {float} ms
process {n} acquired {ShareLock|ExclusiveLock|AccessShareLock} on {transaction|relation|tuple} {n} after {float} ms
temporary file: path "{path}", size {n}
replication connection authorized: user={user} application_name={app}
canceling statement due to {user request|statement timeout|lock timeout}
started streaming WAL from primary at {lsn} on timeline {n}
invalid record length at {lsn}: wanted {n}, got {n}
parameter "{guc}" changed to "{gucvalue}"
received {fast|smart|immediate} shutdown request
database system is ready to accept connections
column "{column}" of relation "{table}" does not exist at character {n}
background worker "{app}" (PID {n}) exited with exit code {n}`,
  'load balancer': `
{ip}:{port} [{date}] {front} {back}/{server} {n}/{n}/{n}/{n}/{n} {n} {n} - - {----|cD--|sH--|SC--} {n}/{n}/{n}/{n}/{n} {n}/{n} "{GET|POST|HEAD|PUT} {path} HTTP/1.1"
Server {back}/{server} is {!UP|DOWN}, reason: {Layer4 timeout|Layer7 wrong status|Layer4 connection problem|Layer7 check passed}, check duration: {n}ms. {n} active and {n} backup servers left.
Health check for server {back}/{server} {!failed|succeeded}, reason: {Layer4 timeout|Layer7 wrong status|Layer4 connection problem|Layer7 check passed}, check duration: {n}ms, status: {n}/{n} {DOWN|UP}.
Connect from {ip}:{port} to {ip}:{port} ({front}/HTTP)
{ip}:{port} [{date}] {front}/{n}: SSL handshake failure
Proxy {front} started.
Stopping proxy {front} in {n} ms.
Proxy {front} stopped (FE: {n} conns, BE: {n} conns).
backend {back} has no server available!
upstream timed out while reading response header from upstream, client: {ip}, server: {domain}, request: "{GET|POST} {path} HTTP/1.1", upstream: "{url}", host: "{domain}"
open() "{path}" failed (2: No such file or directory), client: {ip}, server: {domain}, request: "{GET|POST} {path} HTTP/1.1", host: "{domain}"
client {ip} closed keepalive connection
worker process {n} exited with code {n}
signal {n} (SIGCHLD) received from {n}
Certificate for {domain} expires in {n} days
Reloading configuration because of {SIGHUP|api call|file change}
Weight of server {back}/{server} set to {n} by {user}
stick-table {front} full, purged {n} entries
resolver {server} answered with {NXDOMAIN|SERVFAIL|REFUSED} for {domain}
using the "{epoll|kqueue}" event method`,
  'container platform': `
"Pod status updated" pod="{ns}/{pod}" statuses={list}
"SyncLoop UPDATE" source="api" pods=["{ns}/{pod}"]
"SyncLoop DELETE" source="api" pods=["{ns}/{pod}"]
"SyncLoop ADD" source="api" pods=["{ns}/{pod}"]
Successfully assigned {ns}/{pod} to {nodename}
Pulling image "{image}"
Successfully pulled image "{image}" in {dur} ({dur} including waiting). Image size: {n} bytes.
Started container {containerName}
Created container {containerName}
Back-off restarting failed container {containerName} in pod {pod}_{ns}({uuid})
Liveness probe failed: Get "{url}": context deadline exceeded
Readiness probe failed: HTTP probe failed with statuscode: {n}
Scaled {!up|down} replica set {deploy} to {n} from {n}
MountVolume.SetUp failed for volume "{volume}" : {secret|configmap} "{volume}" not found
"Operation completed" controller="{controller}" namespace="{ns}" name="{deploy}" duration="{dur}"
"Reconciler error" controller="{controller}" namespace="{ns}" name="{deploy}" err="{text}"
Node {nodename} status is now: {NodeReady|NodeNotReady|NodeHasDiskPressure|NodeSchedulable}
Killing container with id {uuid}: {Need to kill Pod|Container failed liveness probe, will be restarted}
0/{n} nodes are available: {n} Insufficient {cpu|memory}, {n} node(s) had untolerated taint.
Trace[{n}]: "{Get|List|Update|Patch}" url:{path},user-agent:{app},client:{ip} (total time: {n}ms):
caches populated for {Class}
loaded serving cert ["{domain}"]
lease {ns}/{deploy} acquired by {nodename}
Evicting pod {pod} because of {memory|disk|inodes} pressure
labels changed from {labels} to {labels}
event exporter flushed`,
  'game server': `
Player {player} joined the game
Player {player} left the game
{player} issued server command: /{command} {player}
[{Lobby|Arena|Shop}] {player}: {text}
{player} was slain by {monster}
{player} has reached the goal [{achievement}]
Can't keep up! Is the server overloaded? Running {n}ms or {n} ticks behind
UUID of player {player} is {uuid}
Saving chunks for level '{world}'/{dimension}
Match {hex} on map {map} finished: red {n}, blue {n}
Match {hex} on map {map} started with {n} players
{player} moved too quickly! {float},{float},{float}
Kicked {player} for {flying|spam|being idle too long|an invalid packet}
Loading plugin {pluginName} v{ver}
Enabling {pluginName} v{ver}
Ping of {player} is {n} ms, jitter {n} ms
Party {hex} of {player} has {n} members: {players}
Inventory of {player} saved ({n} items, {size})
Season {season} begins
Preparing spawn area: {n}%
Trade between {player} and {player} completed
Ban of {player} lifted by {user}
world {world} generated with seed {n}
Time elapsed: {n} ms`,
  'build service': `
Queued build {build} of {project} ({branch})
Build {build} of {project} on agent {agent} started
Build {build} of {project} finished: {SUCCESS|FAILURE|ABORTED|UNSTABLE} after {dur}
Agent {agent} connected from {ip}
Agent {agent} disconnected: {text}
Checking out revision {sha} ({branch}) of {project}
Cloned {url} into {path}
Cache key {key} {!hit|miss}
Uploaded artifact {file} ({size}) to {url}
Step '{step}' of build {build} took {dur}
Step '{step}' exited with code {n}
Test {testName} failed in {dur}
Test {testName} passed in {dur}
{n} tests, {n} failures, {n} skipped
Retrying {step} because {network unreachable|exit code 137|no space left on device}
Environment of build {build}: {labels}
Webhook {push|pull_request|release|issue_comment} from {user} for {project} accepted
Webhook signature mismatch for {project}
Pruned {n} images, reclaimed {size}
Agent {agent} is idle for {dur}, stopping it
Secret {guc} masked in log of build {build}
Parsed pipeline {path} with {n} stages
Downloading {url}
Compiling {crate} v{ver}
Restored {n} files from cache {key}
Quota of {user} used to {n}%`,
};
