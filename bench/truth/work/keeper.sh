# The first process of a job's namespace, in bash, which reaps orphans: it outlives the work, starts a bystander beside
# it, and does what the referee says line by line. Arguments: the command of the worker.
sleep 3600 &
bystander=$!
setsid "$@" </dev/null &
worker=$!

# Both reach processes by the table of the namespace. Outside of one that would be the whole machine.
everybody() { [ $$ = 1 ] && kill "-$1" -1; }
worker_and_work() {
  [ $$ = 1 ] || return
  for pid in /proc/[0-9]*; do
    [ "${pid#/proc/}" -gt "$bystander" ] && kill "-$1" "${pid#/proc/}"
  done
}

echo ready
while read -r line; do eval "$line"; done 2>/dev/null
