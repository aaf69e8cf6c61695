# What the test of the sandbox runs in it: changes all that a run may change, leaves a process in the background, and says
# that it is ready. Argument: a word that its processes can be found by.
ip link add pig0 type bridge &&
  mount -t tmpfs tmpfs /mnt &&
  echo 65531 >/proc/sys/vm/max_map_count &&
  echo 11 >/proc/sys/kernel/panic || exit 1
for cgroup in $(find /sys/fs/cgroup -type d -name max-map-count-e2e); do mkdir "$cgroup/pod" "$cgroup/pod/container"; done
setsid sh -c 'for file in $(find /sys/fs/cgroup -path "*/pod/container/cgroup.procs"); do echo $$ >"$file"; done 2>/dev/null
  touch "$TMPDIR/ready"; while :; do sleep 1; done' "$1" &
while [ ! -e "$TMPDIR/ready" ]; do sleep 0.1; done
echo ready
[ "$2" = ends ] || sleep 1000
exit 3
