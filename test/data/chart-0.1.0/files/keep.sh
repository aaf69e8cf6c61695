# Holds vm.max_map_count at @VALUE@ at least: looks every 30 s, and runs $1, which raises it, when something lowered it.
trap 'kill "$!" 2>/dev/null; exit 0' TERM INT
while :; do
  # Not `read`: it asks for one byte at a time, and the kernel gives this file only once.
  n=`cat /proc/sys/vm/max_map_count 2>/dev/null`
  case $n in
    '' | *[!0-9]*) ;;
    *) [ "$n" -ge @VALUE@ ] || /bin/sh -c "$1" || exit 1 ;;
  esac
  sleep 30 &
  wait "$!"
done
