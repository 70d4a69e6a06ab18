#!/bin/sh
# Puts the NerdyOps agent on a Linux or macOS machine, upgrades it, or takes it away again.
#
#   sh install.sh <token> [--name <name>] [--user <user>] [--no-service]    joins this machine and starts the agent;
#                         [--again]                                         a machine that has joined before joins anew
#   sh install.sh --upgrade                                                 fetches this script anew and upgrades the agent
#   sh install.sh --uninstall [--force]                                     leaves, and takes everything away
#
# The server filled in what stands between at signs: where it is, its key, and the digests of what it serves. Whoever
# fetched this script by the line that `nerdy agents invite` printed has held the server's key against that line.
#
# Everything is in functions, and the last line calls the first of them: a download that was cut runs nothing.
# What a run has changed is written down as it goes, and taken back when a later step fails.

nerdyops_main() {
  set -u
  umask 022
  settings
  options "$@"
  places
  case $ACTION in
    install) install_agent ;;
    upgrade) upgrade ;;
    uninstall) uninstall ;;
  esac
}

settings() {
  ADDRESS='@ADDRESS@'
  PIN='@PIN@'
  BUNDLE_SHA256='@BUNDLE_SHA256@'
  LINUX_X64_SHA256='@LINUX_X64_SHA256@'
  LINUX_ARM64_SHA256='@LINUX_ARM64_SHA256@'
  NODE_MAJOR=20
  NODE_MINOR=19
}

say() { printf '%s\n' "$*"; }

usage() {
  cat <<'NERDYOPS_USAGE'
Puts the NerdyOps agent on a Linux or macOS machine, upgrades it, or takes it away again.

  sh install.sh <token>                 joins this machine and starts the agent; `nerdy agents invite` prints the whole line
       --name <name>                    what the machine would like to be called; its host name otherwise
       --user <user>                    whom scripts run as; nerdyops-run otherwise, which is made
       --again                          a machine that has joined before joins anew
       --no-service                     leaves starting to you
  sh install.sh --upgrade               fetches this script anew and upgrades the agent
  sh install.sh --uninstall [--force]   leaves, and takes everything away; --force even while a script runs

  --prefix <path>                       with each of them: puts everything below that directory, and needs no root
NERDYOPS_USAGE
}

# Ends the run with a sentence; the trap of `begin` takes back what was done.
fail() {
  printf 'nerdyops: %s\n' "$*" >&2
  exit 1
}

options() {
  ACTION=install TOKEN='' NAME='' RUN_USER='' SERVICE=yes PREFIX='' FORCE='' AGAIN='' REJOINED=''
  while [ $# -gt 0 ]; do
    case $1 in
      --help | -h)
        usage
        exit 0
        ;;
      --uninstall | --upgrade) ACTION=${1#--} ;;
      --no-service) SERVICE=no ;;
      --force) FORCE=--force ;;
      --again) AGAIN=--again ;;
      --name | --user | --prefix)
        [ -n "${2-}" ] || fail "$1 needs a value after it."
        case $1 in
          --name) NAME=$2 ;;
          --user) RUN_USER=$2 ;;
          --prefix) PREFIX=${2%/} ;;
        esac
        shift
        ;;
      nerdy-join_*) TOKEN=$1 ;;
      *) fail "\"$1\" is neither an option nor a token (nerdy-join_…). Copy the line of \`nerdy agents invite\` again." ;;
    esac
    shift
  done
  case $TOKEN in *[!A-Za-z0-9_-]*) fail "The token was damaged on its way here. Copy the line of \`nerdy agents invite\` again." ;; esac
  case $RUN_USER in -* | *[!A-Za-z0-9_-]*) fail "\"$RUN_USER\" is no user's name that --user takes: letters, digits, - and _." ;; esac
  case $PREFIX in *[!A-Za-z0-9/._-]* | [!/]*) fail '--prefix must be a path from / on, without blanks.' ;; esac
}

