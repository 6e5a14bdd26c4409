#!/bin/sh
# Stops the server when the process that started it is gone, however it went: its end of our standard input closes.
# usage: guard.sh <server pid> <folder> <remove the folder: yes|no>
cat >/dev/null
kill -INT "$1" 2>/dev/null
tries=300
# The server removes its file last. Checking only the process would wait for a zombie.
while [ -e "$2/data/postmaster.pid" ] && kill -0 "$1" 2>/dev/null && [ "$tries" -gt 0 ]; do
  sleep 0.1
  tries=$((tries - 1))
done
if [ "$3" = yes ]; then rm -rf "$2"; else rm -f "$2/owner.json"; fi
