now() { n=`cat /proc/sys/vm/max_map_count 2>/dev/null`; case $n in *[!0-9]*) n= ;; esac; }
now
if [ -z "$n" ]; then echo "max-map-count: vm.max_map_count cannot be read, so it is left alone"; exit 0; fi
if [ "$n" -ge @VALUE@ ]; then echo "max-map-count: vm.max_map_count is $n, which is enough (@VALUE@ is needed)"; exit 0; fi
was=$n
sysctl -w vm.max_map_count=@VALUE@ >/dev/null 2>&1
now
if [ "${n:-0}" -ge @VALUE@ ]; then echo "max-map-count: vm.max_map_count raised from $was to $n"; exit 0; fi
echo "max-map-count: vm.max_map_count is still ${n:-$was}, @VALUE@ is needed: the node refused the write" >&2
exit 1