# Where everything goes. --prefix puts all of it below one directory, for tests, and needs no root.
places() {
  OS=$(uname -s)
  case $OS in
    Linux)
      DATA=$PREFIX/var/lib/nerdyops-agent
      SERVICE_FILE=$PREFIX/etc/systemd/system/nerdy-agent.service
      ;;
    Darwin)
      DATA=$PREFIX/var/db/nerdyops-agent
      SERVICE_FILE=$PREFIX/Library/LaunchDaemons/org.nerdyops.agent.plist
      ;;
    *) fail "This script is for Linux and macOS; this is $OS. On Windows use the other line of \`nerdy agents invite\`." ;;
  esac
  LIB=$PREFIX/usr/local/lib/nerdyops
  BIN=$PREFIX/usr/local/bin/nerdy-agent
  ETC=$PREFIX/etc/nerdyops
  POLICY=$ETC/agent-policy.yml
  # An upgrade keeps whom the installation named.
  if [ -z "$RUN_USER" ] && [ -r "$LIB/run-user" ]; then RUN_USER=$(cat "$LIB/run-user"); fi
  RUN_USER=${RUN_USER:-nerdyops-run}
  [ -n "$PREFIX" ] || [ "$(id -u)" = 0 ] || fail 'This needs root: the agent is installed for the whole machine. Put sudo in front of sh.'
}

# --- what is done, and how it is taken back -------------------------------------------------------------------------

# A directory of this run's own, beside where the program goes: on one filesystem, and never noexec as /tmp may be.
begin() {
  make_dir "$PREFIX/usr/local/lib" 755 kept
  for left in "$PREFIX"/usr/local/lib/.nerdyops.*; do
    # Of a run that was killed.
    if [ -d "$left" ]; then rm -rf "$left"; fi
  done
  STAGE=$(mktemp -d "$PREFIX/usr/local/lib/.nerdyops.XXXXXX") || fail "No directory can be made in $PREFIX/usr/local/lib."
  : >"$STAGE/undo"
  COPIES=0
  trap 'undo $?' EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
}

# The last step first.
note() {
  { printf '%s\n' "$*" && cat "$STAGE/undo"; } >"$STAGE/undo.next" && mv -f "$STAGE/undo.next" "$STAGE/undo"
}

# shellcheck disable=SC2317 # the trap calls it
undo() {
  trap - EXIT HUP INT TERM
  if [ "$1" != 0 ]; then
    while read -r what path more; do
      case $what in
        remove) rm -f "$path" "$path.new" ;;
        rmdir) rmdir "$path" 2>/dev/null ;;
        data) rm -rf "$path" ;;
        restore) cp -p "$STAGE/$more" "$path.new" && mv -f "$path.new" "$path" ;;
        user) remove_user "$path" ;;
        left) "$BIN" leave --force --data "$path" </dev/null >"$STAGE/left" 2>&1 && cat "$STAGE/left" >&2 ;;
        service) stop_service ;;
        restart) start_service >/dev/null 2>&1 ;;
      esac
    done <"$STAGE/undo"
    if [ -z "$REJOINED" ]; then
      printf 'nerdyops: Nothing was changed on this machine; what had been done was taken back.\n' >&2
    else
      printf 'nerdyops: This machine has joined anew, and stays who it is by now; the rest was taken back.\n' >&2
    fi
  fi
  rm -rf "$STAGE"
  exit "$1"
}

