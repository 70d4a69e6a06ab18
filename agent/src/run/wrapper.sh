# The wrapper: runs one script, once, outlives the agent, and leaves an exit file. Bash 3.2 or later.
#
# Its working directory is the run's directory from the start; the agent may rename that directory until it says
# "go", so every path of its own is relative. Three processes: the main shell (M) watches the time, kills, and
# writes the exit file; the script's own shell (S) is started and waits, so that Bash needn't start when people wait;
# the runner (R) waits for "go", claims, lets S begin, and waits for its end. R tells M what happened in lines
# on a named pipe, and the agent cancels by a line on the same pipe:
#   q        nothing was claimed, nothing will run      p <pid>  the script has begun, leader of its own group
#   x <code> it exited                                  d <how>  both outputs are "closed", or "torn" by a full disk
#   c        cancel, from the agent
# Each line is said twice: a time limit of M's may fall into the reading of one, and Bash then has nothing of it, or a
# part, or all without its end. What is left of a torn line is none of these words.
#
# Arguments: the output file's limit in KiB, the tail in bytes, the script's file name; in one word the script's limits
# (see confine) and how many of the next words make another user of the script; these; and for a script that is
# not Bash's its shell and flags.
limit=$1 tail=$2 script=$3 bounds=($4)
drop=("${@:5:bounds[5]}")
shift $((4 + bounds[5]))

# Every file that it may take away again has its number in its name: another wrapper may be on its way out of the same
# directory, or into it.
mkfifo "control.$$" "out.$$" "err.$$" "begin.$$"
exec 9<>"control.$$" || exit 1
# Another user can't look for a file here, but reads what it is given open, and opens its own output anew, as
# /dev/stderr does.
startup=startup.$$
if [ "${#drop[@]}" -gt 0 ]; then
  startup=/dev/fd/4
  chmod o+w "out.$$" "err.$$" || exit 1
fi
# The room for the exit file is taken now: a script that fills the disk must not make its own end unknown. Ending
# here leaves the run unclaimed.
printf '%79s\n' '' >"exit.$$" || exit 1

# What S does before its script: Bash runs the file in BASH_ENV first, and opens the script only then. S waits here for
# one line, the run's directory, which R writes when the run is claimed; end of file means that R is gone. Until
# then the script's path leads out of the run's directory, to where no script ever is: should this file not be
# run at all, nothing is. What it leaves is what Bash would find itself if it started only now.
printf '%s\n' \
  'read -r NERDY_RUN || exit 1' \
  'cd -P "$NERDY_RUN/work" || exit 1' \
  'export NERDY_RUN="${NERDY_RUN##*/}"' \
  'exec </dev/null 4<&-' \
  'unset BASH_ENV OLDPWD' \
  'declare -x OLDPWD' \
  'SECONDS=0' >"startup.$$" || exit 1
if [ "$script" = script ]; then
  # The value of $_ where a shell starts.
  printf '%s\n' ': "$BASH"' >>"startup.$$" || exit 1
else
  printf '%q ' exec "$@" "../$script" >>"startup.$$" || exit 1
fi
if [ "${#drop[@]}" -gt 0 ]; then chmod o+r "startup.$$" || exit 1; fi

