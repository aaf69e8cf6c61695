# The first process of the sandbox, with the arguments: directory, program, its arguments. What containerd, the CNI
# plugins and the kubelet keep in fixed places under /run and /var stays in the sandbox. A shell, because the first
# process has to reap what others leave behind.
directory=$1
shift
mkdir "$directory/var" "$directory/var-work" &&
  mount -t overlay -o "lowerdir=/var,upperdir=$directory/var,workdir=$directory/var-work" overlay /var &&
  mount -t tmpfs tmpfs /run &&
  "$@"
exit $?