make_dir() {
  [ -d "$1" ] && return 0
  case $1 in */*/*) make_dir "${1%/*}" 755 "${3-}" ;; esac
  mkdir -m "$2" "$1" || fail "The directory $1 can't be made. Is its filesystem full or read-only?"
  [ -n "${3-}" ] || note rmdir "$1"
}

# place <staged> <to> <mode>: in one step for whoever reads it, so that an agent that starts meanwhile finds a whole file.
place() {
  if [ -e "$2" ]; then
    COPIES=$((COPIES + 1))
    cp -p "$2" "$STAGE/copy.$COPIES" || fail "$2 can't be read."
    note restore "$2" "copy.$COPIES"
  else
    note remove "$2"
  fi
  { cp "$1" "$2.new" && chmod "$3" "$2.new" && mv -f "$2.new" "$2"; } || {
    rm -f "$2.new"
    fail "$2 can't be written. Is its filesystem full or read-only?"
  }
}

# --- fetching -------------------------------------------------------------------------------------------------------

# fetch <path on the server> <file>. The pin is held against the server's key, in the place of a certificate authority's word.
fetch() {
  command -v curl >/dev/null 2>&1 || fail 'curl is missing here. Install it (apt-get install curl, dnf install curl) and run the line again.'
  # HTTP/2 of this port is for agents.
  curl -fsSk --http1.1 --connect-timeout 20 --retry 2 --pinnedpubkey "sha256//$PIN" -o "$2" "https://$ADDRESS$1" 2>"$STAGE/curl.err"
  fetched=$?
  case $fetched in
    0) return 0 ;;
    2 | 4) fail "This curl can't hold a server's key against a pin (--pinnedpubkey), without which the server could be anybody. Install curl 7.44 or newer with OpenSSL." ;;
    90) fail "The server at $ADDRESS has another key than the line says. Ask for a new line with \`nerdy agents invite\`; if it says the same, somebody stands in between." ;;
    6 | 7 | 28) fail "The server can't be reached at $ADDRESS. Is the port open to this machine? ($(tail -n 1 "$STAGE/curl.err"))" ;;
    22) fail "The server at $ADDRESS does not serve $1. Is it still the version that printed the line? ($(tail -n 1 "$STAGE/curl.err"))" ;;
    *) fail "$1 could not be fetched from $ADDRESS: $(tail -n 1 "$STAGE/curl.err")" ;;
  esac
}

digest() {
  if command -v sha256sum >/dev/null 2>&1; then sha256sum <"$1" | cut -d ' ' -f 1
  elif command -v shasum >/dev/null 2>&1; then shasum -a 256 <"$1" | cut -d ' ' -f 1
  elif command -v openssl >/dev/null 2>&1; then openssl dgst -sha256 -r <"$1" | cut -d ' ' -f 1
  fi
}

# fetch_checked <path on the server> <file> <digest>
fetch_checked() {
  fetch "$1" "$2"
  have=$(digest "$2")
  [ -n "$have" ] || fail 'No program that computes SHA-256 is here: install coreutils (sha256sum) or openssl.'
  [ "$have" = "$3" ] || fail "$1 is not what this script expects (SHA-256 $have, not $3), so it was not installed. If the server was upgraded a moment ago, run the line again."
}

# A Node that is new enough. It will run as root, so nobody else may be able to put another program in its place.
find_node() {
  NODE='' FOREIGN=''
  for node in "$(command -v node 2>/dev/null)" "$PREFIX/usr/local/bin/node" "$PREFIX/usr/bin/node" "$PREFIX/opt/homebrew/bin/node"; do
    case $node in *\'*) false ;; /*) [ -x "$node" ] ;; *) false ;; esac || continue
    version=$("$node" -p process.versions.node 2>/dev/null </dev/null) || continue
    major=${version%%.*} rest=${version#*.}
    minor=${rest%%.*}
    case $major$minor in '' | *[!0-9]*) continue ;; esac
    [ "$major" -gt $NODE_MAJOR ] || { [ "$major" -eq $NODE_MAJOR ] && [ "$minor" -ge $NODE_MINOR ]; } || continue
    if [ -z "$PREFIX" ] && [ -z "$(find -L "$node" -user 0 ! -perm -020 ! -perm -002 2>/dev/null)" ]; then
      FOREIGN=$node
      continue
    fi
    NODE=$node
    return 0
  done
  return 1
}

# Fetches the agent into the stage: for a Node that is here, or with one of its own.
fetch_agent() {
  arch=$(uname -m)
  if find_node; then
    PROGRAM=nerdy-agent.cjs
    fetch_checked /agent/nerdy-agent.cjs "$STAGE/$PROGRAM" "$BUNDLE_SHA256"
    # An agent waits: compilers for what runs all day would cost it five megabytes and win nothing. It clears up once after its start.
    START="'$NODE' --no-opt --no-sparkplug --max-semi-space-size=1 --expose-gc '$LIB/$PROGRAM'"
    "$NODE" "$STAGE/$PROGRAM" --version >"$STAGE/version" 2>&1 </dev/null ||
      fail "The agent does not start with the Node at $NODE: $(head -n 1 "$STAGE/version")"
    return
  fi
  own=''
  case $OS-$arch in
    Linux-x86_64 | Linux-amd64) own=linux-x64 expected=$LINUX_X64_SHA256 ;;
    Linux-aarch64 | Linux-arm64) own=linux-arm64 expected=$LINUX_ARM64_SHA256 ;;
  esac
  if [ -z "$own" ] || [ -z "$expected" ]; then
    [ -z "$FOREIGN" ] || fail "The agent runs as root, and the Node at $FOREIGN can be changed by others than root. Install Node $NODE_MAJOR.$NODE_MINOR or newer for the whole machine (https://nodejs.org/en/download), then run the line again."
    fail "The agent needs Node $NODE_MAJOR.$NODE_MINOR or newer, and there is none for the whole machine. Install it (https://nodejs.org/en/download), then run the line again."
  fi
  PROGRAM=nerdy-agent-$own
  fetch_checked "/agent/$PROGRAM" "$STAGE/$PROGRAM" "$expected"
  chmod 755 "$STAGE/$PROGRAM"
  START="'$LIB/$PROGRAM'"
  "$STAGE/$PROGRAM" --version >"$STAGE/version" 2>&1 </dev/null ||
    fail "The agent that brings its own Node does not start on this system ($(head -n 1 "$STAGE/version")). Install Node $NODE_MAJOR.$NODE_MINOR or newer for the whole machine, then run the line again."
}

# --- the user whom scripts run as -----------------------------------------------------------------------------------

make_user() {
  id "$RUN_USER" >/dev/null 2>&1 && return 0
  nologin=/usr/sbin/nologin
  [ -x $nologin ] || nologin=/sbin/nologin
  if [ "$OS" = Darwin ]; then make_mac_user
  elif command -v useradd >/dev/null 2>&1; then
    useradd --system --user-group --no-create-home --home-dir /nonexistent --shell $nologin "$RUN_USER"
  else
    addgroup -S "$RUN_USER" && adduser -S -D -H -h /nonexistent -s $nologin -G "$RUN_USER" "$RUN_USER"
  fi || fail "The user $RUN_USER, whom scripts run as, can't be made. Make one yourself and name it with --user."
  note user "$RUN_USER"
  say "$RUN_USER" >"$STAGE/made-user"
  place "$STAGE/made-user" "$LIB/made-user" 644
}

# Ids below 500 are hidden from the login window.
make_mac_user() {
  mac_id=$(dscl . -list /Users UniqueID | awk '$2 > 400 && $2 < 500 { used[$2] = 1 } END { for (i = 499; i > 400; i--) if (!(i in used)) { print i; exit } }')
  [ -n "$mac_id" ] &&
    dscl . -create "/Groups/$RUN_USER" PrimaryGroupID "$mac_id" &&
    dscl . -create "/Users/$RUN_USER" UniqueID "$mac_id" &&
    dscl . -create "/Users/$RUN_USER" PrimaryGroupID "$mac_id" &&
    dscl . -create "/Users/$RUN_USER" UserShell /usr/bin/false &&
    dscl . -create "/Users/$RUN_USER" NFSHomeDirectory /var/empty &&
    dscl . -create "/Users/$RUN_USER" IsHidden 1
}

remove_user() {
  if [ "$OS" = Darwin ]; then
    dscl . -delete "/Users/$1" && dscl . -delete "/Groups/$1"
  elif command -v userdel >/dev/null 2>&1; then userdel "$1"
  else deluser "$1"
  fi || say "nerdyops: The user $1 could not be taken away; does something still run as it? Then: userdel $1" >&2
}

# --- files ----------------------------------------------------------------------------------------------------------

# So that root's `nerdy-agent status` finds the data directory without being told.
launcher() {
  say '#!/bin/sh'
  say '# Starts the NerdyOps agent of this machine. Made by its install script.'
  say "NERDY_AGENT_DATA='$DATA'"
  say 'export NERDY_AGENT_DATA'
  say '# One arena for all threads, and freed memory is given back: some megabytes less. Scripts get an environment of their own.'
  say 'MALLOC_ARENA_MAX=1 MALLOC_TRIM_THRESHOLD_=65536'
  say 'export MALLOC_ARENA_MAX MALLOC_TRIM_THRESHOLD_'
  say "exec $START \"\$@\""
}

policy_file() {
  say '# What this machine takes of what people approved: its agent alone reads this file, and nothing on the network changes it.'
  say '# The server has a page about it, docs/agent-policy.md.'
  say 'mode: approved'
  # Elsewhere the agent itself runs as this user, and a policy that asks for more than it can do would refuse everything.
  [ "$OS" != Linux ] || say "runAs: $RUN_USER"
}

unit_file() {
  cat <<'NERDYOPS_UNIT'
@UNIT@
NERDYOPS_UNIT
}

plist_file() {
  cat <<'NERDYOPS_PLIST'
@PLIST@
NERDYOPS_PLIST
}

place_files() {
  make_dir "$LIB" 755
  make_user
  say "$RUN_USER" >"$STAGE/run-user"
  place "$STAGE/run-user" "$LIB/run-user" 644
  place "$STAGE/$PROGRAM" "$LIB/$PROGRAM" 755
  # For --upgrade and --uninstall, when the line of the invitation is long gone.
  fetch /install.sh "$STAGE/install.sh"
  place "$STAGE/install.sh" "$LIB/install.sh" 755
  make_dir "${BIN%/*}" 755 kept
  launcher >"$STAGE/launcher"
  place "$STAGE/launcher" "$BIN" 755
  make_dir "$ETC" 755
  if [ ! -e "$POLICY" ]; then
    policy_file >"$STAGE/policy"
    place "$STAGE/policy" "$POLICY" 644
    place "$STAGE/policy" "$LIB/policy-as-installed" 644
  fi
  if [ ! -d "$DATA" ]; then
    make_dir "${DATA%/*}" 755 kept
    note data "$DATA"
    mkdir -m 700 "$DATA" || fail "The directory $DATA can't be made."
  fi
  chmod 700 "$DATA"
  if [ "$OS" = Darwin ]; then
    chown -R "$RUN_USER" "$DATA" || fail "$DATA can't be given to $RUN_USER."
  fi
}

# --- joining and running --------------------------------------------------------------------------------------------

has_joined() { [ -e "$DATA/identity.json" ]; }

join_server() {
  if has_joined && [ -z "$AGAIN" ]; then
    [ -z "$TOKEN" ] || say 'This machine has joined before: it stays who it is, and the token was not used. With --again behind the token it joins anew.'
    return
  fi
  before=''
  if has_joined; then
    before=yes
    [ "$SERVICE" = no ] || pause_service
  fi
  "$BIN" join "$TOKEN" ${AGAIN:+--again} --data "$DATA" ${NAME:+--name "$NAME"} </dev/null >"$STAGE/joined" 2>&1 || {
    cat "$STAGE/joined" >&2
    fail 'This machine has not joined; the reason stands above.'
  }
  # Who it was before is gone, and can't be put back.
  if [ -n "$before" ]; then REJOINED=yes; else note left "$DATA"; fi
  # What comes after its first line is for people who joined by hand.
  head -n 1 "$STAGE/joined"
}

# What the agent starts scripts as somebody else with; both belong to util-linux.
check_confinement() {
  [ "$OS" != Linux ] || command -v setpriv >/dev/null 2>&1 || command -v runuser >/dev/null 2>&1 ||
    fail 'setpriv is missing here, with which scripts are run as a user without rights. Install util-linux and run the line again.'
}

check_service() {
  [ "$SERVICE" = yes ] || return 0
  case $OS in
    Linux) [ -d "$PREFIX/run/systemd/system" ] || fail 'systemd does not run here, so nothing would start the agent. Put --no-service at the end of the line, and start it with what you have: nerdy-agent run' ;;
    Darwin) command -v launchctl >/dev/null 2>&1 || fail 'launchctl is missing here, so nothing would start the agent.' ;;
  esac
}

start_service() {
  if [ "$OS" = Darwin ]; then
    launchctl bootout system/org.nerdyops.agent 2>/dev/null
    launchctl enable system/org.nerdyops.agent
    # What was booted out may still be ending, and can't be started before it has.
    for _ in 1 2 3 4 5; do
      launchctl bootstrap system "$SERVICE_FILE" 2>/dev/null && return 0
      sleep 2
    done
    launchctl bootstrap system "$SERVICE_FILE"
  else
    systemctl daemon-reload && systemctl enable --quiet nerdy-agent.service && systemctl restart nerdy-agent.service
  fi
}

stop_service() {
  if [ "$OS" = Darwin ]; then launchctl bootout system/org.nerdyops.agent 2>/dev/null
  else systemctl disable --quiet --now nerdy-agent.service 2>/dev/null
  fi
  return 0
}

start_again() {
  [ ! -e "$SERVICE_FILE" ] || start_service >/dev/null 2>&1
}

# An agent that runs has its data directory for itself.
pause_service() {
  if [ "$OS" = Darwin ]; then launchctl bootout system/org.nerdyops.agent 2>/dev/null
  else systemctl stop nerdy-agent.service 2>/dev/null
  fi
  return 0
}

# A moment later, so that an agent that ends at once is seen.
stays_up() {
  sleep 2
  if [ "$OS" = Darwin ]; then launchctl print system/org.nerdyops.agent 2>/dev/null | grep -q 'state = running'
  else systemctl is-active --quiet nerdy-agent.service
  fi
}

install_service() {
  if [ "$SERVICE" = no ]; then
    say "The agent is installed and has joined; start it with: $BIN run --data $DATA"
    return
  fi
  if [ "$OS" = Darwin ]; then plist_file; else unit_file; fi |
    sed "s|/usr/local/bin/nerdy-agent|$BIN|g; s|/var/lib/nerdyops-agent|$DATA|g; s|/var/db/nerdyops-agent|$DATA|g; s|<string>nerdyops-run<|<string>$RUN_USER<|" >"$STAGE/service"
  make_dir "${SERVICE_FILE%/*}" 755 kept
  place "$STAGE/service" "$SERVICE_FILE" 644
  [ "$1" = upgrade ] || note service
  start_service || fail "The service could not be started; what the system said stands above."
  stays_up || fail "The agent was started and ended at once. Its words: journalctl -u nerdy-agent (on macOS $DATA/agent.log)."
}

install_agent() {
  check_service
  check_confinement
  how=install
  if [ -e "$BIN" ] && has_joined; then how=upgrade; fi
  { has_joined && [ -z "$AGAIN" ]; } || [ -n "$TOKEN" ] ||
    fail "A token is needed, which lets this machine join. \`nerdy agents invite\` prints the whole line."
  begin
  fetch_agent
  if [ $how = upgrade ] && [ "$SERVICE" = yes ]; then note restart; fi
  place_files
  join_server
  install_service $how
  # What an earlier installation started the agent with, when this one starts it with the other.
  for program in "$LIB"/nerdy-agent*; do
    [ "$program" = "$LIB/$PROGRAM" ] || rm -f "$program"
  done
  : >"$STAGE/undo"
  status='sudo nerdy-agent status' removal="sudo sh $LIB/install.sh --uninstall"
  # Below a prefix it is on nobody's path, and the script that was kept must be told where.
  [ -z "$PREFIX" ] || status="$BIN status" removal="sh $LIB/install.sh --uninstall --prefix $PREFIX"
  say "The NerdyOps agent is $([ $how = upgrade ] && echo upgraded || echo installed): \`$status\` shows how it is, and \`$removal\` takes it away again."
}

# The script that was kept knows the digests of its own version alone.
upgrade() {
  has_joined || fail "No agent of this machine has joined, so there is nothing to upgrade."
  STAGE=$(mktemp -d) || fail 'No temporary directory can be made.'
  trap 'rm -rf "$STAGE"' EXIT
  fetch /install.sh "$STAGE/install.sh"
  set -- --user "$RUN_USER"
  [ "$SERVICE" = yes ] || set -- "$@" --no-service
  [ -z "$PREFIX" ] || set -- "$@" --prefix "$PREFIX"
  sh "$STAGE/install.sh" "$@"
}

# Leaving is refused while a script runs or its end was not told, unless forced. After that it goes on whatever fails, and says
# what is left: half an uninstallation is worse than one with a remark.
uninstall() {
  [ -e "$BIN" ] || [ -e "$LIB" ] || [ -e "$SERVICE_FILE" ] || [ -e "$DATA" ] || fail 'There is no NerdyOps agent on this machine.'
  stop_service
  if [ -x "$BIN" ] && has_joined; then
    "$BIN" leave ${FORCE:+--force} --data "$DATA" </dev/null
    # 3 is a refusal with its sentence; other faults leave nothing to lose.
    if [ $? = 3 ]; then
      start_again
      fail 'Nothing was taken away, and the agent runs on. With --force behind --uninstall it goes whatever runs.'
    fi
  fi
  rm -f "$SERVICE_FILE"
  [ "$OS" = Darwin ] || systemctl daemon-reload 2>/dev/null
  kept=''
  if [ -e "$POLICY" ]; then
    if cmp -s "$POLICY" "$LIB/policy-as-installed"; then rm -f "$POLICY"; else kept=" Your own $POLICY was left where it is."; fi
  fi
  rmdir "$ETC" 2>/dev/null
  if [ -e "$LIB/made-user" ]; then remove_user "$(cat "$LIB/made-user")"; fi
  # The second is where scripts worked, as their own user (`runs.folder` of the policy, where it is the usual one).
  rm -rf "$DATA" "$PREFIX/var/lib/nerdyops-run" "$LIB" "$BIN"
  say "The NerdyOps agent is gone from this machine.$kept"
}

# In braces, so that a last line that was cut is no command either.
{ nerdyops_main "$@"; exit $?; }