# Sets born: what tells the process $1 from a later one with the same number. Empty when it is gone.
birth() {
  if [ -r "/proc/$$/stat" ]; then
    { read -r born <"/proc/$1/stat"; } 2>/dev/null || born=
    born=(${born##*) })
    born=${born[19]-}
  else
    born=$(LC_ALL=C ps -o lstart= -p "$1")
    born=${born%"${born##*[! ]}"}
  fi
}
birth $$

# One output: all of it goes through tee, whose file stops growing at the limit (a failed write is ignored, so
# neither tee nor the script is killed), and on to tail, which keeps the end in memory until the output closes.
# Reads from descriptor 5, and holds no end of any other pipe, so that it sees its own pipe close. Fails when tee's
# file was cut short of the limit: a full disk, of which the file alone would say nothing.
keep() {
  (
    (
      trap '' XFSZ
      ulimit -f "$limit"
      exec tee -a "$1" <&5 5<&-
    ) | tail -c "$tail" >>"$1.tail" 5<&-
    [ "${PIPESTATUS[0]}" -eq 0 ] || [ "$(($(wc -c <"$1")))" -ge $((limit * 1024)) ]
  ) 3>&- 4>&- 6>&- 7>&- 8>&- 9>&- &
}

# What the kernel holds the script to: nice, open files, processes, KiB of a file and of memory. "-" is left as it is,
# and a limit that can't be set was lower before.
confine() {
  ulimit -c 0
  [ "${bounds[1]}" = - ] || ulimit -n "${bounds[1]}"
  [ "${bounds[2]}" = - ] || ulimit -u "${bounds[2]}"
  [ "${bounds[3]}" = - ] || ulimit -f "${bounds[3]}"
  [ "${bounds[4]}" = - ] || ulimit -v "${bounds[4]}"
}

say() { printf '%s\n%s\n' "$1" "$1" >&9; }

# An S that is only starting finds nothing any more once M has put things away, and would say so in the script's
# output: a trace of a script that never was, or a line in the output of the wrapper that has the claim.
unclaimed() {
  { kill -KILL "$pid"; wait "$pid"; } 2>/dev/null
  say q
}

run() {
  # Opened for reading and writing first, since opening one end of a named pipe alone waits for the other.
  exec 3<>"out.$$" 5<"out.$$" 7>"out.$$" 3>&-
  keep stdout
  local keptOut=$!
  exec 5<&- 3<>"err.$$" 5<"err.$$" 8>"err.$$" 3>&-
  keep stderr
  local keptErr=$!
  exec 5<&-

  unset OLDPWD SHLVL
  exec 3<>"begin.$$" 5<"begin.$$" 6>"begin.$$" 3>&-
  # Job control gives the script a process group of its own; off again, so that a stopped script is not an end.
  set -m
  (
    confine 2>/dev/null
    BASH_ENV=$startup exec nice -n "${bounds[0]}" "${drop[@]}" "$BASH" --noprofile --norc ../script
  ) 4<"startup.$$" <&5 >&7 2>&8 5<&- 6>&- 7>&- 8>&- 9>&- &
  local pid=$!
  set +m
  exec 5<&- 7>&- 8>&-
  local wrapperBorn=$born
  birth "$pid"
  # S may be killed while it waits: no reason for R to end before it has told so.
  trap '' PIPE

  local go timeoutMs graceMs dir place
  # End of file means that the agent is gone: what was not claimed is the next agent's to start.
  if ! read -r go timeoutMs graceMs dir || [ "$go" != go ] || ! read -r place; then
    unclaimed
    return
  fi
  # The claim, the last act before the script. A file that is already there is another's claim, or the agent's
  # word that this run must not start.
  set -C
  if ! kill -0 "$pid" 2>/dev/null || ! printf '%s %s\n' "$$" "$wrapperBorn" >started; then
    unclaimed
    return
  fi
  set +C
  printf '%s\n' "$place" >&6
  # For the agent, should M or R be killed: nobody else would end the script in time.
  local uptime=
  { read -r uptime </proc/uptime; } 2>/dev/null
  if [ -n "$born" ]; then printf '%s\n' "$pid $born" ${uptime%% *} >group; fi
  say "p $pid $timeoutMs $graceMs"
  exec 6>&- </dev/null
  wait "$pid"
  say "x $?"
  local how=closed
  wait "$keptOut" || how=torn
  wait "$keptErr" || how=torn
  say "d $how"
}

# Reads the next line within $1 seconds; sets kind, arg and more, and keeps what must not be forgotten.
hear() {
  read -r -t "$1" -u 9 kind arg more || return 1
  case "$kind $arg" in
    'x '[0-9]*) code=$arg ;;
    'd closed' | 'd torn') outputs=$arg ;;
    'x '* | 'd '*) kind= ;;
  esac
}

# The shortest wait, in milliseconds: Bash 3 knows whole seconds only.
tickMs=50
if [ "${BASH_VERSINFO[0]}" -lt 4 ]; then tickMs=1000; fi

# The time in milliseconds, on Bash before 5 in steps of whole seconds.
clock() {
  now=${EPOCHREALTIME:-$SECONDS.000000}
  now=$((${now/[.,]/} / 1000))
}

