# Writes the value that the node has now into $1, a directory that is the host's sysctl.d, so that it is there before the kubelet
# after a reboot. The present value and not ours: a file with less would lower the node at its next start.
n=`cat /proc/sys/vm/max_map_count 2>/dev/null`
case $n in
  '' | *[!0-9]*) echo "max-map-count: vm.max_map_count cannot be read, so no file was written"; exit 0 ;;
esac
line="vm.max_map_count=$n"
file=$1/99-max-map-count.conf
if [ "`cat "$file" 2>/dev/null`" = "$line" ]; then echo "max-map-count: $file holds $line already"; exit 0; fi
if { echo "$line" >"$file.tmp" && mv "$file.tmp" "$file"; } 2>/dev/null; then
  echo "max-map-count: wrote $line to $file"
  exit 0
fi
echo "max-map-count: $file cannot be written: $n is lost at the next reboot; switch preparedNodes.persist off" >&2
exit 1
