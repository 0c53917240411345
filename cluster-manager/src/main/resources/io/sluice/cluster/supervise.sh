#!/bin/sh
# Runs a command for as long as standard input stays open: supervise.sh GRACE COMMAND...
# The gateway holds the other end. When it closes that end, or dies by whatever means, the kernel
# closes it, and the command is asked to end; after GRACE seconds it is killed. Exits as it does.
set -u
grace=$1
shift
exec 3<&0 </dev/null

"$@" 3<&- &
child=$!

(
  # Nothing is ever written: the read returns when the other end is gone.
  read -r _ <&3
  kill -TERM "$child" 2>/dev/null
  ticks=$((grace * 10))
  while [ "$ticks" -gt 0 ] && kill -0 "$child" 2>/dev/null; do
    sleep 0.1
    ticks=$((ticks - 1))
  done
  kill -KILL "$child" 2>/dev/null
) &
guard=$!
exec 3<&-

# The terminal's interrupt is for the gateway, which then closes the pipe.
trap '' INT
trap 'kill -TERM "$child" 2>/dev/null' TERM HUP

# A trapped signal ends the wait early.
while :; do
  wait "$child"
  status=$?
  kill -0 "$child" 2>/dev/null || break
done
kill "$guard" 2>/dev/null
exit "$status"
