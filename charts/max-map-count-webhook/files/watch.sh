# Looks every 30 s whether vm.max_map_count is still what it was when the node was labelled, which $1 holds, and fails when not.
trap 'kill "$!" 2>/dev/null; exit 0' TERM INT
labelled=`cat "$1" 2>/dev/null`
while :; do
  n=`cat /proc/sys/vm/max_map_count 2>/dev/null`
  if [ "$n" != "$labelled" ]; then
    echo "max-map-count: vm.max_map_count is ${n:-unreadable}, and was ${labelled:-unreadable} when the node was labelled: delete this pod, and the next one labels it again" >&2
    exit 1
  fi
  sleep 30 &
  wait "$!"
done
