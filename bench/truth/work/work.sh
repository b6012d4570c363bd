# Work in parts, each of which leaves one line in the effect log by one append:
#   jobId incarnation lane-and-part uptime
# Environment: EFFECTS JOB INCARNATION PARTS PAUSE SHAPE. LANE names the lane of a process that leaves the group.

part() {
  read -r up _ </proc/uptime
  echo "$JOB $INCARNATION $1 ${up}u" >>"$EFFECTS"
}

lane() {
  n=0
  while [ "$n" -lt "$PARTS" ]; do
    n=$((n + 1))
    part "$1$n"
    sleep "$PAUSE"
  done
}

# After the signal: some more parts, as of work that writes its buffers.
flush() {
  for n in 1 2 3; do
    part "t$n"
    sleep "$PAUSE"
  done
  exit 3
}

fork() {
  SHAPE=plain LANE=f setsid sh "$0" &
  exit 3
}

case $SHAPE in
background) (lane b) & lane m ;;
setsid) SHAPE=plain LANE=s setsid sh "$0" & lane m ;;
double-fork) (SHAPE=plain LANE=d setsid sh "$0" &) && lane m ;;
clean-environment)
  env -i PATH="$PATH" EFFECTS="$EFFECTS" JOB="$JOB" INCARNATION="$INCARNATION" PARTS="$PARTS" PAUSE="$PAUSE" \
    LANE=e SHAPE=plain setsid sh "$0" &
  lane m
  ;;
pipe) lane m | cat >/dev/null ;;
ignores-term) trap '' TERM && lane m ;;
flushes) trap flush TERM && lane m ;;
forks-when-told) trap fork TERM && lane m ;;
*) lane "${LANE:-m}" ;;
esac
