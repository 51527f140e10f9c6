/** Made-up systems whose logs test template mining: operating systems, devices and clusters. Written as in `services.ts`. */
export const MACHINES: Readonly<Record<string, string>> = {
  'phone system': `
acquireWakeLock token={n}, flags={ptr}, label="{locklabel}", package={package}, source={null|WorkSet}, uid={n}, pid={n}
releaseWakeLock token={n} ["{locklabel}"], flags={ptr}, held={n}ms
setBrightness level={n} auto={bool} from={package}
Window«{hex} u{n} {package}/{Activity}» gained focus
Window«{hex} u{n} {package}/{Activity}» lost focus
relayout of Window«{hex} u{n} {package}/{Activity}»: size {n}x{n} -> {n}x{n} visible={bool}
getRunningTasks: caller {n} does not hold {permission}; limiting output
computeRotation(orientation={n}, last={n}); user={n} {USER_ROTATION_LOCKED|}
onReceive intent action={intent} extras={bundle}
startService Intent « act={intent} cmp={package}/{Activity} » from pid {n}
Skipped {n} frames! The application may be doing too much work on its main thread.
Killing {n}:{package}/u{n}a{n} (adj {n}): {cached #{n}|empty #{n}|remove task}
signal level changed: {n} dBm, bars {n}, registered={bool}
notify key={n}|{package}|{n}|{nulltag}|{n} importance={n} sound={bool}
playSoundEffect effectType: {n}
battery level={n} status={charging|discharging|full} plugged={bool} temperature={n}
interceptKey keycode={n} interactive={bool} guarded={bool} policyFlags={hex}
Displayed {package}/{Activity}: +{dur}
location update from {gps|network|fused} accuracy={float} age={dur}
audio focus {!gained|lost|ducked} by {package} stream={n}
removeTask id={n} by {package}
getStackInfo(stack={n}) returned {null|{n} tasks}
isKeyguardShowing: {bool}
scan results: {n} networks, best {ssid} ({n} dBm)
alarm {nulltag} delivered to {package} late by {dur}
handleMessage: {MSG_SCREEN_ON|MSG_SCREEN_OFF|MSG_TIMEOUT|MSG_USER_PRESENT}`,
  'desktop system': `
{Class}::{method} - {device} hot plug packet for route = {ptr} port = {n} plugged = {n}
ARPT: {float}: wl{n}: setDeepIdle: {!Entering|Leaving} deep idle mode
en{n}: channel changed to {n}
en{n}: BSSID changed to {mac}
Previous sleep cause: {n}
{app}({n}) deny({n}) {operation} {path}
Setting idle timer to {n} for {user}
Wake reason: {RTC|EC.LidOpen|EHC2|ARPT} ({User|Network|Alarm})
[{app}] request for {Class} timed out after {dur}
Failed to bootstrap path: path = {path}, error = {n}: {text}
Bluetooth link to {mac} ({devicelabel}) {!established|lost}
{app}: objc[{n}]: Class {Class} is implemented in both {path} ({ptr}) and {path} ({ptr}). One of the two will be used.
Service exited with abnormal code: {n}
Service only ran for {n} seconds. Pushing respawn out by {n} seconds.
assertion failed: {build}: {app} + {n} [{uuid}]: {ptr}
hibernate image path: {path}
device {device} thermal level {n} -> {n}
Airport: link {!up|down} on en{n}. Reason {n} ({text}).
{Class} {ptr}: {method} called from {app}, ignored
Backup of {volume} to {volume} {!started|finished|cancelled}
DNS servers changed: {iplist}
DHCP lease on en{n}: {ip}, expires in {n} seconds
spotlight indexed {n} files on {volume}
mDNS: {host} conflicts with {host}
Display {ptr}: MappedDisplay Unit {n}; Vendor {ptr} Model {ptr} S/N {n}
unknown notification {ptr} from {app}
Update {ver} of {app} downloaded
user {user} unlocked the screen
Captive: {method} en{n} state {Evaluate|Authenticated|Online|Inactive|Maintenance}
no change in power source`,
  'supercomputer events': `
generating core.{n}
instruction cache parity error {!corrected|detected}
{n} floating point alignment exceptions
CE sym {n}, at {ptr}, mask {ptr}
{n} {L1|L2|L3} EDRAM error(s) (dcr {ptr}) detected and corrected over {n} seconds
iar {hex} dear {hex}
total of {n} ddr error(s) detected and corrected on rank {n}, symbol {n} over {n} seconds, bit {n}
ciod: Error reading message prefix on CioStream socket to {ip}:{port}, {Connection timed out|Connection reset by peer|Link has been severed}
ciod: failed to read message prefix on control stream (CioStream socket to {ip}:{port})
ciod: LOGIN chdir({path}) failed: {No such file or directory|Permission denied|Input/output error}
ciod: Error loading {path}: {invalid or missing program image, No such file or directory|program image too big, {n} > {n}|invalid or missing program image, Exec format error}
Node card VPD check: {!missing|malformed} value for {register}
problem state (0=sup,1=usr).......{n}
machine check: i-fetch......................{n}
data address: {ptr}
lr:{hex} cr:{hex} xer:{hex} ctr:{hex}
rts: kernel terminated for reason {n}
rts panic! - stopping execution
Can not get assembly information for node card {card}
{fan|power} module {slot} status {ok|failed|missing}
Lustre mount FAILED : {rack} : point {path}
idoproxydb has been started: {tagname} Input parameters: {words}
torus receiver {x+|x-|y+|y-|z+|z-} input pipe error(s) (dcr {ptr}) detected and corrected
link {rack} {!trained|dropped} at {n} Gbps
mailbox timeout on {rack}
ambient={n}
MidplaneSwitchController performing bit sparing on {rack} bit {n}
job {n} of {user} ended with signal {n}`,
  'cluster manager': `
Component "{compname}" is in the {unavailable|available|degraded} state (HWID={n})
boot (command {n}) Error: {text}
PSU status ( {on|off} {on|off} )
Fan speeds ( {n} {n} {n} {n} {n} {n} )
Temperature ({sensor}) exceeds warning threshold
ClusterFileSystem: There is no server for ServerFileSystem domain {storage}
ServerFileSystem domain {storage} is full
Link {!ok|error|in reset} on {broadcast tree|port {n}}
network event: {interface} {!up|down} on {nodename}
{nodename} {!is down|has joined|refused the job}
Job {n} submitted by {user} to queue {queue} with {n} nodes
Job {n} started on {nodelist}
Job {n} of {user} ended: exit {n}, {clock} elapsed
Job {n} held: {text}
queue {queue} {!opened|closed|drained} by {user}
running {benchmark}
risBoot command ERROR
Linkerror event interval expired
risk level of {storage} is {low|medium|high}
inconsistent nodesets node-{n} {ptr} <{okay|failed}> node-{n} {ptr} <{okay|failed}>
accounting record for {user} flushed
quota of {user} on {storage} exceeded by {size}
reservation {resname} for {user} ends {date}
power cap changed from {n} W to {n} W
Targeting domains:{nodename} and nodes:{nodelist} child of command {n}`,
  'syslog farm': `
session opened for user {user} by (uid={n})
session closed for user {user}
({user}) CMD ({shell})
Accepted publickey for {user} from {ip} port {port} ssh2
Connection from {ip} port {port}
authentication failure; logname={nulluser} uid={n} euid={n} tty={tty} ruser={nulluser} rhost={host} user={user}
synchronized to {ip}, stratum {n}
DHCPDISCOVER from {mac} via {interface}: network {net}: no free leases
DHCPREQUEST for {ip} from {mac} via {interface}
data_thread() got not answer from any [{sensorname}] datasource
{user} : TTY={tty} ; PWD={path} ; USER={user} ; COMMAND={shell}
Received SNMP packet(s) from {ip}
START: {service} pid={n} from={ip}
EXIT: {service} pid={n} duration={n}(sec)
Losing some ticks... checking if CPU frequency changed.
{interface}: link {!up|down}, {n}Mbps, {full|half}-duplex
EXT3-fs: mounted filesystem {device} with ordered data mode.
usb {n}-{n}: new {high|full|low} speed USB device using {ehci_hcd|uhci_hcd} and address {n}
CPU{n}: Running on processor {n} at {float} MHz
Out of memory: Killed process {n} ({app}).
service {service} {!started|stopped|failed}
logrotate: ALERT exited abnormally with [{n}]
imported {n} keys from {path}
{service} startup succeeded
Unknown key released (translated set {n}, code {ptr} on isa{n}/serio{n}).
pci {pci}: BAR {n}: assigned [mem {ptr}-{ptr}]
audit: type={n} audit({float}:{n}): apparmor="{ALLOWED|DENIED|STATUS}" operation="{operation}" profile="{path}" name="{path}"
martian source {ip} from {ip}, on dev {interface}
kernel: {service}[{n}]: segfault at {hex} ip {hex} sp {hex} error {n} in {file}[{hex}+{n}]`,
  'cloud controller': `
[instance: {uuid}] VM {!Started|Stopped|Paused|Resumed} (Lifecycle Event)
[instance: {uuid}] Took {float} seconds to {spawn|build|destroy} the instance on the hypervisor.
[instance: {uuid}] Claim successful
[instance: {uuid}] Attempting claim: memory {n} MB, disk {n} GB, vcpus {n} CPU
[instance: {uuid}] During sync_power_state the instance has a pending task ({spawning|deleting|rebooting}). Skip.
{ip} "{GET|POST|DELETE} {path} HTTP/1.1" status: {n} len: {n} time: {float}
image {uuid} at ({path}): checking
image {uuid} at ({path}): in use: on this node {n} local, {n} on other nodes sharing this instance storage
Active base files: {path}
Removable base files: {pathlist}
Compute_service record updated for {nodename}:{nodename}
Unknown base file: {path}
Running instance usage audit for host {nodename} from {date} to {date}. {n} instances.
The instance sync for host '{nodename}' did not match. Re-created its InstanceList.
Creating event {eventname} for instance {uuid}
HTTP exception thrown: No instances found for any event
Final resource view: name={nodename} phys_ram={n}MB used_ram={n}MB phys_disk={n}GB used_disk={n}GB total_vcpus={n} used_vcpus={n} pci_stats={list}
volume {uuid} attached to instance {uuid} as {device}
Port {uuid} {!bound|unbound} to host {nodename} with vnic type {normal|direct|macvtap}
Scheduler filter {Class} returned {n} hosts
Quota exceeded for project {project}, resource {instances|cores|ram}: used {n}, requested {n}
migration of {uuid} from {nodename} to {nodename} {!accepted|failed|finished}
token for project {project} user {user} issued
Loaded extensions: {namelist}
security group {groupname} refreshed
Lease of {ip} for {mac} renewed`,
  'installer service': `
Loaded servicing stack v{ver} with core: {winpath}
Session: {n}_{n} initialized by client {client}.
Read out cached package applicability for package: {winpackage}, ApplicableState: {n}, CurrentState:{n}
{hex} Created NT transaction (seq {n}) result {ptr}, handle @{ptr}
{hex}@{date} CSI perf trace:
CSIPERF:TXCOMMIT;{n}
Performing {n} operations; {n} are not lock/unlock and follow:
Warning: Unrecognized packageExtended attribute.
Failed to internally open package. [HRESULT = {ptr} - {CBS_E_INVALID_PACKAGE|E_FAIL|ERROR_FILE_NOT_FOUND}]
Expecting attribute name [HRESULT = {ptr} - {CBS_E_MANIFEST_INVALID_ITEM|E_FAIL}]
Scavenge: {!Starts|Completed, disposition: {n}X|Begin CSI Store}
Offline image is: {read-only|writeable}
Ending TrustedInstaller {!initialization|main loop|finalization}.
Starting TrustedInstaller {!initialization|main loop|finalization}.
Startup processing thread terminated normally
Reboot mark refs: {n}
Idle processing thread terminated normally
SQM: {Initializing|Uploading|Cleaning up} with {Upload|Always|Never}
NonStart: Checking to ensure startup processing was not required.
Appl: detect Parent, Package: {winpackage}, Parent: {winpackage}, Disposition = {Detect|Absent|Present}, VersionComp: {EQ|GE|LT}
Plan: Package: {winpackage}, current: {Absent|Installed|Staged|Superseded}, pending: {Default|Absent|Installed}, start: {Absent|Installed|Staged}, applicable: {Installed|Absent|Staged}
Feature {featname} state changed from {Disabled|Enabled} to {Enabled|Disabled}
Driver {file} from {winpath} staged, signer {supplier}
Component {winpackage} repaired from {winpath}
registry key {regkey} {!created|deleted|secured}
restore point {n} '{text}' created
user profile {user} loaded in {n} ms
Exec: session {n}_{n} took {n} ms`,
  'fitness watch': `
onStepsChanged {n}
onHeartRate bpm={n} quality={good|poor|none}
setTodayTotal={n}##{n}##{n}##{n}
getTodayTotal = {n}##{n}##{n}
processSensorEvent type={STEP|HEART|GYRO|BARO} values={floats} ts={n}
calculateCalories totalCalories={n}
calculateAltitude totalAltitude={n}
REPORT : {n} {n} {n} {n}
checkInsertStatus stepStatSum or calorieStatSum or distanceStatSum is not enough
screen status unknown, think screen {!on|off}
flush {n} records to {path}
uploadStaticsToDB failed message={text}
sync with {devicelabel} {!started|done|aborted} items={n}
alarm "{title}" set for {clock}
sport {running|cycling|swimming|rowing|yoga} started, goal={goal}
sport {running|cycling|swimming|rowing|yoga} ended after {dur}, {float} km
weather for {city}: {sunny|cloudy|rain|snow}, {n} degrees
firmware {ver} -> {ver} installed
bluetooth peer {mac} rssi={n}
user goal reached: {n} of {n}
upLoadHealthData fullsync={bool} type={n}
wear state {ON_WRIST|OFF_WRIST}
battery {n}% {charging|}
time zone changed to {zone}
ble characteristic {uuid} written: {hexbytes}
language set to {lang}
logRotate ok`,
};
