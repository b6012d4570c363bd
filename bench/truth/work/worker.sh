# A worker without a client library: it makes the documented calls of the job API itself, and does its work in a child.
# Environment: PORT TOKEN JOB_UID BEAT, FLAGS (a directory through which the referee speaks to it), STATE (queued or
# running), STOPS (group, process or nothing: what it ends when it is told to stop), and what work.sh takes.
flags=$FLAGS
here=${BASH_SOURCE[0]%/*}
# A read from it is a sleep without a process.
exec {nothing}<> <(:)
nap() { read -r -t "$1" -u "$nothing"; }

# call heartbeat|finish BODY: sets `status` (empty without an answer) and `answer`.
call() {
  status='' answer=''
  exec 3<>"/dev/tcp/127.0.0.1/$PORT" || return 0
  printf 'POST /jobs/%s/%s HTTP/1.0\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s' \
    "$JOB_UID" "$1" "$TOKEN" "${#2}" "$2" >&3
  IFS= read -r -d '' answer <&3
  exec 3>&-
  status=${answer:9:3}
} 2>/dev/null

report() {
  until [[ $status == 200 || $status == 409 ]]; do
    call finish "{\"outcome\":\"$1\"}"
    [[ $status ]] || nap "$BEAT"
  done
}

# Asks for the start until it is answered; waits for its turn before.
if [[ $STATE == queued ]]; then
  until [[ -e $flags/start ]]; do
    call heartbeat '{}'
    [[ $answer == *'"cancel":{'* && -e $flags/obeys ]] && exit
    nap "$BEAT"
  done
  until [[ $status == [24]* && -n $asked ]]; do
    call heartbeat '{"state":"running"}'
    asked=1
    [[ $status ]] || nap "$BEAT"
  done
  [[ $status == 200 ]] || exit
fi

set -m
sh "$here/work.sh" &
work=$!
set +m

heartbeats() {
  while kill -0 "$work" 2>/dev/null; do
    if [[ -e $flags/silent ]]; then nap "$BEAT" && continue; fi
    call heartbeat '{}'
    [[ $status == 409 ]] && return 1
    [[ $answer == *'"cancel":{'* && $STOPS != nothing ]] && return 0
    nap "$BEAT"
  done
}

end_work() {
  case $STOPS in
  group) target=-$work ;;
  process) target=$work ;;
  says-so) return ;;
  esac
  kill -TERM -- "$target"
  for _ in 1 2 3 4 5 6; do kill -0 -- "$target" 2>/dev/null && nap "$BEAT"; done
  kill -KILL -- "$target"
  # What ignores its signals and belongs to the group is gone when nothing answers any more.
  while kill -0 -- "$target"; do nap 0.01; done
} 2>/dev/null

heartbeats
heard=$?
if kill -0 "$work" 2>/dev/null; then
  end_work
  # A job that somebody else has ended gets no report.
  [[ $heard == 0 ]] && status='' && report cancelled
  exit
fi
wait "$work"
code=$?
status=''
if [[ $code == 0 ]]; then report succeeded; else report failed; fi