# Waits at most $1 milliseconds for a line that begins with one of the words $2. A script can write to the pipe too:
# any other line is no news and costs no time. Fails when the time has passed, or when the runner is dead before it
# told how the script ended; then kind is "late" or "dead".
next() {
  local left=$1 slice seconds now since
  while [ "$left" -gt 0 ]; do
    slice=$((left < 5000 ? left : 5000))
    if [ "$tickMs" -lt 1000 ]; then
      printf -v seconds '%d.%03d' $((slice / 1000)) $((slice % 1000))
    else
      seconds=$(((slice + 999) / 1000))
    fi
    if [ -z "${since-}" ]; then
      clock
      since=$now
    fi
    if hear "$seconds"; then
      if [[ " $2 " == *" $kind "* ]]; then return 0; fi
      # The clock counts here alone, since a person may set it; from one stray line to the next, so that many of
      # them don't stretch the time.
      clock
      if [ "$((now - since))" -lt "$slice" ]; then slice=$((now > since ? now - since : 0)); fi
      since=$now
    else
      since=
    fi
    left=$((left - slice))
    if [ -z "$code" ] && ! kill -0 "$runner" 2>/dev/null; then
      # It may have spoken its last lines just before it went.
      local tries=0
      while [ "$tries" -lt 100 ] && hear 1; do
        if [[ " $2 " == *" $kind "* ]]; then return 0; fi
        tries=$((tries + 1))
      done
      kind=dead
      return 1
    fi
  done
  kind=late
  return 1
}

# True while a process of the script's group runs. Dead ones stay in their group until init has seen them, and the
# first process of a container often never looks: they don't count.
grouped() {
  kill -0 -- "-$pid" 2>/dev/null || return 1
  [ -r "/proc/$$/stat" ] || return 0
  local file stat
  for file in /proc/[0-9]*/stat; do
    { read -r stat <"$file"; } 2>/dev/null || continue
    stat=(${stat##*) })
    if [ "${stat[2]}" = "$pid" ] && [ "${stat[0]}" != Z ] && [ "${stat[0]}" != X ]; then return 0; fi
  done
  return 1
}

# Ends the script's process group: TERM, the grace, KILL. Goes on until nobody of the group is left. Without the
# runner there is no end to wait for, and so no grace. A script may leave its group for another one of the session: while
# its end was not told, its number is its own.
stop() {
  how=$1
  kill -TERM -- "-$pid" 2>/dev/null || { [ -z "$code" ] && kill -TERM "$pid" 2>/dev/null; }
  kill -CONT -- "-$pid" 2>/dev/null
  local left=$graceMs
  while [ "$left" -gt 0 ]; do
    next "$tickMs" x
    if [ "$kind" = dead ]; then break; fi
    if [ -n "$code" ] && ! grouped; then return; fi
    left=$((left - tickMs))
  done
  kill -KILL -- "-$pid" 2>/dev/null
  if [ -z "$code" ] && [ "$kind" != dead ]; then kill -KILL "$pid" 2>/dev/null; fi
  # A process that hangs in the kernel can't be waited for without end.
  local tries=0
  while [ -z "$code" ] && [ "$kind" != dead ] && [ "$tries" -lt 10 ]; do
    next 1000 x
    tries=$((tries + 1))
  done
}

run "$@" <&0 &
runner=$!
exec </dev/null

pid= code= how=exited outputs=open
while [ -z "$pid" ]; do
  next 60000 'q c p'
  case $kind in
    q | dead) exec rm -f "control.$$" "out.$$" "err.$$" "begin.$$" "startup.$$" "exit.$$" ;;
    c) how=cancelled ;;
    p)
      pid=$arg
      timeoutMs=${more% *} graceMs=${more#* }
      ;;
  esac
done

if [ "$how" = cancelled ]; then
  stop cancelled
else
  next "$timeoutMs" 'x c'
  case $kind in
    c) stop cancelled ;;
    late) stop timed_out ;;
  esac
fi
# Without the runner nobody knows how the script ended: no exit file, and nothing left running unwatched.
if [ -z "$code" ] && ! kill -0 "$runner" 2>/dev/null; then
  kill -KILL -- "-$pid" 2>/dev/null
  exit 1
fi

# A process that the script left behind may hold its outputs open; it is left alone, and not waited for.
tries=0
while [ "$outputs" = open ] && [ "$tries" -lt 10 ]; do
  next 100 d
  tries=$((tries + 1))
done
sizes=
if [ "$outputs" = open ]; then
  kill -KILL "$runner" 2>/dev/null
  sizes="$(($(wc -c <stdout))) $(($(wc -c <stderr)))"
fi
# Written over what holds the room, from its start.
printf '%-79s\n' "$how ${code:-137} $outputs $sizes" 1<>"exit.$$" || exit 1
sync "exit.$$" stdout stderr stdout.tail stderr.tail . 2>/dev/null || sync
exec mv -f "exit.$$" exit
